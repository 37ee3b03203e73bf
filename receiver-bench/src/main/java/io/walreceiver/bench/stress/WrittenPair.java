package io.walreceiver.bench.stress;

import io.walreceiver.format.LogId;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.ledger.LedgerPart;
import io.walreceiver.ledger.SignalReading;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;

/**
 * A pair whose events weigh one each, do not decay and lie in one week: score, all time and week are one number in whatever is read
 * of it, or the read was torn.
 */
class WrittenPair {

    static final long ENTITY = 7;
    static final int EVER = 0;

    private static final SignalSchema SCHEMA = SignalSchema.of(SignalType.permanent(EVER, "ever"));
    private static final long MINUTE = 60_000_000_000L;
    private static final long START = 1_000 * 60 * MINUTE;

    private final InMemorySignalLedger ledger = InMemorySignalLedger.create(SCHEMA);
    private final LedgerPart part = ledger.open(new LogId(1, 0));
    private long minute;

    /** A pair with so many events, a minute apart. */
    WrittenPair(int events) {
        for (int i = 0; i < events; i++) {
            next();
        }
    }

    /** One event more, a minute later. */
    final void next() {
        part.applyWalEvent(ENTITY, EVER, 1, START + minute++ * MINUTE);
    }

    /** One event more, older than the others. */
    final void late() {
        part.applyWalEvent(ENTITY, EVER, 1, START - MINUTE);
    }

    /** The first event of other pairs. */
    final void others(int from, int to) {
        for (int entity = from; entity < to; entity++) {
            part.applyWalEvent(1_000 + entity, EVER, 1, START);
        }
    }

    /** How many events a read saw, or -1 if it was torn. */
    final int read() {
        SignalReading reading = ledger.read(ENTITY, EVER, 0);
        boolean whole = reading.score() == reading.allTime() && reading.allTime() == reading.lastWeek();
        return whole ? (int) reading.allTime() : -1;
    }

    /** The score, read by itself. */
    final int score() {
        return (int) ledger.score(ENTITY, EVER, Long.MAX_VALUE);
    }
}
