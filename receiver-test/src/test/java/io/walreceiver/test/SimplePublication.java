package io.walreceiver.test;

import io.walreceiver.format.BatchMark;
import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.transport.LeaderEpoch;
import io.walreceiver.transport.SkippedEvents;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.publication.FollowerTerms;
import io.walreceiver.transport.publication.Publication;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** Known segments, published through the transports that a test gives it, one for each connection. */
final class SimplePublication implements Publication {

    private final Map<LogId, Long> heads = new TreeMap<>();
    private final Function<FollowerTerms, Transport> followers;

    SimplePublication(List<WalSegmentPayload> written, Function<FollowerTerms, Transport> followers) {
        this.followers = followers;
        written.forEach(segment -> heads.merge(segment.log(), segment.claimedLastSeq(), Math::max));
    }

    @Override
    public boolean isOrigin() {
        return true;
    }

    @Override
    public Set<LogId> logs() {
        return heads.keySet();
    }

    @Override
    public OptionalLong earliest(LogId log) {
        return heads.containsKey(log) ? OptionalLong.of(1) : OptionalLong.empty();
    }

    @Override
    public OptionalLong head(LogId log) {
        Long head = heads.get(log);
        return head == null ? OptionalLong.empty() : OptionalLong.of(head);
    }

    @Override
    public Optional<LeaderEpoch> epoch(LogId log) {
        return Optional.empty();
    }

    @Override
    public Optional<Boolean> holds(LogId log, BatchMark batch) {
        return Optional.empty();
    }

    @Override
    public List<SkippedEvents> skips(LogId log) {
        return List.of();
    }

    @Override
    public Transport follower(FollowerTerms terms) {
        return followers.apply(terms);
    }
}
