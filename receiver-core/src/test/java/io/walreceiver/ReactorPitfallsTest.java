package io.walreceiver;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static java.util.function.Function.identity;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.properties.HasName;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.outcome.SegmentOutcome.Abandoned;
import io.walreceiver.outcome.SegmentOutcome.Applied;
import io.walreceiver.outcome.SegmentOutcome.Refused;
import io.walreceiver.transport.Positions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.publisher.Sinks.EmitResult;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;
import reactor.test.scheduler.VirtualTimeScheduler;
import reactor.test.subscriber.TestSubscriber;

/**
 * Why the pipeline is not built from the operators that come to mind first. Where a test pins what Reactor does, it is the reason
 * for a construction of ours, which is tested beside it; should Reactor change, the test says so. Nothing here waits for time to
 * pass: with everything on one thread, what has not happened when {@code subscribe} returns never will.
 */
class ReactorPitfallsTest {

    private static final LogId LOG = new LogId(1, 0);
    private static final Duration SOON = Duration.ofSeconds(20);

    private final VirtualTimeScheduler timer = VirtualTimeScheduler.create();
    private final TestSubscriber<SegmentOutcome> outcomes = TestSubscriber.create();

    @AfterEach
    void end() {
        outcomes.cancel();
        timer.dispose();
    }

    // ---- 1: more groups than flatMap's concurrency

    @Test
    void groupByHangsWithMoreGroupsThanFlatMapSubscribesTo() {
        TestSubscriber<Long> counts = TestSubscriber.create();
        Flux.range(0, 100_000).groupBy(i -> i % 300).flatMap(Flux::count).subscribe(counts);
        assertThat(counts.isTerminated()).isFalse();
        assertThat(counts.getReceivedOnNext()).isEmpty();
    }

    @Test
    void moreLogsThanThatAreServed() {
        RecordingLedger ledger = new RecordingLedger();
        Flux<WalSegmentPayload> segments =
                Flux.range(0, 1000).map(i -> Leader.tiny(new LogId(2, i % 300), 1 + i / 300));
        receiver(segments, ledger).receive().subscribe(outcomes);
        assertThat(outcomes.isTerminatedComplete()).isTrue();
        assertThat(outcomes.getReceivedOnNext()).hasSize(1000).allMatch(outcome -> outcome instanceof Applied);
    }

    // ---- 2: a group that fails and is handled

    @Test
    void aHandledFailedGroupLosesWhatWasRoutedToIt() {
        List<Integer> applied = new ArrayList<>();
        Sinks.Empty<Void> gate = Sinks.empty();
        TestSubscriber<Integer> result = TestSubscriber.create();
        Flux.range(1, 40)
                .groupBy(i -> "one")
                .flatMap(group -> gate.asMono()
                        .thenMany(group)
                        .map(i -> {
                            if (i == 5) {
                                throw new IllegalStateException("the fifth");
                            }
                            return i;
                        })
                        .doOnNext(applied::add)
                        .onErrorResume(handled -> Flux.empty()))
                .subscribe(result);
        gate.tryEmitEmpty().orThrow();
        assertThat(result.isTerminatedComplete()).isTrue(); // and nobody hears of the other 35
        assertThat(applied).containsExactly(1, 2, 3, 4);
    }

    @Test
    void aLogWhoseSegmentIsRefusedLosesNothing() {
        RecordingLedger ledger = new RecordingLedger();
        Flux<WalSegmentPayload> segments = Flux.range(1, 40)
                .map(i -> i == 5 ? Leader.corrupt(Leader.tiny(LOG, 5)) : Leader.tiny(LOG, i))
                .concatWithValues(Leader.tiny(LOG, 5));
        receiver(segments, ledger).receive().subscribe(outcomes);
        assertThat(outcomes.isTerminatedComplete()).isTrue();
        assertThat(outcomes.getReceivedOnNext()).hasSize(41);
        assertThat(ledger.events(LOG)).isEqualTo(TableLedger.events(40));
    }

