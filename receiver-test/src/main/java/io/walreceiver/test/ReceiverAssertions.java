package io.walreceiver.test;

import io.walreceiver.LogStatus;
import io.walreceiver.ReceiverStatus;
import io.walreceiver.SegmentReceiver;
import io.walreceiver.format.LogId;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.ledger.LedgerPart;
import io.walreceiver.ledger.SignalReading;
import io.walreceiver.log.LogState;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.assertj.core.api.AbstractAssert;
import org.assertj.core.api.Assertions;

/**
 * Assertions on how a receiver stands and on what its ledger holds, beside those of AssertJ.
 *
 * <pre>{@code
 * assertThat(receiver).log(LOG).isInState(LogState.GAP).hasApplied(10).hasLag(20);
 * assertThat(ledger).holdsExactly(segments);      // each event once, to the bit
 * }</pre>
 *
 * <p>They look once. To wait: {@code receiver.awaitApplied(...)} for a position, {@code receiver.statusChanges()} for a state.
 */
public final class ReceiverAssertions {

    private ReceiverAssertions() {}

    /** On the receiver's status as it is now. */
    public static ReceiverAssert assertThat(SegmentReceiver receiver) {
        return new ReceiverAssert(receiver.status());
    }

    /** On what a ledger holds, while nothing is applied to it. */
    public static LedgerAssert assertThat(InMemorySignalLedger ledger) {
        return new LedgerAssert(ledger);
    }

    /** Assertions on a receiver's status. */
    public static final class ReceiverAssert extends AbstractAssert<ReceiverAssert, ReceiverStatus> {

        ReceiverAssert(ReceiverStatus status) {
            super(status, ReceiverAssert.class);
        }

        /** That the receiver is in this phase of its life. */
        public ReceiverAssert isIn(ReceiverStatus.Phase phase) {
            Assertions.assertThat(actual.phase()).as("phase").isEqualTo(phase);
            return this;
        }

        /** That a log has been seen; goes on to how it stands. */
        public LogAssert log(LogId log) {
            LogStatus status = actual.log(log)
                    .orElseThrow(() -> failure(
                            "expected log %s to have been seen, found %s",
                            log, actual.logs().stream().map(LogStatus::log).toList()));
            return new LogAssert(status);
        }
    }

    /** Assertions on one log's status; when one fails the message holds all of it, the cause included. */
    public static final class LogAssert extends AbstractAssert<LogAssert, LogStatus> {

        LogAssert(LogStatus status) {
            super(status, LogAssert.class);
            as("%s", status);
        }

        /** That the log runs, in a state that needs nobody to act. */
        public LogAssert isRunning() {
            return isInState(LogState.RUNNING);
        }

        /** That the log is in this state. */
        public LogAssert isInState(LogState state) {
            return has("state", actual.state(), state);
        }

        /** That the last event which the ledger holds is this one; 0 for none. */
        public LogAssert hasApplied(long position) {
            return has("applied", actual.applied(), position);
        }

        /** That the last event which is durable, as far as the storage can make it so, is this one; 0 for none. */
        public LogAssert hasDurable(long position) {
            return has("durable", actual.durable(), position);
        }

        /** That the leader was told that it may forget through this event; 0 for none. */
        public LogAssert hasAcknowledged(long position) {
            return has("acknowledged", actual.acknowledged(), position);
        }

        /** That so many segments wait behind a gap. */
        public LogAssert hasHeld(int segments) {
            return has("held segments", actual.heldSegments(), segments);
        }

        /** That the leader has written so many events that are not applied; fails if that is unknown. */
        public LogAssert hasLag(long events) {
            return has("lag in events", actual.lagEvents(), OptionalLong.of(events));
        }

        private LogAssert has(String what, Object found, Object expected) {
            if (!found.equals(expected)) {
                throw failure("expected %s of log %s: %s, found: %s", what, actual.log(), expected, found);
            }
            return this;
        }
    }

    /** Assertions on what an {@link InMemorySignalLedger} holds. */
    public static final class LedgerAssert extends AbstractAssert<LedgerAssert, InMemorySignalLedger> {

        LedgerAssert(InMemorySignalLedger ledger) {
            super(ledger, LedgerAssert.class);
        }

        /**
         * That the ledger is what one pass over all events of these logs makes, each event once: every score, to the bit, and every
         * count, and nothing else.
         */
        public LedgerAssert holdsExactly(Segments... logs) {
            InMemorySignalLedger expected = InMemorySignalLedger.create(actual.schema());
            for (Segments log : logs) {
                replay(log, log.last(), expected);
            }
            return isSameAs(expected);
        }

        /** That the ledger is what one pass over this log's events makes, through this one, and holds no other log. */
        public LedgerAssert holdsExactlyThrough(long position, Segments log) {
            InMemorySignalLedger expected = InMemorySignalLedger.create(actual.schema());
            replay(log, position, expected);
            return isSameAs(expected);
        }

        private static void replay(Segments log, long through, InMemorySignalLedger into) {
            LedgerPart part = into.open(log.log());
            for (SignalEvent event : log.events(1, through)) {
                part.applyWalEvent(event.entityId(), event.signalType(), event.weight(), event.timestampNanos());
            }
            part.applied(through);
        }

        private LedgerAssert isSameAs(InMemorySignalLedger expected) {
            long now = Math.max(expected.newestEventNanos(), actual.newestEventNanos());
            Assertions.assertThat(readings(actual, now))
                    .as("what the ledger holds, by entity and signal type")
                    .containsExactlyElementsOf(readings(expected, now));
            return this;
        }

        private static List<SignalReading> readings(InMemorySignalLedger ledger, long now) {
            List<SignalReading> readings = new ArrayList<>();
            ledger.forEach(now, readings::add);
            return readings;
        }
    }
}
