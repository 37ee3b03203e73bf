package io.walreceiver.ledger;

import io.walreceiver.format.EventBatch;
import io.walreceiver.format.LogId;

/** What becomes of a pair that is there already when events of it are applied. The writer's own. */
final class PairUpdate {

    private final LogId log;
    private final double[] lambdas;
    private final Windows windows;

    /**
     * The update of any pair of a part.
     *
     * @param lambdas decay rate by signal type, in 1/nanoseconds
     */
    PairUpdate(LogId log, double[] lambdas, Windows windows) {
        this.log = log;
        this.lambdas = lambdas;
        this.windows = windows;
    }

    /** Applies one event to the entry at {@code at}. */
    void apply(long[] chunk, int at, float weight, long nanos) {
        long meta = chunk[at + Entries.META];
        long last = chunk[at + Entries.LAST];
        double score = Double.longBitsToDouble(chunk[at + Entries.SCORE]);
        double lambda = lambdas[Entries.signal(meta)];
        int form = Entries.form(meta);
        int newForm;
        Entries.beginWrite(chunk, at, meta);
        try {
            if (nanos >= last) {
                newForm = windows.onTime(chunk, at, form, last, nanos);
                score = score * Decay.factor(lambda, nanos - last) + weight;
                chunk[at + Entries.LAST] = nanos;
            } else {
                checkTime(nanos);
                newForm = windows.late(chunk, at, form, last, nanos);
                score = score + weight * Decay.factor(lambda, last - nanos);
            }
        } catch (Throwable e) {
            // The log stops, but its pairs can still be read: no reader may wait for a write that never ends.
            Entries.endWrite(chunk, at, meta);
            throw e;
        }
        chunk[at + Entries.SCORE] = Double.doubleToRawLongBits(score);
        Entries.endWrite(chunk, at, Entries.counted(meta, form, newForm, 1));
    }

    /** Applies the events {@code from..end-1}, all of the pair at {@code at}, to the same bits as one after the other; readers see none or all. */
    void apply(long[] chunk, int at, EventBatch batch, int from, int end) {
        long meta = chunk[at + Entries.META];
        long last = chunk[at + Entries.LAST];
        double score = Double.longBitsToDouble(chunk[at + Entries.SCORE]);
        double lambda = lambdas[Entries.signal(meta)];
        int form = Entries.form(meta);
        int newForm = form;
        int event = from;
        Entries.beginWrite(chunk, at, meta);
        try {
            for (; event < end; event++) {
                long nanos = batch.timestampNanos(event);
                float weight = batch.weight(event);
                if (nanos >= last) {
                    newForm = windows.onTime(chunk, at, newForm, last, nanos);
                    score = score * Decay.factor(lambda, nanos - last) + weight;
                    last = nanos;
                } else {
                    checkTime(nanos);
                    newForm = windows.late(chunk, at, newForm, last, nanos);
                    score = score + weight * Decay.factor(lambda, last - nanos);
                }
            }
        } finally {
            // Also if one fails, without it then: the log stops, but no reader may wait for a write that never ends.
            chunk[at + Entries.LAST] = last;
            chunk[at + Entries.SCORE] = Double.doubleToRawLongBits(score);
            Entries.endWrite(chunk, at, Entries.counted(meta, form, newForm, event - from));
        }
    }

    /**
     * Refuses an event time that no pair can have.
     *
     * @throws IllegalArgumentException if it is not below 2^63, which is less than 0 here
     */
    void checkTime(long nanos) {
        if (nanos < 0) {
            throw new IllegalArgumentException(
                    "log " + log + ": event time " + Long.toUnsignedString(nanos) + " ns is not below 2^63");
        }
    }
}
