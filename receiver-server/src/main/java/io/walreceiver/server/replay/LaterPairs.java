package io.walreceiver.server.replay;

import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.ledger.SignalReading;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Pairs of a ledger that have events after the instant that it is read at. Time only goes forward there: such a pair is read as
 * of its newest event.
 *
 * @param later how many, 1 or more
 * @param pairs pairs in all
 */
public record LaterPairs(long later, long pairs) {

    /** Counts all pairs; empty if none has a later event. */
    public static Optional<LaterPairs> of(InMemorySignalLedger ledger, long nowNanos) {
        return count(ledger, nowNanos, reading -> true);
    }

    /** Counts the pairs of one signal type; empty if none has a later event. */
    public static Optional<LaterPairs> of(InMemorySignalLedger ledger, int signalType, long nowNanos) {
        return count(ledger, nowNanos, reading -> reading.signalType() == signalType);
    }

    private static Optional<LaterPairs> count(
            InMemorySignalLedger ledger, long nowNanos, Predicate<SignalReading> counted) {
        if (nowNanos >= ledger.newestEventNanos()) {
            return Optional.empty(); // the usual case, and free
        }
        long[] counts = new long[2];
        ledger.forEach(nowNanos, reading -> {
            if (counted.test(reading)) {
                counts[0] += reading.asOfNanos() > nowNanos ? 1 : 0;
                counts[1]++;
            }
        });
        return counts[0] == 0 ? Optional.empty() : Optional.of(new LaterPairs(counts[0], counts[1]));
    }
}
