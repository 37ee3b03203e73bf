package example;

import static io.walreceiver.test.ReceiverAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walreceiver.PositionNotReachedException;
import io.walreceiver.StopReport;
import io.walreceiver.format.LogId;
import io.walreceiver.ledger.SignalReading;
import io.walreceiver.storage.Storage;
import io.walreceiver.test.FakeLeader;
import io.walreceiver.test.Segments;
import io.walreceiver.test.SignalEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.test.StepVerifier;

class HotTest {

    private static final LogId LOG = new LogId(1, 3);
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final int TOUCH = 0;

    @TempDir
    Path data;

    private final FakeLeader leader = FakeLeader.create();
    private final Segments log = Segments.of(LOG);
    private Hot hot;

    @BeforeEach
    void start() {
        hot = new Hot(leader.transport(), Storage.directory(data));
    }

    @AfterEach
    void close() {
        leader.close();
    }

    @Test
    void aReadWaitsForItsWrite() {
        hot.follow().subscribe();
        StepVerifier.create(hot.read(7, TOUCH, LOG, 2).map(SignalReading::score))
                .then(() -> leader.append(log.next(
                        SignalEvent.at(NOON, 7, TOUCH, 1), SignalEvent.at(NOON, 7, TOUCH, 2))))
                .expectNext(3.0)
                .expectComplete()
                .verify(Duration.ofSeconds(30));
        assertThat(hot.top(TOUCH, 10)).extracting(SignalReading::entityId).containsExactly(7L);
        StepVerifier.create(hot.stop()).expectNextMatches(StopReport::complete).verifyComplete();
    }

    @Test
    void itIsLive() {
        leader.append(log.next(SignalEvent.at(NOON, 7, TOUCH, 1)));
        leader.end();
        hot.follow().blockLast();

        StepVerifier.withVirtualTime(() -> hot.live(TOUCH, 10).map(top -> top.get(0).entityId()))
                .expectSubscription()
                .expectNoEvent(Duration.ofMillis(500))
                .expectNext(7L)
                .thenAwait(Duration.ofMillis(500))
                .expectNext(7L)
                .thenCancel()
                .verify();
    }

    @Test
    void aWriteThatDoesNotComeIsNotWaitedForForever() {
        StepVerifier.create(hot.read(7, TOUCH, LOG, 1))
                .expectError(PositionNotReachedException.class)
                .verify(Duration.ofSeconds(30));
    }

    @Test
    void aLeaderOnAPortNeedsALibraryThatIsNotHere() {
        assertThatThrownBy(leader::listen)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("reactor-netty-http");
    }
}
