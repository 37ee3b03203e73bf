package io.walreceiver.replay;

import io.walreceiver.format.Corruption;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentFault;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.log.LogState;
import io.walreceiver.log.LogTrouble;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What stands between a log and its next event. Belongs to the log's writer. */
final class Troubles {

    /** Refusals beyond the next event that are remembered: enough to know that something is missing there. */
    private static final int MAX_REFUSALS = 64;

    /** A refusal, with the last event that may be missing for it. */
    private record Refusal(SegmentFault fault, long last) {}

    private final NavigableMap<Long, Refusal> refusals = new TreeMap<>(); // by the first event that may be missing
    private @Nullable LogTrouble failure;
    private String what = "the log failed";
    private boolean dead;

    /** A segment was refused. One whose events were received before, or whose id names no position, holds up nothing. */
    void refused(WalSegmentPayload segment, SegmentFault fault, long received) {
        long first = segment.id().seqno();
        long events = segment.believableEventCount();
        if (first < 1 || (first <= received && events - 1 <= received - first)) {
            return;
        }
        miss(Math.max(first, received + 1), new Refusal(fault, first + events - 1));
        if (refusals.size() > MAX_REFUSALS) {
            refusals.pollLastEntry();
        }
    }

    void ledgerFull(LogId log) {
        fails(LogState.LEDGER_FULL, "log " + log + ": the ledger has reached maxLedgerBytes", "raise it or drop a log");
    }

    void failed(String what) {
        fails(LogState.FAILED, what, "it is tried again from what is durable");
    }

    /** The log failed, and what it needs cannot come again. */
    void die() {
        dead = true;
        fails(
                failure == null ? LogState.FAILED : failure.state(),
                what,
                "nothing can be sent again: a new receiver is needed");
    }

    private void fails(LogState state, String why, String next) {
        what = why;
        failure = new LogTrouble(state, why + "; " + next);
    }

    /** The part is open again: nothing is known against it. */
    void opened() {
        if (!dead) {
            failure = null;
        }
    }

    boolean dead() {
        return dead;
    }

    /** Events through this position were applied: of what was refused, only what lies beyond is still missed. */
    void applied(long through) {
        failure = null;
        while (!refusals.isEmpty() && refusals.firstKey() <= through) {
            Refusal refusal = refusals.pollFirstEntry().getValue();
            if (refusal.last > through) {
                miss(through + 1, refusal);
            }
        }
    }

    private void miss(long first, Refusal refusal) {
        refusals.merge(first, refusal, (one, other) -> one.last > other.last ? one : other);
    }

    @Nullable
    LogTrouble now(LogId log, long received, HeldSegments held) {
        if (failure != null) {
            return failure;
        }
        if (refusals.isEmpty() && held.isEmpty()) {
            return null;
        }
        Map.Entry<Long, Refusal> next = refusals.floorEntry(received + 1);
        if (next != null) {
            SegmentFault fault = next.getValue().fault;
            return fault instanceof Corruption
                    ? new LogTrouble(LogState.CORRUPT, fault.describe() + "; a good copy heals it")
                    : new LogTrouble(
                            LogState.INVALID_EVENT,
                            fault.describe() + "; a schema that allows it, or an operator's skip, lets the log go on");
        }
        long until = held.isEmpty() ? refusals.firstKey() : held.firstSeq();
        if (!refusals.isEmpty()) {
            until = Math.min(until, refusals.firstKey());
        }
        return new LogTrouble(
                LogState.GAP,
                "log " + log + ": events " + (received + 1) + ".." + (until - 1)
                        + " are missing; the log goes on when they come");
    }
}
