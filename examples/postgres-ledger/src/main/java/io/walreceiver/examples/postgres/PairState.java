package io.walreceiver.examples.postgres;

import io.walreceiver.ledger.Decay;

/**
 * What one log says of a pair: a row of the table.
 *
 * @param score decayed to {@code lastNanos}
 * @param lastNanos newest event time
 * @param events ever applied; 0 for a pair that has no row yet
 */
record PairState(double score, long lastNanos, long events) {

    static final PairState NONE = new PairState(0, 0, 0);

    /** What is left of the score at {@code asOfNanos}, which is not before {@code lastNanos}. */
    double scoreAt(long asOfNanos, double lambdaPerNano) {
        return score * Decay.factor(lambdaPerNano, asOfNanos - lastNanos);
    }
}
