package io.walreceiver;

import io.walreceiver.format.LogId;
import io.walreceiver.log.LogState;
import io.walreceiver.storage.records.Skip;
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
