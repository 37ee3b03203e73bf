package io.walreceiver.test;

import io.walreceiver.transport.netty.tcp.TcpPublisher;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;

/** The port of a {@link FakeLeader}. Apart from it, so that it can do without the network library. */
final class FakeSocket {

    /** Followers learn of new logs by it, and tests should not have to wait for them. */
    private static final Duration HEARTBEAT = Duration.ofMillis(50);

    private final TcpPublisher.Running publisher;

    private FakeSocket(TcpPublisher.Running publisher) {
        this.publisher = publisher;
    }

    static FakeSocket listen(FakeLeader leader, Clock clock) {
        return new FakeSocket(Objects.requireNonNull(TcpPublisher.builder(new FakePublication(leader))
                .host("127.0.0.1")
                .heartbeatInterval(HEARTBEAT)
                .clock(clock)
                .build()
                .start()
                .block()));
    }

    InetSocketAddress address() {
        return publisher.address();
    }

    void close() {
        publisher.stop(false).block();
    }
}
