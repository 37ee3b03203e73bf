package io.walreceiver.bench;

import io.walreceiver.format.BatchMark;
import io.walreceiver.format.LogId;
import io.walreceiver.transport.LeaderEpoch;
import io.walreceiver.transport.SkippedEvents;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.inprocess.InProcessLeader;
import io.walreceiver.transport.netty.tcp.TcpPublisher;
import io.walreceiver.transport.netty.tcp.TcpTransport;
import io.walreceiver.transport.publication.FollowerTerms;
import io.walreceiver.transport.publication.Publication;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A leader in this JVM and its follower, with sockets of the loopback device between them. */
final class TcpWire implements AutoCloseable {

    private static final int WINDOW_BYTES = 48 << 20;

    private final Set<LogId> logs;
    private TcpPublisher.@Nullable Running publisher;

    TcpWire(int logs) {
        this.logs =
                IntStream.range(0, logs).mapToObj(shard -> new LogId(1, shard)).collect(Collectors.toUnmodifiableSet());
    }

    /** Publishes the leader; the follower's end of the wire. Once. */
    Transport over(InProcessLeader leader) {
        TcpPublisher.Running running = Objects.requireNonNull(
                TcpPublisher.builder(new Published(leader)).build().start().block());
        publisher = running;
        return TcpTransport.builder()
                .port(running.address().getPort())
                .windowBytesPerLog(WINDOW_BYTES)
                .build();
    }

    @Override
    public void close() {
        TcpPublisher.Running running = publisher;
        if (running != null) {
            running.stop(false).block();
        }
    }

    private final class Published implements Publication {

        private final InProcessLeader leader;

        Published(InProcessLeader leader) {
            this.leader = leader;
        }

        @Override
        public boolean isOrigin() {
            return true;
        }

        @Override
        public Set<LogId> logs() {
            return logs;
        }

        @Override
        public OptionalLong earliest(LogId log) {
            return OptionalLong.of(1);
        }

        @Override
        public OptionalLong head(LogId log) {
            return OptionalLong.empty();
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
            return leader.follower();
        }
    }
}
