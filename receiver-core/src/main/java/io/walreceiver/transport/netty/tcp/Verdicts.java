package io.walreceiver.transport.netty.tcp;

import io.walreceiver.format.BatchMark;
import io.walreceiver.format.LogId;
import io.walreceiver.transport.LeaderEpoch;
import io.walreceiver.transport.SkippedEvents;
import io.walreceiver.transport.netty.security.Identity;
import io.walreceiver.transport.publication.Publication;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compares a follower's log with what is published. Blocks. */
final class Verdicts {

    private static final Logger LOG = LoggerFactory.getLogger(Verdicts.class);

    private final Publication publication;
    private final Identity identity;

    Verdicts(Publication publication, Identity identity) {
        this.publication = publication;
        this.identity = identity;
    }

    /**
     * How a log stands.
     *
     * @param position last event that the follower holds
     * @param last its last batch, if it knows that
     */
    Frame.Log judge(LogId log, long position, @Nullable BatchMark last) throws IOException {
        if (!identity.mayRead().test(log)) {
            return new Frame.Log(log, Frame.Verdict.FORBIDDEN, 0, -1, null, "identity " + identity.name());
        }
        OptionalLong head = publication.head(log);
        long earliest = publication.earliest(log).orElse(0);
        if (head.isEmpty() ? position > 0 : position > head.getAsLong()) {
            // A leader that has nothing of a log (yet) contradicts nobody.
            boolean contradicts = publication.isOrigin() && head.isPresent();
            return told(log, contradicts ? Frame.Verdict.DIVERGED : Frame.Verdict.AHEAD, earliest);
        }
        if (next(log, position) < earliest) {
            return told(log, Frame.Verdict.PRUNED, earliest);
        }
        boolean other = last != null && last.lastSeq() <= head.orElse(0) && isOther(log, last);
        return told(log, other ? Frame.Verdict.DIVERGED : Frame.Verdict.OK, earliest);
    }

    /** Whether the log has another batch there, for sure. */
    private boolean isOther(LogId log, BatchMark last) {
        try {
            return !publication.holds(log, last).orElse(true);
        } catch (IOException e) { // a damaged file, say: it stops no other log, and is no other history
            LOG.warn("log {}: whether the {} of a follower is in it cannot be told: {}", log, last, e.toString());
            return false;
        }
    }

    /** PRUNED if the event is not there any more; null if it is, or may come. */
    Frame.@Nullable Log pruned(LogId log, long from) throws IOException {
        long earliest = publication.earliest(log).orElse(0);
        return next(log, from - 1) < earliest ? told(log, Frame.Verdict.PRUNED, earliest) : null;
    }

    /** The event that a follower wants which holds everything through the position. */
    private long next(LogId log, long position) throws IOException {
        long next = position + 1;
        for (SkippedEvents skip : publication.skips(log)) {
            if (skip.from() <= next && next <= skip.through()) {
                next = skip.through() + 1;
            }
        }
        return next;
    }

    /** Holes that lie, or end, above a position. */
    List<SkippedEvents> skipsAbove(LogId log, long position) throws IOException {
        return publication.skips(log).stream()
                .filter(skip -> skip.through() > position)
                .toList();
    }

    private Frame.Log told(LogId log, Frame.Verdict verdict, long earliest) {
        LeaderEpoch epoch = publication.epoch(log).orElse(null);
        return new Frame.Log(log, verdict, earliest, publication.head(log).orElse(-1), epoch, "");
    }
}
