package io.walreceiver.test;

import static io.walreceiver.test.ExampleSchema.LOG;
import static io.walreceiver.test.ExampleSchema.SCHEMA;
import static io.walreceiver.test.ExampleSchema.SOON;
import static io.walreceiver.test.ReceiverAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walreceiver.SegmentReceiver;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.log.LogState;
import io.walreceiver.storage.Storage;
import io.walreceiver.transport.LeaderEpoch;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.netty.tcp.TcpTransport;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.test.StepVerifier;

/** Examples: a leader on a real port, and what becomes of connections, leaders and the application itself. */
class TcpLeaderExampleTest {

    @TempDir
    Path data;

    private final FakeLeader leader = FakeLeader.create();
    private final Segments log = ExampleSchema.segments();

    @AfterEach
    void close() {
        leader.close();
    }

    private Transport transport() {
        InetSocketAddress address = leader.listen();
        return TcpTransport.builder()
                .host(address.getHostString())
                .port(address.getPort())
                .backoff(Duration.ofMillis(1), Duration.ofMillis(20))
                .build();
    }

    @Test
    void aFollowerComesAgainAndGoesOn() {
        InMemorySignalLedger ledger = InMemorySignalLedger.create(SCHEMA);
        SegmentReceiver receiver = SegmentReceiver.create(transport(), ledger, SCHEMA);
        receiver.receive().subscribe();

        for (int round = 1; round <= 5; round++) {
            leader.append(log.next(4, 50));
            leader.disconnect();
            receiver.awaitApplied(LOG, log.last(), SOON).block();
        }

        assertThat(ledger).holdsExactly(log);
        receiver.stop(SOON).block();
    }

    @Test
    void readsGoOnWhileTheLeaderIsAway() {
        InMemorySignalLedger ledger = InMemorySignalLedger.create(SCHEMA);
        SegmentReceiver receiver = SegmentReceiver.create(transport(), ledger, SCHEMA);
        receiver.receive().subscribe();
        leader.append(log.next(10));
        receiver.awaitApplied(LOG, 10, SOON).block();

        leader.goDown();
        leader.append(log.next(10));
        assertThat(ledger).holdsExactlyThrough(10, log);

        leader.comeUp();
        receiver.awaitApplied(LOG, 20, SOON).block();
        assertThat(ledger).holdsExactly(log);
        receiver.stop(SOON).block();
    }

    @Test
    void anApplicationThatIsStartedAgainGoesOnWhereItWas() {
        leader.append(log.next(10, 100));
        assertThat(segmentsAppliedInOneRun()).isEqualTo(10);

        leader.append(log.next(100));
        assertThat(segmentsAppliedInOneRun()).isEqualTo(1);
    }

    private long segmentsAppliedInOneRun() {
        InMemorySignalLedger ledger = InMemorySignalLedger.create(SCHEMA);
        SegmentReceiver receiver = SegmentReceiver.create(transport(), ledger, SCHEMA, Storage.directory(data));
        receiver.receive().subscribe();
        receiver.awaitApplied(LOG, log.last(), SOON).block();
        assertThat(ledger).holdsExactly(log);
        await().atMost(SOON).until(() -> leader.acknowledged(LOG) == log.last()); // as all of it is durable
        return receiver.stop(SOON).blockOptional().orElseThrow().outcomes().applied();
    }

    @Test
    void aLeaderThatWasReplacedIsNotFollowed() {
        SegmentReceiver receiver = SegmentReceiver.create(
                transport(), InMemorySignalLedger.create(SCHEMA), SCHEMA, Storage.directory(data));
        receiver.receive().subscribe();
        leader.append(log.next(10));
        leader.takeOver(LOG, new LeaderEpoch(2, 10));
        leader.append(log.next(10));
        receiver.awaitApplied(LOG, 20, SOON).block();
        assertThat(receiver.epoch(LOG)).isEqualTo(Optional.of(new LeaderEpoch(2, 10)));

        leader.takeOver(LOG, new LeaderEpoch(1, 20)); // the old one, back without having heard of it
        leader.append(log.next(10));

        StepVerifier.create(receiver.statusChanges()
                        .filter(status -> status.log(LOG).stream().anyMatch(of -> of.state() == LogState.FENCED))
                        .next())
                .expectNextCount(1)
                .expectComplete()
                .verify(SOON);
        assertThat(receiver).log(LOG).hasApplied(20);
        receiver.stop(SOON).block();
    }
}
