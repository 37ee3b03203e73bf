package io.walreceiver.transport.netty.tcp;

import io.walreceiver.format.BatchMark;
import io.walreceiver.transport.LeaderEpoch;
import io.walreceiver.transport.SkippedEvents;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the publisher's end of a connection knows of one log. Belongs to the event loop. */
final class PublishedLog {

    final long position;
    final @Nullable BatchMark lastBatch;
    /** What was told of it last; null before anything was. */
    Frame.@Nullable Verdict verdict;

    @Nullable
    LeaderEpoch epoch;

    final Set<SkippedEvents> skipsTold = new HashSet<>();
    /** The question how it stands is being answered. */
    boolean asked;

    PublishedLog(long position, @Nullable BatchMark lastBatch) {
        this.position = position;
        this.lastBatch = lastBatch;
    }
}
