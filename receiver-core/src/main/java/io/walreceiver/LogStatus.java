package io.walreceiver;

import io.walreceiver.format.LogId;
import io.walreceiver.log.LogState;
import io.walreceiver.storage.records.Skip;
import io.walreceiver.transport.LeaderEpoch;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How one log stands, read without stopping it: fields may be a moment apart.
 *
 * @param log the log
 * @param state how it stands
 * @param cause why it does not move on and what to do, in a sentence; empty while it runs
 * @param received last event of the unbroken run of verified segments; 0 for none
 * @param written last event that was written to the storage; 0 for none
 * @param durable last event that is durable, as far as the storage can make it so; 0 for none
 * @param applied last event that the ledger holds; 0 for none. It goes back when the storage or the part fails, to what is durable
 * @param acknowledged last event that the sender was told it may forget; 0 for none
 * @param head last event that the leader has written; empty where that is unknown
 * @param lagTime how far the ledger is behind the leader, by the leader's stamps alone: its clock at the last heartbeat less the time of
 *     the last batch applied (of the last one stored, right after a recovery); zero if everything through {@code head} is applied, and
 *     never less; empty, which is unknown, without a heartbeat, or if events are missing and no batch with a time was applied. It rests
 *     on that heartbeat, so it is as old as that
 * @param heartbeatAge time since the leader's last heartbeat came, by the clock here; empty if there was none. A log that is idle has
 *     no lag and a young heartbeat
 * @param epoch whose reign is followed: a leader that was replaced is told by it; empty if the log is unfenced, so that nothing is told,
 *     or its source has not said yet
 * @param heldSegments verified segments that wait behind a gap
 * @param heldBytes their size
 * @param keptAside refused segments that the storage keeps aside
 * @param skips events that an operator gave up, for ever on record
 * @param inFlightBytes bytes of the log between arrival and outcome, held ones among them
 */
public record LogStatus(
        LogId log,
        LogState state,
        Optional<String> cause,
        long received,
        long written,
        long durable,
        long applied,
        long acknowledged,
        OptionalLong head,
        Optional<Duration> lagTime,
        Optional<Duration> heartbeatAge,
        Optional<LeaderEpoch> epoch,
        int heldSegments,
        long heldBytes,
        int keptAside,
        List<Skip> skips,
        long inFlightBytes) {

    /** How many events the leader has written that are not applied here; empty where its head is unknown: never taken for 0. */
    public OptionalLong lagEvents() {
        return head.isPresent() ? OptionalLong.of(Math.max(0, head.getAsLong() - applied)) : OptionalLong.empty();
    }
}
