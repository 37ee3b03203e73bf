package io.walreceiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walreceiver.SimulatedLeader.Manner;
import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.outcome.SegmentOutcome.Applied;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.publisher.PublisherProbe;
import reactor.test.scheduler.VirtualTimeScheduler;
import reactor.test.subscriber.TestSubscriber;

/** Every way in which a receiver ends: completion, error, stop, deadline, cancel. */
class EndTest {

    private static final LogId LOG = new LogId(1, 0);
    private static final LogId STALLED = new LogId(9, 9);
    private static final Duration LONG = Duration.ofMinutes(2);

    private static Flux<WalSegmentPayload> tiny(int count) {
        return Flux.range(0, count).map(i -> Leader.tiny(new LogId(1, i % 3), i / 3 + 1));
    }

    private static SegmentReceiver receiver(Flux<WalSegmentPayload> segments, CountingLedger ledger) {
        return SegmentReceiver.create(new ScriptedTransport(segments), ledger, Schemas.FOUR_TYPES);
    }

    private static void soon(Callable<Boolean> condition) {
        await().atMost(LONG)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(condition);
    }

    @Test
    void anErrorOfTheTransportComesAfterEverythingThatArrived() {
        CountingLedger ledger = new CountingLedger();
        SegmentReceiver receiver =
                receiver(tiny(300).concatWith(Mono.error(new IllegalStateException("wire cut"))), ledger);
        StepVerifier.create(receiver.receive()).expectNextCount(300).verifyErrorMessage("wire cut");
        assertThat(ledger.events).hasValue(300);
        assertThat(receiver.stop(LONG).block().drained()).isTrue();
    }

    @Test
    void receiveIsForOneSubscriber() {
        SegmentReceiver receiver = receiver(tiny(3), new CountingLedger());
        StepVerifier.create(receiver.receive()).expectNextCount(3).verifyComplete();
        StepVerifier.create(receiver.receive()).verifyError(ReceiverEndedException.class);
    }

    @Test
    void stoppedBeforeItStartsItNeverAsksTheTransport() {
        PublisherProbe<WalSegmentPayload> probe = PublisherProbe.of(tiny(3));
        SegmentReceiver receiver = receiver(probe.flux(), new CountingLedger());
        assertThat(receiver.stop(LONG).block().status().phase()).isEqualTo(ReceiverStatus.Phase.STOPPED);
        StepVerifier.create(receiver.receive()).verifyComplete();
        probe.assertWasNotSubscribed();
    }

    @Test
    void anEmptyTransportCompletes() {
        StepVerifier.create(receiver(Flux.empty(), new CountingLedger()).receive())
                .verifyComplete();
    }

    @Test
    void stopAtAHundredPointsDrainsWhatArrived() {
        for (int point = 0; point < 100; point++) {
            try (SimulatedLeader leader = new SimulatedLeader(Manner.WINDOW, 20_000)) {
                leader.log(LOG, 100_000, 3).log(new LogId(1, 1), 100_000, 3);
                CountingLedger ledger = new CountingLedger();
                SegmentReceiver receiver = SegmentReceiver.create(leader, ledger, Schemas.FOUR_TYPES);
                AtomicLong outcomes = new AtomicLong();
                AtomicLong applied = new AtomicLong();
                AtomicBoolean completed = new AtomicBoolean();
                AtomicInteger late = new AtomicInteger();
                CountDownLatch reached = new CountDownLatch(1 + point * 7);
                receiver.receive().doOnComplete(() -> completed.set(true)).subscribe(outcome -> {
                    if (completed.get()) {
                        late.incrementAndGet();
                    }
                    outcomes.incrementAndGet();
                    if (outcome instanceof Applied one) {
                        applied.addAndGet(one.newEvents());
                    }
                    reached.countDown();
                });
                soon(() -> reached.getCount() == 0);

                StopReport report = receiver.stop(LONG).block();

                soon(completed::get);
                assertThat(report.drained()).isTrue();
                assertThat(report.status().inFlightBytes()).isZero();
                assertThat(leader.sentSegments.get() - outcomes.get())
                        .as("at most the segment in hand goes without an outcome")
                        .isBetween(0L, 1L);
                assertThat(applied).hasValue(ledger.events.get());
                assertThat(ledger.wrong).hasValue(0);
                assertThat(late).hasValue(0);
            }
        }
    }

    @Test
    void atTheDeadlineTheStreamCompletesAndTheReportNamesWhatWasNotDrained() {
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        CountingLedger ledger = new CountingLedger(log -> log.equals(STALLED) ? Mono.never() : Mono.empty());
        Sinks.Many<WalSegmentPayload> source = Sinks.many().unicast().onBackpressureBuffer();
        SegmentReceiver receiver = SegmentReceiver.create(
                new ScriptedTransport(source.asFlux()),
                ledger,
                Schemas.FOUR_TYPES,
                ReceiverOptions.builder()
                        .timer(time)
                        .replayScheduler(Schedulers.immediate())
                        .build());
        AtomicBoolean completed = new AtomicBoolean();
        receiver.receive().doOnComplete(() -> completed.set(true)).subscribe();
        source.tryEmitNext(Leader.tiny(STALLED, 1)).orThrow();
        source.tryEmitNext(Leader.tiny(LOG, 1)).orThrow();
        Sinks.One<StopReport> report = Sinks.one();
        receiver.stop(Duration.ofSeconds(10)).subscribe(report::tryEmitValue);

        time.advanceTimeBy(Duration.ofMillis(9_999));
        assertThat(completed).isFalse();
        assertThat(receiver.status().phase()).isEqualTo(ReceiverStatus.Phase.STOPPING);
        time.advanceTimeBy(Duration.ofMillis(1));

        assertThat(completed).isTrue();
        StopReport stopped = report.asMono().block(LONG);
        assertThat(stopped.notDrained()).containsExactly(STALLED);
        assertThat(stopped.drained()).isFalse();
        assertThat(stopped.outcomes().applied()).isEqualTo(1);
        assertThat(receiver.stop(LONG).block()).isEqualTo(stopped);
    }

