package io.walreceiver.transport.publication;

import io.walreceiver.format.BatchMark;
import io.walreceiver.format.LogId;
import io.walreceiver.transport.LeaderEpoch;
import io.walreceiver.transport.SkippedEvents;
import io.walreceiver.transport.Transport;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Logs that are there for followers to read, each from where it stands. What serves them over a network asks here.
 *
 * <p>Methods may be called from any thread, several at once, and block, but for {@link #isOrigin}, {@link #head} and {@link #epoch}.
 */
public interface Publication {

    /** Whether it is a leader's own: what a follower holds and it does not has another history. If not, it may only be behind. */
    boolean isOrigin();

    /** The logs that there are now. */
    Set<LogId> logs() throws IOException;

    /** First event that can be sent of a log; empty if there is none (yet). */
    OptionalLong earliest(LogId log) throws IOException;

    /** Last event that can be sent of a log; empty if there is none (yet). */
    OptionalLong head(LogId log);

    /** Under whose reign the log is written; empty where nobody says. */
    Optional<LeaderEpoch> epoch(LogId log);

    /**
     * Whether this batch is part of the log: as it lies there, or as the last events of one that is.
     *
     * @return empty if that cannot be told any more, as the events are gone
     */
    Optional<Boolean> holds(LogId log, BatchMark batch) throws IOException;

    /** Holes of the log that its follower has to pass over too, in order. */
    List<SkippedEvents> skips(LogId log) throws IOException;

    /**
     * A transport of its own for one follower, for one subscription. It must not send what the follower may not read.
     *
     * @param terms what the follower wants
     */
    Transport follower(FollowerTerms terms);

    /** The newest image of a log's part of the ledger that a new follower can start from; empty if there is none. */
    default Optional<PublishedCheckpoint> checkpoint(LogId log) throws IOException {
        return Optional.empty();
    }

    /**
     * What a new follower has to know before it can take a checkpoint: the text of the file that names schema and policy.
     *
     * @return empty if there are no checkpoints
     */
    default Optional<byte[]> marker() throws IOException {
        return Optional.empty();
    }
}
