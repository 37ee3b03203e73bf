package io.walreceiver.ledger;

import java.util.Arrays;

/** Adds up what the parts hold of one pair. Reused from pair to pair; for one thread. */
final class PairSum {

    private final double[] lambdas;
    private PairCopy[] copies = {new PairCopy()};
    private int parts;
    private long entityId;
    private int signalType;

    /**
     * An empty sum.
     *
     * @param lambdas decay rate by signal type, in 1/nanoseconds
     */
    PairSum(double[] lambdas) {
        this.lambdas = lambdas;
    }

    /** Begins with a pair. */
    void begin(long entityId, int signalType) {
        this.entityId = entityId;
        this.signalType = signalType;
        parts = 0;
    }

    /** Adds the pair's entry in a part; parts come in the order of their logs' ids. */
    void add(Part part, int id) {
        if (parts == copies.length) {
            copies = Arrays.copyOf(copies, parts * 2);
            for (int i = parts; i < copies.length; i++) {
                copies[i] = new PairCopy();
            }
        }
        copies[parts++].copy(part, id);
    }

    /** The sum at {@code nowNanos}, or at the pair's newest event if that is later. */
    SignalReading at(long nowNanos) {
        long asOf = nowNanos;
        for (int i = 0; i < parts; i++) {
            asOf = Math.max(asOf, copies[i].last());
        }
        double score = 0;
        long allTime = 0;
        long lastHour = 0;
        long lastDay = 0;
        long lastWeek = 0;
        for (int i = 0; i < parts; i++) {
            PairCopy copy = copies[i];
            copy.countAt(asOf);
            score += copy.scoreAt(asOf, lambdas[signalType]);
            allTime += copy.allTime();
            lastHour += copy.lastHour();
            lastDay += copy.lastDay();
            lastWeek += copy.lastWeek();
        }
        return new SignalReading(entityId, signalType, asOf, score, allTime, lastHour, lastDay, lastWeek);
    }
}