    @Test
    void aDeadlineMayBeAsLongAsADurationCanBe() {
        SegmentReceiver receiver = receiver(tiny(3).concatWith(Flux.never()), new CountingLedger());
        receiver.receive().subscribe();
        assertThat(receiver.stop(Duration.ofSeconds(Long.MAX_VALUE)).block(LONG).drained())
                .isTrue();
    }

    @Test
    void afterTheEndAStopNeedsNoTimer() {
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        SegmentReceiver receiver = SegmentReceiver.create(
                new ScriptedTransport(tiny(3)),
                new CountingLedger(),
                Schemas.FOUR_TYPES,
                ReceiverOptions.builder().timer(time).build());
        StepVerifier.create(receiver.receive()).expectNextCount(3).verifyComplete();
        time.dispose();
        assertThat(receiver.stop(LONG).block(LONG).drained()).isTrue();
    }

    /** A transport that connects again asks for positions, and a sender takes them for acknowledgements. */
    @Test
    void aPositionThatATransportIsGivenIsCommitted() {
        Sinks.Empty<Void> commit = Sinks.empty();
        CountingLedger ledger = new CountingLedger(log -> commit.asMono());
        ScriptedTransport transport = new ScriptedTransport(tiny(1).concatWith(Flux.never()));
        SegmentReceiver receiver = SegmentReceiver.create(
                transport,
                ledger,
                Schemas.FOUR_TYPES,
                ReceiverOptions.builder()
                        .replayScheduler(Schedulers.immediate())
                        .build());
        Disposable subscription = receiver.receive().subscribe();
        LogId first = new LogId(1, 0);
        assertThat(receiver.status().log(first).orElseThrow().received()).isEqualTo(1);
        assertThat(transport.positions.read()).containsEntry(first, 0L);
        commit.tryEmitEmpty().orThrow();
        assertThat(transport.positions.read()).containsEntry(first, 1L);
        subscription.dispose();
    }

    /** What was being applied when the stream was cancelled is applied in full and acknowledged, or not at all. */
    @Test
    void cancelledAtThreeHundredPointsNothingIsHalfApplied() {
        Random random = new Random(20_261_122);
        for (int run = 0; run < 300; run++) {
            CountingLedger ledger = new CountingLedger();
            ScriptedTransport transport = new ScriptedTransport(Flux.range(0, 3_000)
                    .map(i -> Leader.segment(new LogId(1, i % 3), 5L * (i / 3) + 1, 5)));
            SegmentReceiver receiver = SegmentReceiver.create(transport, ledger, Schemas.FOUR_TYPES);
            AtomicInteger seen = new AtomicInteger();
            int point = random.nextInt(600);
            Flux<SegmentOutcome> outcomes = receiver.receive().doOnNext(outcome -> seen.incrementAndGet());
            switch (run % 3) {
                case 0 -> outcomes.take(point + 1).blockLast(); // from inside an emission
                case 1 -> { // from another thread
                    Disposable subscription = outcomes.subscribe();
                    soon(() -> seen.get() >= point);
                    subscription.dispose();
                }
                default -> { // with segments taken in and no outcome wanted
                    TestSubscriber<SegmentOutcome> subscriber =
                            TestSubscriber.builder().initialRequest(point % 2).build();
                    outcomes.subscribe(subscriber);
                    subscriber.cancel();
                }
            }
            StopReport report = receiver.stop(Duration.ZERO).block();
            assertThat(report.status().phase()).isEqualTo(ReceiverStatus.Phase.STOPPED);
            soon(() -> transport.acknowledged.entrySet().stream()
                    .allMatch(entry -> entry.getValue() == ledger.through(entry.getKey())));
            assertThat(ledger.parts.values())
                    .allSatisfy(part -> assertThat(part.through % 5).isZero());
            assertThat(ledger.wrong).hasValue(0);
        }
    }

    @Test
    void noThreadOutlivesTheReceiver() {
        for (int way = 0; way < 4; way++) {
            SegmentReceiver receiver =
                    receiver(way == 0 ? tiny(300) : tiny(300).concatWith(Flux.never()), new CountingLedger());
            AtomicInteger seen = new AtomicInteger();
            Disposable subscription = receiver.receive().subscribe(outcome -> seen.incrementAndGet());
            soon(() -> seen.get() == 300);
            if (way == 1) {
                receiver.stop(LONG).block();
            } else if (way == 2) {
                receiver.stop(Duration.ZERO).block();
            } else if (way == 3) {
                subscription.dispose();
            }
            await().atMost(LONG)
                    .until(() -> Thread.getAllStackTraces().keySet().stream()
                            .map(Thread::getName)
                            .noneMatch(name -> name.startsWith("receiver-")));
        }
    }

    @Test
    void thePartsAreClosedBeforeTheEndIsTold() {
        RecordingLedger ledger = new RecordingLedger();
        AtomicInteger closedAtEnd = new AtomicInteger();
        List<SegmentOutcome> outcomes = SegmentReceiver.create(
                        new ScriptedTransport(tiny(30)), ledger, Schemas.FOUR_TYPES)
                .receive()
                .doOnComplete(() -> closedAtEnd.set(ledger.closed.get()))
                .collectList()
                .block();
        assertThat(outcomes).hasSize(30);
        assertThat(closedAtEnd).hasValue(3);
        assertThat(ledger.opened).hasValue(3);
    }
}
