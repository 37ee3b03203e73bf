package io.walreceiver.test;

import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.netty.tcp.TcpPublisher;
import io.walreceiver.transport.netty.tcp.TcpTransport;
import io.walreceiver.transport.publication.Publication;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** The contract over loopback; what is published is given by {@link Leader}. */
abstract class TcpTransportTest implements FlowControlContract {

    /** Something to publish, and how it ends. */
    record Leader(Publication publication, Runnable end, Runnable close) {}

    abstract Leader leader(List<WalSegmentPayload> written, long windowBytesPerLog, boolean ended);

    @Override
    public Source source(List<WalSegmentPayload> written, long windowBytesPerLog, boolean ended) {
        Leader leader = leader(written, windowBytesPerLog, ended);
        TcpPublisher.Running running = Objects.requireNonNull(TcpPublisher.builder(leader.publication())
                .heartbeatInterval(Duration.ofMillis(20))
                .build()
                .start()
                .block());
        Transport transport = TcpTransport.builder()
                .host("127.0.0.1")
                .port(running.address().getPort())
                .windowBytesPerLog(windowBytesPerLog)
                .backoff(Duration.ofMillis(1), Duration.ofMillis(50))
                .build();
        return Source.of(transport, leader.end(), () -> {
            running.stop(false).block();
            leader.close().run();
        });
    }
}
