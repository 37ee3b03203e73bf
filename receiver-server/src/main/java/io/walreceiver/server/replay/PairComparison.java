package io.walreceiver.server.replay;

import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.ledger.SignalReading;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Compares the pairs of two ledgers bit for bit, each as of its own newest event: there a score is read as it is held.
 *
 * @param compared pairs that are in one or the other
 * @param difference the first pair that is not the same, by unsigned entity id; empty if all are
 */
record PairComparison(long compared, Optional<String> difference) {

    private static final long LONG_AGO = 0;

    private record Pair(long entityId, int signalType) {}

    static PairComparison of(InMemorySignalLedger a, InMemorySignalLedger b) {
        Map<Pair, SignalReading> inA = new HashMap<>();
        a.forEach(LONG_AGO, reading -> inA.put(pair(reading), reading));
        long[] compared = {inA.size()};
        String[] first = new String[1];
        b.forEach(LONG_AGO, reading -> {
            SignalReading other = inA.remove(pair(reading));
            compared[0] += other == null ? 1 : 0;
            if (first[0] == null && (other == null || !same(other, reading))) {
                first[0] =
                        name(reading) + ": " + (other == null ? "nothing" : text(other)) + " against " + text(reading);
            }
        });
        if (first[0] == null && !inA.isEmpty()) {
            SignalReading left = inA.values().iterator().next();
            first[0] = name(left) + ": " + text(left) + " against nothing";
        }
        return new PairComparison(compared[0], Optional.ofNullable(first[0]));
    }

    private static Pair pair(SignalReading reading) {
        return new Pair(reading.entityId(), reading.signalType());
    }

    private static boolean same(SignalReading a, SignalReading b) {
        return Double.doubleToRawLongBits(a.score()) == Double.doubleToRawLongBits(b.score())
                && a.asOfNanos() == b.asOfNanos()
                && a.allTime() == b.allTime()
                && a.lastHour() == b.lastHour()
                && a.lastDay() == b.lastDay()
                && a.lastWeek() == b.lastWeek();
    }

    private static String name(SignalReading reading) {
        return "entity " + Long.toUnsignedString(reading.entityId()) + ", signal type " + reading.signalType();
    }

    private static String text(SignalReading reading) {
        return "score " + reading.score() + ", newest event at " + reading.asOfNanos() + " ns, counts "
                + reading.allTime() + "/" + reading.lastWeek() + "/" + reading.lastDay() + "/" + reading.lastHour();
    }
}
