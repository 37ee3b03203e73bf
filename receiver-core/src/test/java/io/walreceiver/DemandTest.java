package io.walreceiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walreceiver.SimulatedLeader.Manner;
import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.outcome.SegmentOutcome.Applied;
import io.walreceiver.outcome.SegmentOutcome.Deferred;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Demand for outcomes is honoured to the letter, and reaches the transport. */
class DemandTest {

    private static final LogId LOG = new LogId(1, 0);

    private static Flux<WalSegmentPayload> tiny(int count) {
        return Flux.range(1, count).map(seq -> Leader.tiny(LOG, seq));
    }

    @Test
    void outcomesComeAsTheyAreAskedFor() {
        SegmentReceiver receiver =
                SegmentReceiver.create(new ScriptedTransport(tiny(12)), new CountingLedger(), Schemas.FOUR_TYPES);
        StepVerifier.create(receiver.receive(), 0)
                .expectSubscription()
                .thenRequest(1)
                .expectNextCount(1)
                .thenRequest(2)
                .expectNextCount(2)
                .thenRequest(4)
                .expectNextCount(4)
                .thenRequest(5)
                .expectNextCount(5)
                .verifyComplete();
    }

    @Test
    void withoutDemandTheTransportIsNotAskedForEverMoreAndNothingIsLetGo() {
        AtomicLong taken = new AtomicLong();
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        int size = Leader.tiny(LOG, 1).bytes().length;
        CountingLedger ledger = new CountingLedger();
        SegmentReceiver receiver = SegmentReceiver.create(
                new ScriptedTransport(tiny(5_000).doOnNext(segment -> taken.incrementAndGet())),
                ledger,
                Schemas.FOUR_TYPES,
                ReceiverOptions.builder()
                        .maxInFlightBytes(1_000L * size)
                        .maxSegmentBytes(size)
                        .timer(time)
                        .build());
        List<SegmentOutcome> outcomes = new CopyOnWriteArrayList<>();
        BaseSubscriber<SegmentOutcome> subscriber = new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {}

            @Override
            protected void hookOnNext(SegmentOutcome outcome) {
                outcomes.add(outcome);
            }
        };
        receiver.receive().subscribe(subscriber);
        // One log never takes more than half of what is free: a third of the budget.
        await().until(() -> receiver.status().inFlightBytes() >= 330L * size);
        time.advanceTimeBy(Duration.ofMinutes(1));
        long before = taken.get();
        assertThat(before).isLessThanOrEqualTo(340);
        assertThat(outcomes).isEmpty();

        subscriber.request(50);
        await().until(() -> outcomes.size() == 50);
        assertThat(taken.get()).isLessThanOrEqualTo(before + 60);

