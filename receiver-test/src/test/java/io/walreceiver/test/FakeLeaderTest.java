package io.walreceiver.test;

import static io.walreceiver.test.ExampleSchema.LOG;
import static io.walreceiver.test.ExampleSchema.SCHEMA;
import static io.walreceiver.test.ExampleSchema.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walreceiver.LogStatus;
import io.walreceiver.SegmentReceiver;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.log.LogState;
import io.walreceiver.storage.CommitPolicy;
import io.walreceiver.storage.DirectoryStorage;
import io.walreceiver.storage.Storage;
import io.walreceiver.transport.LeaderEpoch;
import io.walreceiver.transport.Positions;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.netty.tcp.TcpTransport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.test.StepVerifier;

class FakeLeaderTest {

    private final FakeLeader leader = FakeLeader.create();
    private final Segments log = ExampleSchema.segments();
    private final RecordingLedger ledger = RecordingLedger.create();

    @AfterEach
    void close() {
        leader.close();
    }

    private Transport overTcp() {
        return TcpTransport.builder()
                .host("127.0.0.1")
                .port(leader.listen().getPort())
                .backoff(Duration.ofMillis(1), Duration.ofMillis(20))
                .build();
    }

    private LogStatus awaitState(SegmentReceiver receiver, LogState state) {
        return receiver.statusChanges()
                .mapNotNull(status -> status.log(LOG).orElse(null))
                .filter(status -> status.state() == state)
                .blockFirst(SOON);
    }

    @Test
    void aFollowerInProcessComesAgainAndGoesOnAfterItsPosition() {
        WalSegmentPayload first = log.next(10);
        WalSegmentPayload second = log.next(10);
        AtomicLong position = new AtomicLong();
        leader.append(first);

        StepVerifier.create(leader.transport()
                        .segments(() -> Map.of(LOG, position.get()))
                        .map(WalSegmentPayload::id))
                .expectNext(first.id())
                .then(() -> position.set(10))
                .then(leader::disconnect)
                .then(() -> leader.append(second))
                .expectNext(second.id())
                .then(leader::end)
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void whatIsAppendedWhileItIsDownIsSentWhenItComesUp() {
        WalSegmentPayload segment = log.next(10);
        leader.goDown();
        leader.append(segment);

        StepVerifier.create(leader.transport().segments(Positions.NONE).map(WalSegmentPayload::id))
                .expectSubscription()
                .expectNoEvent(Duration.ofMillis(50))
                .then(leader::comeUp)
                .expectNext(segment.id())
                .then(leader::close)
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void theHeadTellsOfWhatIsNotSent() {
        Transport follower = leader.transport();
        leader.append(log.next(10));
        leader.withhold(log.next(10));
        leader.lose(log.next(10));
        StepVerifier.create(follower.segments(Positions.NONE))
                .expectNextCount(1)
                .then(() -> assertThat(follower.head(LOG)).isEqualTo(OptionalLong.of(30)))
                .thenCancel()
                .verify(SOON);
    }

    @Test
    void whatWasLostOverTcpIsAskedFor() {
        leader.append(log.next(10));
        SegmentReceiver receiver = SegmentReceiver.create(overTcp(), ledger, SCHEMA);
        receiver.receive().subscribe();
        receiver.awaitApplied(LOG, 10, SOON).block();

        leader.lose(log.next(10));
        leader.append(log.next(10));
        receiver.awaitApplied(LOG, 30, SOON).block();

        assertThat(leader.requests(LOG)).isPositive();
        assertThat(ledger.events(LOG)).isEqualTo(log.events());
        receiver.stop(SOON).block();
    }

    @Test
    void aLogWithoutItsBeginningWasPruned() {
        log.next(10);
        leader.append(log.next(10));
        SegmentReceiver receiver = SegmentReceiver.create(overTcp(), ledger, SCHEMA);
        receiver.receive().subscribe();

        assertThat(awaitState(receiver, LogState.PRUNED).cause())
                .hasValueSatisfying(cause -> assertThat(cause).contains("the first that is left is 11"));
        receiver.stop(SOON).block();
    }

    @Test
    void aLeaderWithAnotherHistoryIsNotFollowed(@TempDir Path data) {
        Storage commitsLate = DirectoryStorage.builder(data)
                .commitPolicy(new CommitPolicy(Duration.ofMinutes(1)))
                .build();
        SegmentReceiver receiver = SegmentReceiver.create(overTcp(), ledger, SCHEMA, commitsLate);
        receiver.receive().subscribe();
        leader.append(log.next(10));
        leader.append(log.next(10));
        receiver.awaitApplied(LOG, 20, SOON).block(); // durable or not

        leader.takeOver(LOG, new LeaderEpoch(1, 10)); // it never had 11..20
        leader.append(Segments.of(LOG).signalTypes(2).seed(2).next(30)); // and wrote other ones

        assertThat(awaitState(receiver, LogState.DIVERGED).applied()).isEqualTo(20);
        receiver.stop(SOON).block();
    }

    @Test
    void aLeaderThatTookOverWhereTheFollowerStandsIsFollowed(@TempDir Path data) {
        Storage commitsLate = DirectoryStorage.builder(data)
                .commitPolicy(new CommitPolicy(Duration.ofMinutes(1)))
                .build();
        SegmentReceiver receiver = SegmentReceiver.create(overTcp(), ledger, SCHEMA, commitsLate);
        receiver.receive().subscribe();
        leader.append(log.next(10));
        leader.append(log.next(10));
        leader.withhold(log.next(10));
        leader.append(log.next(10)); // waits behind the gap
        receiver.statusChanges()
                .mapNotNull(status -> status.log(LOG).orElse(null))
                .filter(status -> status.state() == LogState.GAP && status.applied() == 20)
                .blockFirst(SOON);

        leader.takeOver(LOG, new LeaderEpoch(1, 20));
        Segments other = Segments.of(LOG).signalTypes(2).seed(2);
        other.next(20); // instead of which it took over what was there
        leader.append(other.next(30));

        receiver.awaitApplied(LOG, 50, SOON).block();
        assertThat(ledger.events(LOG).subList(0, 20)).isEqualTo(log.events(1, 20));
        assertThat(ledger.events(LOG).subList(20, 50)).isEqualTo(other.events(21, 50));
        receiver.stop(SOON).block();
    }

    @Test
    void nothingGoesOnAfterTheEnd() {
        leader.end();
        assertThatThrownBy(() -> leader.append(log.next(10)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("1:3");
        leader.close();
        assertThatThrownBy(leader::listen).isInstanceOf(IllegalStateException.class);
    }
}
