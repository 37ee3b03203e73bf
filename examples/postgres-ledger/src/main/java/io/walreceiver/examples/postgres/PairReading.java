package io.walreceiver.examples.postgres;

import java.util.Collection;

/**
 * What the ledger answers for one pair at one instant, summed over all logs.
 *
 * @param entityId unsigned
 * @param signalType 0..255
 * @param asOfNanos the instant that the score is of, nanoseconds since the Unix epoch: the one asked for, or the pair's newest event if
 *     that is later
 * @param score decayed sum of weights; may be negative
 * @param events ever applied
 */
public record PairReading(long entityId, int signalType, long asOfNanos, double score, long events) {

    /** Adds up the logs, in the order of their ids: the bits of the sum depend on it. */
    static PairReading of(Pair pair, Collection<PairState> byLog, double lambdaPerNano, long nowNanos) {
        long asOf = byLog.stream().mapToLong(PairState::lastNanos).reduce(nowNanos, Math::max);
        double score = 0;
        long events = 0;
        for (PairState state : byLog) {
            score += state.scoreAt(asOf, lambdaPerNano);
            events += state.events();
        }
        return new PairReading(pair.entityId(), pair.signalType(), asOf, score, events);
    }
}