    @Test
    void aLogWhoseLedgerFailsLosesNothing() {
        AtomicInteger failures = new AtomicInteger();
        RecordingLedger ledger = new RecordingLedger() {
            @Override
            void beforeEvent(LogId log, long seq) {
                if (seq == 5 && failures.getAndIncrement() == 0) {
                    throw new IllegalStateException("the fifth");
                }
            }
        };
        Sinks.Many<WalSegmentPayload> source = Sinks.many().unicast().onBackpressureBuffer();
        ScriptedTransport transport = new ScriptedTransport(source.asFlux());
        SegmentReceiver.create(transport, ledger, Schemas.FOUR_TYPES, options().build())
                .receive()
                .subscribe(outcomes);
        for (int round = 0; round < 2; round++) { // what was let go is asked for, and comes again
            for (int i = 1; i <= 40; i++) {
                source.tryEmitNext(Leader.tiny(LOG, i)).orThrow();
            }
            timer.advanceTimeBy(Duration.ofSeconds(1));
            assertThat(transport.said).contains(new ScriptedTransport.Said("request", LOG, 1));
        }
        assertThat(outcomes.getReceivedOnNext()).hasSize(80);
        assertThat(ledger.events(LOG)).isEqualTo(TableLedger.events(40));
    }

    // ---- 3: one prefetch for all groups

    @Test
    void groupByWouldStall() {
        AtomicInteger healthy = new AtomicInteger();
        TestSubscriber<Integer> result = TestSubscriber.create();
        Flux.range(0, 100_000)
                .groupBy(i -> i % 5)
                .flatMap(group -> group.key() == 0
                        ? group.concatMap(i -> Mono.<Integer>never())
                        : group.doOnNext(i -> healthy.incrementAndGet()))
                .subscribe(result);
        assertThat(result.isTerminated()).isFalse();
        assertThat(healthy).hasValueLessThan(2_000); // of 80,000
    }

    @Test
    void oneStalledLogOfFiveStopsNoOther() {
        LogId stalled = new LogId(2, 0);
        RecordingLedger ledger = new RecordingLedger() {
            @Override
            Mono<Void> commit(LogId log, long through) {
                return log.equals(stalled) ? Mono.never() : Mono.empty();
            }
        };
        Flux<WalSegmentPayload> segments = Flux.range(0, 10_000).map(i -> Leader.tiny(new LogId(2, i % 5), 1 + i / 5));
        SegmentReceiver.create(
                        new ScriptedTransport(segments.concatWith(Flux.never())),
                        ledger,
                        Schemas.FOUR_TYPES,
                        options().maxSegmentBytes(1000).maxInFlightBytes(10_000).build())
                .receive()
                .subscribe(outcomes);
        timer.advanceTimeBy(Duration.ofSeconds(1)); // its patience, once
        for (int shard = 1; shard < 5; shard++) {
            assertThat(ledger.through(new LogId(2, shard))).isEqualTo(2_000);
        }
        assertThat(ledger.events(stalled)).hasSize(1);
    }

    // ---- 4: flatMapSequential and failures

    @Test
    void flatMapSequentialDropsFinishedEarlierResultsWhenALaterOneFails() {
        TestPublisher<String> first = TestPublisher.create();
        TestPublisher<String> third = TestPublisher.create();
        StepVerifier.create(
                        Flux.just(first.mono(), Mono.just("second"), third.mono())
                                .flatMapSequential(identity()),
                        0)
                .thenRequest(1)
                .then(() -> first.emit("first"))
                .expectNext("first")
                .then(() ->
                        third.error(new IllegalStateException("third"))) // second is finished, and not asked for yet
                .expectErrorMessage("third")
                .verify(SOON);
    }

    @Test
    void flatMapSequentialDelayErrorEmitsPastTheFailedOne() {
        StepVerifier.create(Flux.just(
                                Mono.just("first"),
                                Mono.<String>error(new IllegalStateException("second")),
                                Mono.just("third"))
                        .flatMapSequentialDelayError(identity(), 8, 8))
                .expectNext("first", "third")
                .expectErrorMessage("second")
                .verify(SOON);
    }