        subscriber.requestUnbounded();
        await().until(() -> ledger.events.get() == 5_000);
        await().until(subscriber::isDisposed);
        assertThat(outcomes).hasSize(5_000).noneMatch(Deferred.class::isInstance);
    }

    @Test
    void oneAtATimeBesideAStalledLog() {
        LogId stalled = new LogId(9, 9);
        CountingLedger ledger = new CountingLedger(log -> log.equals(stalled) ? Mono.never() : Mono.empty());
        try (SimulatedLeader leader = new SimulatedLeader(Manner.WINDOW, 2_000)) {
            leader.log(stalled, 1_000, 1).log(LOG, 2_000, 1);
            SegmentReceiver receiver = SegmentReceiver.create(
                    leader,
                    ledger,
                    Schemas.FOUR_TYPES,
                    ReceiverOptions.builder()
                            .maxInFlightBytes(20_000)
                            .maxSegmentBytes(1_000)
                            .build());
            AtomicLong applied = new AtomicLong();
            BaseSubscriber<SegmentOutcome> oneByOne = new BaseSubscriber<>() {
                @Override
                protected void hookOnSubscribe(Subscription subscription) {
                    request(1);
                }

                @Override
                protected void hookOnNext(SegmentOutcome outcome) {
                    applied.incrementAndGet();
                    Schedulers.parallel().schedule(() -> request(1));
                }
            };
            receiver.receive().subscribe(oneByOne);
            await().atMost(Duration.ofMinutes(1)).until(() -> applied.get() == 2_000);
            assertThat(receiver.stop(Duration.ZERO).block().notDrained()).containsExactly(stalled);
        }
    }

    @Test
    void aSourceThatIgnoresDemandALittleLosesNothing() {
        TestPublisher<WalSegmentPayload> rude =
                TestPublisher.createNoncompliant(TestPublisher.Violation.REQUEST_OVERFLOW);
        CountingLedger ledger = new CountingLedger();
        SegmentReceiver receiver =
                SegmentReceiver.create(new ScriptedTransport(rude.flux()), ledger, Schemas.FOUR_TYPES);
        StepVerifier.create(receiver.receive())
                .then(() -> IntStream.rangeClosed(1, 3).forEach(seq -> rude.next(Leader.tiny(LOG, seq))))
                .expectNextCount(3)
                .then(rude::complete)
                .verifyComplete();
        assertThat(ledger.through(LOG)).isEqualTo(3);
    }

    @Test
    void aSourceThatFloodsIsALoudErrorAfterWhatWasTakenIsApplied() {
        int size = Leader.tiny(LOG, 1).bytes().length;
        TestPublisher<WalSegmentPayload> flood =
                TestPublisher.createNoncompliant(TestPublisher.Violation.REQUEST_OVERFLOW);
        CountingLedger ledger = new CountingLedger();
        SegmentReceiver receiver = SegmentReceiver.create(
                new ScriptedTransport(flood.flux(), false),
                ledger,
                Schemas.FOUR_TYPES,
                ReceiverOptions.builder()
                        .maxSegmentBytes(size)
                        .maxInFlightBytes(100L * size)
                        .build());
        AtomicLong outcomes = new AtomicLong();
        // No demand at first, so that the room runs out while the source does not care.
        StepVerifier.create(receiver.receive().doOnNext(outcome -> outcomes.incrementAndGet()), 0)
                .then(() -> IntStream.rangeClosed(1, 2_000).forEach(seq -> flood.next(Leader.tiny(LOG, seq))))
                .thenRequest(Long.MAX_VALUE)
                .thenConsumeWhile(outcome -> outcome instanceof Applied)
                .verifyErrorSatisfies(error -> assertThat(error).hasMessageContaining("Queue is full"));
        assertThat(ledger.through(LOG)).isEqualTo(outcomes.get()).isPositive();
        assertThat(ledger.wrong).hasValue(0);
    }

    @Test
    void aSourceThatEmitsFromTwoThreadsIsMadeSerial() {
        TestPublisher<WalSegmentPayload> rude =
                TestPublisher.createNoncompliant(TestPublisher.Violation.REQUEST_OVERFLOW);
        CountingLedger ledger = new CountingLedger();
        SegmentReceiver receiver =
                SegmentReceiver.create(new ScriptedTransport(rude.flux()), ledger, Schemas.FOUR_TYPES);
        LogId other = new LogId(1, 1);
        AtomicLong outcomes = new AtomicLong();
        receiver.receive().subscribe(outcome -> outcomes.incrementAndGet(), error -> {});
        Flux.just(LOG, other)
                .parallel(2)
                .runOn(Schedulers.parallel())
                .doOnNext(log -> {
                    for (int seq = 1; seq <= 500; seq++) {
                        rude.next(Leader.tiny(log, seq));
                    }
                })
                .sequential()
                .blockLast();
        rude.complete();
        await().until(() -> receiver.status().phase() == ReceiverStatus.Phase.STOPPED);
        assertThat(ledger.wrong).hasValue(0);
        assertThat(ledger.events).hasValue(outcomes.get());
    }
}
