package io.walreceiver.transport;

import io.walreceiver.format.BatchMark;
import io.walreceiver.format.LogId;
import io.walreceiver.log.LogTrouble;
import java.util.Map;
import java.util.Optional;
import reactor.core.publisher.Mono;

/**
 * The follower, as a transport sees it: where each of its logs stands, read anew whenever a transport (re)connects. Methods may be
 * called from any thread and return without waiting.
 */
@FunctionalInterface
public interface Positions {

    /** Positions of a follower that has nothing yet. */
    Positions NONE = Map::of;

    /**
     * Last event that the follower holds, per log; a log that is not named stands at 0. A snapshot: it does not change. A sender may
     * take a position for an acknowledgement, so it must be durable where acknowledgements are.
     */
    Map<LogId, Long> read();

    /**
     * The last batch that is durable here, as it lies here: whether a leader holds it too tells one history from another. It ends at or
     * below a position that is {@link #read} afterwards; below, where events were passed over, a part keeps its own position, or
     * the batch that a checkpoint rests on has rotten. One that straddled what was held before is cut here: it is the last events of the leader's.
     *
     * @return empty if none is known: then nothing can be told
     */
    default Optional<BatchMark> lastBatch(LogId log) {
        return Optional.empty();
    }

    /** Why a log does not move on here; empty while it runs. */
    default Optional<LogTrouble> trouble(LogId log) {
        return Optional.empty();
    }

    /** The highest epoch that was adopted for a log; empty if there was none. */
    default Optional<LeaderEpoch> epoch(LogId log) {
        return Optional.empty();
    }

    /**
     * Follows a leader's epoch from now on: to be told before a segment of it is handed over. What was handed over before and has not been
     * received in order is let go as {@code deferred} if the epoch is new, and not asked for: the new leader sends what follows.
     *
     * @return when subscribed to, puts it on record; completes when that is durable (soon, if it was before). Fails if it cannot be, or
     *     one with a higher number was adopted, and with a {@link io.walreceiver.log.DivergedException} if it is new and began below what was
     *     received, durable or not; one with the same number changes nothing. A cancel may come too late to undo it. Signals on a thread of the follower's, which must not be blocked.
     */
    default Mono<Void> adopt(LogId log, LeaderEpoch epoch) {
        return Mono.empty();
    }

    /**
     * Passes over events that the source passed over itself.
     *
     * @param skip follows what the log holds, or lies below it
     * @return when subscribed to, puts it on record; completes when that is durable and the log stands behind it, or if the log holds
     *     the events; fails if it does not follow, or cannot be put on record: nothing has changed then, and it may be tried again. A cancel may come too late to undo it. Signals
     *     on a thread of the follower's, which must not be blocked.
     */
    default Mono<Void> skip(LogId log, SkippedEvents skip) {
        return Mono.error(new UnsupportedOperationException("log " + log + ": this follower cannot pass over " + skip));
    }
}