    @Test
    void aRefusedSegmentDropsNothingBeforeItAndLetsNothingPast() {
        RecordingLedger ledger = new RecordingLedger();
        Flux<WalSegmentPayload> segments = Flux.just(
                Leader.tiny(LOG, 1), Leader.tiny(LOG, 2), Leader.corrupt(Leader.tiny(LOG, 3)), Leader.tiny(LOG, 4));
        SegmentReceiver receiver = receiver(segments, ledger);
        StepVerifier.create(receiver.receive(), 0)
                .thenRequest(4)
                .expectNext(new Applied(Leader.id(LOG, 1), 1, 1, 0, 1), new Applied(Leader.id(LOG, 2), 1, 1, 0, 2))
                .expectNextMatches(outcome -> outcome instanceof Refused)
                .expectNextMatches(outcome -> outcome instanceof Abandoned)
                .expectComplete()
                .verify(SOON);
        assertThat(ledger.events(LOG)).isEqualTo(TableLedger.events(2));
    }

    // ---- 5: flatMapSequential and cancellation

    @Test
    void flatMapSequentialDoesNotDiscardWhatItHasQueuedWhenCancelled() {
        List<String> discarded = new ArrayList<>();
        Flux.just(Mono.<String>never(), Mono.fromCallable(() -> "a buffer"))
                .flatMapSequential(identity())
                .doOnDiscard(String.class, discarded::add)
                .subscribe()
                .dispose();
        assertThat(discarded).isEmpty(); // reactor-core #4379; so nothing that must be released may go through it
    }

    @Test
    void aCancelledReceiverAppliesAndAcknowledgesNothingMore() {
        ManualExecutor executor = new ManualExecutor();
        RecordingLedger ledger = new RecordingLedger();
        ScriptedTransport transport = new ScriptedTransport(Flux.range(1, 20).map(i -> Leader.tiny(LOG, i)));
        replayedBy(executor, transport, ledger, 2).receive().subscribe(outcomes);
        executor.run(2);
        int applied = ledger.events(LOG).size();
        assertThat(applied).isBetween(1, 3);
        outcomes.cancel();
        executor.runAll();
        assertThat(ledger.events(LOG)).hasSize(applied);
        assertThat(transport.acknowledged).containsEntry(LOG, (long) applied);
    }

    @Test
    void oneCancelledAmidSegmentsThatWereExaminedTogetherFinishesTheOneItIsAt() {
        ManualExecutor executor = new ManualExecutor();
        RecordingLedger ledger = new RecordingLedger() {
            @Override
            void beforeEvent(LogId log, long seq) {
                if (seq == 10) {
                    outcomes.cancel();
                }
            }
        };
        ScriptedTransport transport = new ScriptedTransport(Flux.range(1, 20).map(i -> Leader.tiny(LOG, i)));
        replayedBy(executor, transport, ledger, 2).receive().subscribe(outcomes);
        executor.runAll();
        assertThat(ledger.events(LOG)).isEqualTo(TableLedger.events(10));
        assertThat(transport.acknowledged.get(LOG)).isBetween(9L, 10L);
    }

    private SegmentReceiver replayedBy(
            ManualExecutor executor, ScriptedTransport transport, RecordingLedger ledger, int parallelism) {
        return SegmentReceiver.create(
                transport,
                ledger,
                Schemas.FOUR_TYPES,
                options()
                        .parallelism(parallelism)
                        .replayScheduler(executor.scheduler())
                        .build());
    }

    // ---- 6: where work runs

    @Test
    void anInnerCallableRunsOnTheSubscribingThreadUnlessItIsGivenAScheduler() {
        Thread here = Thread.currentThread();
        assertThat(Flux.just(1)
                        .flatMapSequential(i -> Mono.fromCallable(Thread::currentThread))
                        .blockLast())
                .isSameAs(here);
        assertThat(Flux.just(1)
                        .flatMapSequential(
                                i -> Mono.fromCallable(Thread::currentThread).subscribeOn(Schedulers.parallel()))
                        .blockLast(SOON))
                .isNotSameAs(here);
    }

