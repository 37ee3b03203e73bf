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

    private final NavigableMap<Long, SegmentFault> refusals = new TreeMap<>();
    private @Nullable LogTrouble failure;
    private boolean dead;

    /** A segment was refused. One whose events were received before, or whose id names no position, holds up nothing. */
    void refused(WalSegmentPayload segment, SegmentFault fault, long received) {
        long first = segment.id().seqno();
        if (first < 1 || (first <= received && segment.eventCount() - 1 <= received - first)) {
            return;
        }
        refusals.put(first, fault);
        if (refusals.size() > MAX_REFUSALS) {
            refusals.pollLastEntry();
        }
    }

    void ledgerFull(LogId log) {
        failure = new LogTrouble(
                LogState.LEDGER_FULL, "log " + log + ": the ledger has reached maxLedgerBytes; raise it or drop a log");
    }

    void failed(String cause) {
        failure = new LogTrouble(LogState.FAILED, cause);
    }

    /** The log failed, and what it needs cannot come again. */
    void die() {
        dead = true;
    }

    boolean dead() {
        return dead;
    }

    /** Events through this position were applied: what was refused there does not matter any more. */
    void applied(long through) {
        failure = null;
        if (!refusals.isEmpty()) {
            refusals.headMap(through, true).clear();
        }
    }

    @Nullable
    LogTrouble now(LogId log, long received, HeldSegments held) {
        if (failure != null) {
            return failure;
        }
        if (refusals.isEmpty() && held.isEmpty()) {
            return null;
        }
        Map.Entry<Long, SegmentFault> next = refusals.floorEntry(received + 1);
        if (next != null) {
            SegmentFault fault = next.getValue();
            return fault instanceof Corruption
                    ? new LogTrouble(LogState.CORRUPT, fault.describe() + "; a good copy from the sender heals it")
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
                        + " are missing; the sender is asked for them");
    }
}
