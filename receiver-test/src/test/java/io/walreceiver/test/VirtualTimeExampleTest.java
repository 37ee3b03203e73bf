package io.walreceiver.test;

import static io.walreceiver.test.ExampleSchema.LOG;
import static io.walreceiver.test.ExampleSchema.SCHEMA;
import static io.walreceiver.test.ReceiverAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.PositionNotReachedException;
import io.walreceiver.ReceiverOptions;
import io.walreceiver.SegmentReceiver;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.outcome.SegmentOutcome.Applied;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/**
 * Examples: what takes time, without taking any. The receiver is made inside the verifier's supplier, so that its timer is the virtual one;
 * replay runs where segments come from.
 */
class VirtualTimeExampleTest {

    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private final FakeLeader leader = FakeLeader.create(Clock.fixed(NOON, ZoneOffset.UTC));
    private final Segments log = ExampleSchema.segments();
    private SegmentReceiver receiver;

    @AfterEach
    void close() {
        leader.close();
    }

    private SegmentReceiver receiver() {
        receiver = SegmentReceiver.create(
                leader.transport(),
                InMemorySignalLedger.create(SCHEMA),
                SCHEMA,
                ReceiverOptions.builder()
                        .timer(Schedulers.parallel())
                        .replayScheduler(Schedulers.immediate())
                        .minResendDelay(Duration.ofMillis(100))
                        .build());
        return receiver;
    }

    private Applied applied(long first, long through) {
        return new Applied(new WalSegmentId(LOG, first), 10, 10, 0, through);
    }

    @Test
    void whatWasLostIsAskedForAfterTheResendDelay() {
        leader.append(log.next(10));
        leader.lose(log.next(10));
        leader.append(log.next(10));

        StepVerifier.withVirtualTime(() -> receiver().receive())
                .expectSubscription()
                .expectNext(applied(1, 10))
                .expectNoEvent(Duration.ofMillis(100).minusNanos(1))
                .thenAwait(Duration.ofNanos(1))
                .expectNext(applied(11, 20), applied(21, 30))
                .thenCancel()
                .verify();
        assertThat(leader.requests(LOG)).isOne();
    }

    @Test
    void whatNeverComesIsAskedForMoreAndMoreSlowly() {
        leader.append(log.next(10));
        leader.withhold(log.next(10));
        leader.append(log.next(10));

        StepVerifier.withVirtualTime(() -> receiver().receive().ofType(Applied.class))
                .expectNext(applied(1, 10))
                .thenAwait(Duration.ofMillis(100))
                .then(() -> assertThat(leader.requests(LOG)).isEqualTo(1))
                .thenAwait(Duration.ofMinutes(1))
                .then(() -> assertThat(leader.requests(LOG)).isBetween(5, 15))
                .thenCancel()
                .verify();
    }

    @Test
    void aReadThatMustSeeAWriteGivesUpInTime() {
        leader.append(log.next(10));

        StepVerifier.withVirtualTime(() -> {
                    SegmentReceiver made = receiver();
                    made.receive().subscribe();
                    return made.awaitApplied(LOG, 11, Duration.ofSeconds(5));
                })
                .expectSubscription()
                .expectNoEvent(Duration.ofSeconds(5).minusNanos(1))
                .thenAwait(Duration.ofNanos(1))
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOf(PositionNotReachedException.class)
                        .hasMessageContaining("but 10 is applied"))
                .verify();
    }

    @Test
    void lagIsMeasuredByTheLeadersOwnClock() {
        leader.append(log.next(SignalEvent.at(NOON.minusSeconds(90), 7, 0, 1)));
        leader.withhold(log.next(SignalEvent.at(NOON, 7, 0, 1)));

        StepVerifier.withVirtualTime(() -> receiver().receive())
                .expectNextCount(1)
                .then(() -> {
                    assertThat(receiver).log(LOG).hasLag(1);
                    assertThat(receiver.status().log(LOG).orElseThrow().lagTime())
                            .isEqualTo(Optional.of(Duration.ofSeconds(90)));
                })
                .thenCancel()
                .verify();
    }
}