    @Test
    void segmentsAreReplayedOnTheReceiversOwnThreadsNeverOnTheTransports() {
        Set<String> threads = ConcurrentHashMap.newKeySet();
        RecordingLedger ledger = new RecordingLedger() {
            @Override
            void beforeEvent(LogId log, long seq) {
                threads.add(Thread.currentThread().getName());
            }
        };
        Flux<WalSegmentPayload> segments = Flux.range(0, 200).map(i -> Leader.tiny(new LogId(2, i % 4), 1 + i / 4));
        SegmentReceiver.create(new ScriptedTransport(segments), ledger, Schemas.FOUR_TYPES)
                .receive()
                .blockLast(SOON);
        assertThat(threads).isNotEmpty().allMatch(name -> name.startsWith("receiver-replay-"));
    }

    @Test
    void whoAsksForAnOutcomeDrivesTheOperatorsOnButDoesNotReplay() {
        Set<String> threads = ConcurrentHashMap.newKeySet();
        RecordingLedger ledger = new RecordingLedger() {
            @Override
            void beforeEvent(LogId log, long seq) {
                threads.add(Thread.currentThread().getName());
            }
        };
        Flux<WalSegmentPayload> segments = Flux.range(1, 50).map(i -> Leader.tiny(LOG, i));
        TestSubscriber<SegmentOutcome> slow =
                TestSubscriber.builder().initialRequest(0).build();
        SegmentReceiver.create(new ScriptedTransport(segments), ledger, Schemas.FOUR_TYPES)
                .receive()
                .subscribe(slow);
        for (int i = 1; i <= 50; i++) {
            int wanted = i;
            slow.request(1);
            await().pollInterval(Duration.ofMillis(1))
                    .until(() -> slow.getReceivedOnNext().size() >= wanted);
        }
        slow.block(SOON);
        assertThat(threads).isNotEmpty().allMatch(name -> name.startsWith("receiver-replay-"));
    }

    /** Else one worker would replay all logs, as soon as it had to emit what another one came by with, and the others would have nothing to do. */
    @Test
    void whoEmitsTheOutcomesOfOneLogDoesNotReplayAnother() {
        ManualExecutor executor = new ManualExecutor();
        RecordingLedger ledger = new RecordingLedger();
        LogId other = new LogId(1, 1);
        AtomicBoolean besideIt = new AtomicBoolean();
        Flux<WalSegmentPayload> segments = Flux.range(0, 80).map(i -> Leader.tiny(i % 2 == 0 ? LOG : other, i / 2 + 1));
        AtomicInteger emitted = new AtomicInteger();
        replayedBy(executor, new ScriptedTransport(segments), ledger, 1)
                .receive()
                .doOnNext(outcome -> emitted.incrementAndGet())
                .subscribe(outcome -> {
                    if (besideIt.compareAndSet(true, false)) {
                        executor.run(1); // what another worker does meanwhile
                    }
                });
        executor.run(2); // the first of each came alone
        assertThat(emitted).hasValue(2);
        besideIt.set(true);
        executor.run(1);

        assertThat(ledger.events(LOG)).hasSize(40);
        assertThat(ledger.events(other)).hasSizeBetween(2, 4);
        executor.runAll();
        assertThat(ledger.events(other)).hasSize(40);
        assertThat(emitted).hasValue(80);
    }

    // ---- 7: publishOn does not yield

    @Test
    void publishOnServesABusyLogUntilItIsEmpty() {
        ManualExecutor executor = new ManualExecutor();
        List<AtomicInteger> served = List.of(new AtomicInteger(), new AtomicInteger());
        for (AtomicInteger log : served) {
            Flux.range(0, 100).publishOn(executor.scheduler()).subscribe(i -> log.incrementAndGet());
        }
        executor.run(1);
        assertThat(served.get(0)).hasValue(100);
        assertThat(served.get(1)).hasValue(0);
    }

