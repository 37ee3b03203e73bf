package io.walreceiver.replay;

import io.walreceiver.format.Corruption;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentFault;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.log.LogState;
import io.walreceiver.log.LogTrouble;
import io.walreceiver.storage.Recovered;
import io.walreceiver.storage.RecoveryFinding;
import io.walreceiver.storage.disk.DiskFullException;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What stands between a log and its next event. Belongs to the log's writer. */
final class Troubles {

    /** Refusals beyond the next event that are remembered: enough to know that something is missing there. */
    private static final int MAX_REFUSALS = 64;

    /** A refusal, with the last event that may be missing for it, and how often these very bytes came. */
    private record Refusal(SegmentFault fault, long last, int copies) {}

    /** What comes broken in the same way so often is broken where it comes from. */
    private static final int COPIES_OF_A_CORRUPT_SOURCE = 3;

    private final NavigableMap<Long, Refusal> refusals = new TreeMap<>(); // by the first event that may be missing
    private @Nullable LogTrouble failure;
    /** The last event of what could not be applied; 0 if the failure is another. */
    private long failedThrough;

    private @Nullable LogTrouble rot;
    private long rottenThrough;
    private String what = "the log failed";
    private boolean dead;

    /**
     * A segment was refused. One whose events were received before, or whose id names no position, holds up nothing.
     *
     * @param copies how often these very bytes came
     */
    void refused(WalSegmentPayload segment, SegmentFault fault, int copies, long received) {
        long first = segment.id().seqno();
        long events = segment.believableEventCount();
        if (first < 1 || (first <= received && events - 1 <= received - first)) {
            return;
        }
        miss(Math.max(first, received + 1), new Refusal(fault, first + events - 1, copies));
        if (refusals.size() > MAX_REFUSALS) {
            refusals.pollLastEntry();
        }
    }

    void ledgerFull(LogId log) {
        fails(LogState.LEDGER_FULL, "log " + log + ": the ledger has reached maxLedgerBytes", "raise it or drop a log");
    }

    /** The storage refused, or lost, what was to be written. */
    void storeFailed(LogId log, Throwable cause) {
        boolean full = cause instanceof DiskFullException;
        fails(
                full ? LogState.DISK_FULL : LogState.IO_FAILED,
                "log " + log + ": " + (full ? cause.getMessage() : cause), // that one says it all, to make room as well
                full
                        ? "it goes on by itself"
                        : "it is tried again from what is durable; see to the disk if this lasts");
    }

    /** Events that were durable are gone; until they have come again the log says so. */
    void rotten(LogId log, Recovered recovered) {
        rottenThrough = recovered.durableBefore();
        String findings =
                recovered.findings().stream().map(RecoveryFinding::text).collect(Collectors.joining(", and "));
        rot = new LogTrouble(
                LogState.ROTTEN,
                "log " + log + ": events " + (recovered.position() + 1) + ".." + rottenThrough
                        + " were durable and cannot be read: " + findings
                        + "; they are asked for again, and if the leader has them no more, bootstrap the log or skip them");
    }

    void failed(String what) {
        fails(LogState.FAILED, what, "it is tried again from what is durable");
    }

    /** A segment could not be applied: until its events are, or are found to be there. */
    void failed(String what, long through) {
        failed(what);
        failedThrough = through;
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
        failedThrough = 0;
        failure = new LogTrouble(state, why + "; " + next);
    }

    /** The part is open again: nothing is known against it, unless it still lacks what it could not take. */
    void opened(long position) {
        if (!dead && position >= failedThrough) {
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

    /** What was refused came from a leader that is not followed any more: nobody has to send it again. */
    void forgetRefusals() {
        refusals.clear();
    }

    private void miss(long first, Refusal refusal) {
        refusals.merge(first, refusal, (one, other) -> one.last > other.last ? one : other);
    }

    @Nullable
    LogTrouble now(LogId log, long received, HeldSegments held) {
        if (failure != null) {
            return failure;
        }
        Map.Entry<Long, Refusal> next =
                refusals.isEmpty() ? null : refusals.floorEntry(received + 1); // asked for each segment: no boxes then
        if (next != null) {
            return refused(next.getValue());
        }
        if (rot != null && received < rottenThrough) {
            return rot;
        }
        if (refusals.isEmpty() && held.isEmpty()) {
            return null;
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

    private static LogTrouble refused(Refusal refusal) {
        String fault = refusal.fault.describe();
        if (!(refusal.fault instanceof Corruption)) {
            return new LogTrouble(
                    LogState.INVALID_EVENT,
                    fault + "; a schema that allows it, or an operator's skip, lets the log go on");
        }
        return refusal.copies < COPIES_OF_A_CORRUPT_SOURCE
                ? new LogTrouble(LogState.CORRUPT, fault + "; a good copy heals it")
                : new LogTrouble(
                        LogState.SOURCE_CORRUPT,
                        fault + "; the same bytes came " + refusal.copies
                                + " times, so put a good copy where they come from");
    }
}
