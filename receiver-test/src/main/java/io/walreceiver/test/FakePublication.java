package io.walreceiver.test;

import io.walreceiver.format.BatchMark;
import io.walreceiver.format.CorruptSegmentException;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentDecoder;
import io.walreceiver.format.SegmentView;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.transport.LeaderEpoch;
import io.walreceiver.transport.SkippedEvents;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.publication.BatchMatch;
import io.walreceiver.transport.publication.FollowerTerms;
import io.walreceiver.transport.publication.Publication;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;

/** The logs of a {@link FakeLeader}, as a publisher serves them over a network. */
final class FakePublication implements Publication {

    private final FakeLeader leader;

    FakePublication(FakeLeader leader) {
        this.leader = leader;
    }

    @Override
    public boolean isOrigin() {
        return true;
    }

    /** Asked first on each connection: a leader that is down does not get beyond this. */
    @Override
    public Set<LogId> logs() throws IOException {
        if (leader.isDown()) {
            throw new IOException("the fake leader is down");
        }
        return leader.logs();
    }

    @Override
    public OptionalLong earliest(LogId log) {
        return leader.earliest(log);
    }

    @Override
    public OptionalLong head(LogId log) {
        return leader.head(log);
    }

    @Override
    public Optional<LeaderEpoch> epoch(LogId log) {
        return leader.epoch(log);
    }

    @Override
    public Optional<Boolean> holds(LogId log, BatchMark batch) {
        return Optional.of(leader.written(log).stream().anyMatch(segment -> holds(segment, batch)));
    }

    private static boolean holds(WalSegmentPayload segment, BatchMark batch) {
        try {
            SegmentView view = SegmentDecoder.decode(segment);
            return IntStream.range(0, view.batchCount()).anyMatch(index -> BatchMatch.matches(batch, view, index));
        } catch (CorruptSegmentException e) {
            return false;
        }
    }

    @Override
    public List<SkippedEvents> skips(LogId log) {
        return List.of();
    }

    @Override
    public Transport follower(FollowerTerms terms) {
        return new FakeFollower(leader, terms);
    }
}