    /** A turn is one segment, or what of small ones waited when the turn before ended, up to a bound. */
    @Test
    void busyLogsAreServedInTurn() {
        ManualExecutor executor = new ManualExecutor();
        RecordingLedger ledger = new RecordingLedger();
        LogId other = new LogId(1, 1);
        int each = 640;
        int turn = 64;
        Flux<WalSegmentPayload> segments = Flux.range(1, each)
                .map(i -> Leader.tiny(LOG, i))
                .concatWith(Flux.range(1, each).map(i -> Leader.tiny(other, i)));
        replayedBy(executor, new ScriptedTransport(segments), ledger, 2)
                .receive()
                .subscribe(outcomes);
        int steps = 0;
        while (executor.run(1)) {
            steps++;
            assertThat(Math.abs(ledger.events(LOG).size() - ledger.events(other).size()))
                    .as("after %s steps", steps)
                    .isLessThanOrEqualTo(3 * turn);
        }
        assertThat(steps).isGreaterThanOrEqualTo(2 * each / turn);
        assertThat(outcomes.isTerminatedComplete()).isTrue();
    }

    // ---- 8: schedulers that are shared

    @Test
    void boundedElasticRejectsWhenItsQueueIsFull() throws InterruptedException {
        Scheduler elastic = Schedulers.newBoundedElastic(1, 1, "one-thread-one-task");
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try {
            elastic.schedule(() -> {
                running.countDown();
                awaitUninterruptibly(release);
            });
            running.await();
            elastic.schedule(() -> {});
            assertThatThrownBy(() -> elastic.schedule(() -> {})).isInstanceOf(RejectedExecutionException.class);
        } finally {
            release.countDown();
            elastic.dispose();
        }
    }

    @Test
    void aReceiverWithItsOwnThreadsDoesNotCareWhatBecomesOfTheDefaultSchedulers() {
        VirtualTimeScheduler standsStill = VirtualTimeScheduler.getOrSet();
        try {
            assertThat(Schedulers.newSingle("any").toString()).contains("VirtualTime");
            RecordingLedger ledger = new RecordingLedger();
            SegmentReceiver.create(
                            new ScriptedTransport(Flux.range(1, 50).map(i -> Leader.tiny(LOG, i))),
                            ledger,
                            Schemas.FOUR_TYPES)
                    .receive()
                    .blockLast(SOON);
            assertThat(ledger.events(LOG)).hasSize(50);
        } finally {
            VirtualTimeScheduler.reset();
            standsStill.dispose();
        }
    }

    // ---- 9: sinks and threads

    @Test
    void aSinkRefusesWhatASecondThreadEmitsMeanwhile() throws InterruptedException {
        Sinks.Many<String> sink = Sinks.many().unicast().onBackpressureBuffer();
        AtomicReference<EmitResult> second = new AtomicReference<>();
        List<String> seen = new ArrayList<>();
        sink.asFlux().subscribe(value -> {
            seen.add(value);
            Thread meanwhile = new Thread(() -> second.set(sink.tryEmitNext("second")));
            meanwhile.start();
            joinUninterruptibly(meanwhile);
        });
        sink.tryEmitNext("first").orThrow();
        assertThat(second).hasValue(EmitResult.FAIL_NON_SERIALIZED);
        assertThat(seen).containsExactly("first"); // whoever does not look at the result has lost one
    }

    @Test
    void aSourceThatEmitsFromTwoThreadsAtOnceLosesNothing() {
        RecordingLedger ledger = new RecordingLedger();
        List<LogId> logs = List.of(new LogId(3, 0), new LogId(3, 1));
        Publisher<WalSegmentPayload> rude = subscriber -> {
            Semaphore demand = new Semaphore(0);
            AtomicInteger left = new AtomicInteger(logs.size());
            subscriber.onSubscribe(new Subscription() {
                @Override
                public void request(long n) {
                    demand.release((int) Math.min(n, 1_000));
                }

                @Override
                public void cancel() {}
            });
            for (LogId log : logs) {
                new Thread(() -> {
                            for (int i = 1; i <= 500; i++) {
                                demand.acquireUninterruptibly();
                                subscriber.onNext(Leader.tiny(log, i));
                            }
                            if (left.decrementAndGet() == 0) {
                                subscriber.onComplete();
                            }
                        })
                        .start();
            }
        };
        assertThat(SegmentReceiver.create(new ScriptedTransport(Flux.from(rude)), ledger, Schemas.FOUR_TYPES)
                        .receive()
                        .count()
                        .block(SOON))
                .isEqualTo(1_000);
        for (LogId log : logs) {
            assertThat(ledger.events(log)).isEqualTo(TableLedger.events(500));
        }
    }

