package io.walreceiver.examples.postgres;

import io.walreceiver.ledger.Decay;
import java.util.Arrays;

/** A pair's events of one segment, in the log's order. */
final class PairEvents {

    private final Pair pair;
    private float[] weights = new float[2];
    private long[] timesNanos = new long[2];
    private int size;

    PairEvents(Pair pair) {
        this.pair = pair;
    }

    Pair pair() {
        return pair;
    }

    void add(float weight, long timestampNanos) {
        if (size == weights.length) {
            weights = Arrays.copyOf(weights, size * 2);
            timesNanos = Arrays.copyOf(timesNanos, size * 2);
        }
        weights[size] = weight;
        timesNanos[size++] = timestampNanos;
    }

    /**
     * The pair after its events. One by one onto what is stored, not added up first: then the score has the bits of the built-in
     * ledger's, however the log was cut into segments.
     */
    PairState appliedTo(PairState stored, double lambdaPerNano) {
        double score = stored.score();
        long last = stored.events() == 0 ? timesNanos[0] : stored.lastNanos();
        for (int i = 0; i < size; i++) {
            long time = timesNanos[i];
            if (time >= last) {
                score = score * Decay.factor(lambdaPerNano, time - last) + weights[i];
                last = time;
            } else {
                score = score + weights[i] * Decay.factor(lambdaPerNano, last - time);
            }
        }
        return new PairState(score, last, stored.events() + size);
    }
}
