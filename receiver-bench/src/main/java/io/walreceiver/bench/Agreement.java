package io.walreceiver.bench;

import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.ledger.SignalReading;

/** Holds the built-in ledger against a plain one: pair by pair, counts exactly, scores up to what another exp and rounding give. */
final class Agreement {

    private static final double TOLERANCE = 1e-9;

    private Agreement() {}

    static void check(PlainLedger plain, InMemorySignalLedger ledger) {
        Work.check(plain.size() == ledger.pairs());
        ledger.forEach(LedgerBenchmark.NOW_NANOS, reading -> {
            SignalReading expected = plain.read(reading.entityId(), reading.signalType(), LedgerBenchmark.NOW_NANOS);
            Work.check(reading.allTime() == expected.allTime()
                    && reading.lastHour() == expected.lastHour()
                    && reading.lastDay() == expected.lastDay()
                    && reading.lastWeek() == expected.lastWeek()
                    && reading.asOfNanos() == expected.asOfNanos()
                    && near(reading.score(), expected.score()));
        });
    }

    /** A pair's weights have one sign here, so that scores do not cancel. */
    static boolean near(double a, double b) {
        return Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b)) + Double.MIN_NORMAL;
    }
}