    // ---- 10: onErrorContinue

    @Test
    void onErrorContinueLosesAnElementAndSaysNothing() {
        StepVerifier.create(Flux.range(1, 5).map(i -> 6 / (i - 3)).onErrorContinue((error, element) -> {}))
                .expectNextCount(4)
                .verifyComplete();
    }

    @Test
    void onErrorContinueIsNotUsed() {
        noClasses()
                .should()
                .accessTargetWhere(JavaAccess.Predicates.target(AccessTarget.Predicates.declaredIn(Flux.class)
                        .or(AccessTarget.Predicates.declaredIn(Mono.class))
                        .and(HasName.Predicates.name("onErrorContinue"))))
                .check(new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("io.walreceiver"));
    }

    @Test
    void aTransportThatIsRetriedReadsThePositionsOfThatMoment() {
        RecordingLedger ledger = new RecordingLedger();
        List<Long> asked = new ArrayList<>();
        ScriptedTransport transport = new ScriptedTransport(Flux.empty()) {
            @Override
            public Flux<WalSegmentPayload> segments(Positions positions) {
                return Flux.defer(() -> {
                            long from = positions.read().getOrDefault(LOG, 0L);
                            asked.add(from);
                            Flux<WalSegmentPayload> next =
                                    Flux.range((int) from + 1, 3).map(i -> Leader.tiny(LOG, i));
                            return asked.size() == 3
                                    ? next
                                    : next.concatWith(Flux.error(new IllegalStateException("connection lost")));
                        })
                        .retry();
            }
        };
        SegmentReceiver.create(transport, ledger, Schemas.FOUR_TYPES, options().build())
                .receive()
                .subscribe(outcomes);
        assertThat(outcomes.isTerminatedComplete()).isTrue();
        assertThat(asked).hasSize(3).isSorted().startsWith(0L).doesNotHaveDuplicates();
        assertThat(ledger.events(LOG)).isEqualTo(TableLedger.events(9));
    }

    // ---- 12: stopping is not cancelling

    @Test
    void cancellingDropsWhatWasUnderWayAndStoppingDoesNot() {
        assertThat(appliedAfter((receiver, subscriber) -> subscriber.cancel())).isZero();
        assertThat(appliedAfter((receiver, subscriber) ->
                        receiver.stop(Duration.ofHours(1)).subscribe()))
                .isEqualTo(5);
    }

    private interface End {
        void of(SegmentReceiver receiver, TestSubscriber<?> subscriber);
    }

    private long appliedAfter(End end) {
        Sinks.Empty<Void> commits = Sinks.empty();
        RecordingLedger ledger = new RecordingLedger() {
            @Override
            Mono<Void> commit(LogId log, long through) {
                return commits.asMono();
            }
        };
        ScriptedTransport transport = new ScriptedTransport(
                Flux.range(1, 5).map(i -> Leader.tiny(LOG, i)).concatWith(Flux.never()));
        SegmentReceiver receiver = SegmentReceiver.create(
                transport, ledger, Schemas.FOUR_TYPES, options().build());
        TestSubscriber<SegmentOutcome> subscriber = TestSubscriber.create();
        receiver.receive().subscribe(subscriber);
        end.of(receiver, subscriber);
        commits.tryEmitEmpty().orThrow();
        assertThat(receiver.status().phase()).isEqualTo(ReceiverStatus.Phase.STOPPED);
        long applied = receiver.status().log(LOG).orElseThrow().applied();
        assertThat(transport.acknowledged.getOrDefault(LOG, 0L)).isEqualTo(applied);
        assertThat(ledger.closed).hasValue(1);
        return applied;
    }

    // ----

    private SegmentReceiver receiver(Flux<WalSegmentPayload> segments, RecordingLedger ledger) {
        return SegmentReceiver.create(
                new ScriptedTransport(segments),
                ledger,
                Schemas.FOUR_TYPES,
                options().build());
    }

    private ReceiverOptions.Builder options() {
        return ReceiverOptions.builder().replayScheduler(Schedulers.immediate()).timer(timer);
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void joinUninterruptibly(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
