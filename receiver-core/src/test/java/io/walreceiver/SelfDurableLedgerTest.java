package io.walreceiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walreceiver.ScriptedTransport.Said;
import io.walreceiver.TableLedger.Row;
import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.ledger.LedgerPart;
import io.walreceiver.log.LogState;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.outcome.SegmentOutcome.Applied;
import io.walreceiver.outcome.SegmentOutcome.Deferred;
import io.walreceiver.outcome.SegmentOutcome.Duplicate;
import io.walreceiver.transport.inprocess.InProcessLeader;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.test.scheduler.VirtualTimeScheduler;
import reactor.test.subscriber.TestSubscriber;

/** A ledger that keeps its position together with its events, and fails now and then. */
class SelfDurableLedgerTest {

    private static final LogId A = new LogId(1, 0);
    private static final LogId B = new LogId(1, 1);
    private static final Duration SOON = Duration.ofSeconds(20);

    private final VirtualTimeScheduler timer = VirtualTimeScheduler.create();
    private final Sinks.Many<WalSegmentPayload> source = Sinks.many().unicast().onBackpressureBuffer();
    private final ScriptedTransport transport = new ScriptedTransport(source.asFlux());
    private final TestSubscriber<SegmentOutcome> outcomes = TestSubscriber.create();

    @AfterEach
    void end() {
        outcomes.cancel();
        timer.dispose();
    }

    // ---- positions

    @Test
    void theTransportIsAskedForWhatFollowsWhatTheLedgerHolds() {
        start(new TableLedger().holding(A, 100).holding(B, 7));
        assertThat(transport.positions.read()).isEqualTo(Map.of(A, 100L, B, 7L));

        send(Leader.segment(A, 101, 10));
        assertThat(transport.positions.read()).isEqualTo(Map.of(A, 110L, B, 7L)); // read anew when it connects again
    }

    @Test
    void replayGoesOnFromWhatTheLedgerHolds() {
        TableLedger ledger = new TableLedger().holding(A, 100);
        SegmentReceiver receiver = start(ledger);
        assertThat(receiver.status().log(A).orElseThrow().applied()).isEqualTo(100);

        send(Leader.segment(A, 91, 10));
        send(Leader.segment(A, 91, 20)); // ten of them are held already
        send(Leader.segment(A, 111, 10));

        assertThat(received())
                .containsExactly(
                        new Duplicate(Leader.id(A, 91)),
                        new Applied(Leader.id(A, 91), 20, 10, 0, 110),
                        new Applied(Leader.id(A, 111), 10, 10, 0, 120));
        assertThat(ledger.row(A)).isEqualTo(new Row(120, TableLedger.events(120)));
    }

    @Test
    void aSecondReceiverGoesOnWhereTheFirstEnded() {
        TableLedger ledger = new TableLedger();
        for (int run = 0; run < 3; run++) {
            InProcessLeader leader = InProcessLeader.create();
            for (int i = 0; i < 2 * (run + 1); i++) { // an earlier leader's segments among them
                leader.send(Leader.segment(A, 1 + 10L * i, 10)).block(SOON);
            }
            leader.complete();
            List<SegmentOutcome> seen = SegmentReceiver.create(leader.follower(), ledger, Schemas.FOUR_TYPES)
                    .receive()
                    .collectList()
                    .block(SOON);
            assertThat(seen).hasSize(2).allMatch(outcome -> outcome instanceof Applied);
        }
        assertThat(ledger.row(A)).isEqualTo(new Row(60, TableLedger.events(60)));
    }

    @Test
    void onlyWhatIsDurableIsAcknowledged() {
        TableLedger ledger = new TableLedger() {
            @Override
            Mono<Void> commit(LogId log, long through, Runnable transaction) {
                return through % 30 == 0 ? Mono.fromRunnable(transaction) : Mono.empty();
            }
        };
        SegmentReceiver receiver = start(ledger);
        send(Leader.segment(A, 1, 10));
        send(Leader.segment(A, 11, 10));
        assertThat(receiver.status().log(A).orElseThrow().applied()).isEqualTo(20);
        assertThat(receiver.status().log(A).orElseThrow().acknowledged()).isZero();
        send(Leader.segment(A, 1, 10)); // a duplicate acknowledges no more
        assertThat(transport.acknowledged).isEmpty();

        send(Leader.segment(A, 21, 10));
        assertThat(transport.acknowledged).isEqualTo(Map.of(A, 30L));
        send(Leader.segment(A, 31, 10));
        send(Leader.segment(A, 31, 10));
        assertThat(transport.acknowledged).isEqualTo(Map.of(A, 30L));
        assertThat(ledger.row(A)).isEqualTo(new Row(30, TableLedger.events(30)));
    }

    // ---- failures

    enum Fault {
        APPLY_THROWS,
        COMMIT_THROWS,
        COMMIT_FAILS_BEFORE_IT_WROTE,
        COMMIT_FAILS_AFTER_IT_WROTE,
        COMMIT_FAILS_LATER_ON_ANOTHER_THREAD
    }

    /** Fails as it is told. */
    private abstract static class FailingLedger extends TableLedger {

        /** Whether the fault strikes at this event or, but for one of the events, at the commit through it. */
        abstract boolean strikes(Fault fault, LogId log, long seq);

        @Override
        void beforeEvent(LogId log, long seq) {
            if (strikes(Fault.APPLY_THROWS, log, seq)) {
                throw new IllegalStateException("apply " + seq);
            }
        }

        @Override
        Mono<Void> commit(LogId log, long through, Runnable transaction) {
            Mono<Void> write = Mono.fromRunnable(transaction);
            Mono<Void> failure = Mono.error(new IllegalStateException("commit " + through));
            if (strikes(Fault.COMMIT_THROWS, log, through)) {
                throw new IllegalStateException("commit " + through);
            }
            if (strikes(Fault.COMMIT_FAILS_BEFORE_IT_WROTE, log, through)) {
                return failure;
            }
            if (strikes(Fault.COMMIT_FAILS_AFTER_IT_WROTE, log, through)) {
                return write.then(failure);
            }
            return strikes(Fault.COMMIT_FAILS_LATER_ON_ANOTHER_THREAD, log, through)
                    ? failure.subscribeOn(Schedulers.parallel())
                    : write.subscribeOn(Schedulers.parallel());
        }
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void aPartThatFailsOnceGoesOnFromWhatIsDurableAndNoOtherLogNotices(Fault fault) {
        AtomicBoolean failed = new AtomicBoolean();
        FailingLedger ledger = new FailingLedger() {
            @Override
            boolean strikes(Fault one, LogId log, long seq) {
                return one == fault && log.equals(A) && seq == 50 && failed.compareAndSet(false, true);
            }
        };
        InProcessLeader leader = InProcessLeader.create();
        SegmentReceiver receiver =
                SegmentReceiver.create(leader.follower(), ledger, Schemas.FOUR_TYPES, quickResends());
        ConcurrentLinkedQueue<SegmentOutcome> seen = new ConcurrentLinkedQueue<>();
        TestSubscriber<SegmentOutcome> end = TestSubscriber.create();
        receiver.receive().doOnNext(seen::add).subscribe(end);
        for (long first = 1; first < 200; first += 10) {
            leader.send(Leader.segment(A, first, 10)).block(SOON);
            leader.send(Leader.segment(B, first, 10)).block(SOON);
        }
        receiver.awaitApplied(A, 200, SOON).block();
        receiver.awaitApplied(B, 200, SOON).block();
        leader.complete();
        end.block(SOON);

        assertThat(failed).isTrue();
        assertThat(ledger.row(A)).isEqualTo(new Row(200, TableLedger.events(200)));
        assertThat(ledger.row(B)).isEqualTo(new Row(200, TableLedger.events(200)));
        assertThat(ledger.opened(A)).isEqualTo(2);
        assertThat(ledger.opened(B)).isEqualTo(1);
        assertThat(seen).filteredOn(outcome -> outcome instanceof Deferred).isNotEmpty();
        assertThat(seen)
                .filteredOn(outcome -> outcome.segment().log().equals(B))
                .hasSize(20)
                .allMatch(outcome -> outcome instanceof Applied);
        assertThat(ledger.parts).allMatch(part -> part.closed.get() == 1);
        assertThat(receiver.stop(SOON).block().complete()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void howeverOftenPartsFailEachEventIsAppliedOnce(long seed) {
        Random random = new Random(seed);
        FailingLedger ledger = new FailingLedger() {
            @Override
            boolean strikes(Fault fault, LogId log, long seq) {
                synchronized (random) {
                    return random.nextInt(fault == Fault.APPLY_THROWS ? 200 : 20) == 0;
                }
            }

            @Override
            public LedgerPart open(LogId log) {
                synchronized (random) {
                    if (random.nextInt(4) == 0) {
                        throw new IllegalStateException("not now");
                    }
                }
                return super.open(log);
            }
        };
        InProcessLeader leader =
                InProcessLeader.builder().windowBytesPerLog(1000).build();
        SegmentReceiver receiver =
                SegmentReceiver.create(leader.follower(), ledger, Schemas.FOUR_TYPES, quickResends());
        receiver.receive().subscribe(outcomes);
        List<LogId> logs = IntStream.range(0, 4).mapToObj(i -> new LogId(9, i)).toList();
        List<Mono<Void>> sent = logs.stream()
                .map(log -> Flux.range(0, 50)
                        .concatMap(i -> leader.send(Leader.segment(log, 1 + 10L * i, 10)))
                        .then())
                .toList();
        sent.forEach(Mono::subscribe);
        for (LogId log : logs) {
            await("log " + log + ", seed " + seed)
                    .atMost(SOON)
                    .untilAsserted(() -> assertThat(ledger.row(log).position())
                            .as("%s", receiver.status())
                            .isEqualTo(500));
            await("acknowledgement of log " + log + ", seed " + seed)
                    .atMost(SOON)
                    .until(() -> receiver.status().log(log).orElseThrow().acknowledged() == 500);
        }
        receiver.stop(SOON).block();

        for (LogId log : logs) {
            assertThat(ledger.row(log))
                    .as("log %s, seed %s", log, seed)
                    .isEqualTo(new Row(500, TableLedger.events(500)));
        }
        await().atMost(SOON).until(() -> ledger.parts.stream().allMatch(part -> part.closed.get() > 0));
        assertThat(ledger.parts).as("seed %s", seed).allMatch(part -> part.closed.get() == 1);
    }

    @Test
    void aLogWhosePartFailedIsAskedForFromWhatIsDurable() {
        AtomicInteger failures = new AtomicInteger();
        TableLedger ledger = new TableLedger() {
            @Override
            Mono<Void> commit(LogId log, long through, Runnable transaction) {
                if (through == 30 && failures.getAndIncrement() == 0) {
                    return Mono.error(new IllegalStateException("lost the connection"));
                }
                return through == 20 ? Mono.empty() : Mono.fromRunnable(transaction); // 11..20 are written with 21..30
            }
        };
        SegmentReceiver receiver = start(ledger);
        for (long first : new long[] {1, 11, 21, 31}) {
            send(Leader.segment(A, first, 10));
        }
        assertThat(ledger.row(A).position()).isEqualTo(10);
        LogStatus log = receiver.status().log(A).orElseThrow();
        assertThat(log.applied()).isEqualTo(10);
        assertThat(log.acknowledged()).isEqualTo(10);
        assertThat(received().subList(2, 4)).allMatch(outcome -> outcome instanceof Deferred);
        timer.advanceTimeBy(Duration.ofSeconds(1));
        assertThat(transport.said).contains(new Said("hold", A, 11), new Said("request", A, 11));
        LogStatus reopened = receiver.status().log(A).orElseThrow();
        assertThat(reopened.state()).as("until what failed is applied").isEqualTo(LogState.FAILED);
        assertThat(reopened.cause().orElseThrow()).contains("lost the connection");

        for (long first : new long[] {11, 21, 31}) {
            send(Leader.segment(A, first, 10));
        }
        assertThat(ledger.row(A)).isEqualTo(new Row(40, TableLedger.events(40)));
        assertThat(receiver.status().log(A).orElseThrow().state()).isEqualTo(LogState.RUNNING);
    }

    // ---- opening and closing

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aPartThatCannotBeOpenedStopsItsOwnLogUntilItCan(boolean error) {
        AtomicBoolean locked = new AtomicBoolean(true);
        TableLedger ledger = new TableLedger() {
            @Override
            public LedgerPart open(LogId log) {
                if (log.equals(A) && locked.get()) {
                    if (error) {
                        throw new AssertionError("locked");
                    }
                    throw new IllegalStateException("locked");
                }
                return super.open(log);
            }
        }.holding(A, 20);
        SegmentReceiver receiver = start(ledger);
        send(Leader.segment(A, 1, 10)); // nobody knows that the ledger holds it
        send(Leader.segment(B, 1, 10));
        assertThat(outcomes.isTerminated()).isFalse();
        assertThat(ledger.row(B).position()).isEqualTo(10);
        assertThat(receiver.status().log(A).orElseThrow().state()).isEqualTo(LogState.FAILED);
        timer.advanceTimeBy(Duration.ofSeconds(1));
        assertThat(transport.said).contains(new Said("request", A, 1));

        locked.set(false);
        send(Leader.segment(A, 1, 10));
        assertThat(received()).last().isEqualTo(new Duplicate(Leader.id(A, 1)));
        assertThat(receiver.status().log(A).orElseThrow().state()).isEqualTo(LogState.RUNNING);
        assertThat(transport.acknowledged).containsEntry(A, 20L); // or a sender with a full window waits for ever
        send(Leader.segment(A, 21, 10));
        assertThat(ledger.row(A)).isEqualTo(new Row(30, TableLedger.events(30)));
    }

    @Test
    void partsAreClosedOnceWhenTheSourceCompletes() {
        TableLedger ledger = new TableLedger().holding(B, 10);
        start(ledger);
        send(Leader.segment(A, 1, 10));
        source.tryEmitComplete().orThrow();
        assertThat(outcomes.isTerminatedComplete()).isTrue();
        assertClosedOnce(ledger, 2);
    }

    @Test
    void partsAreClosedOnceWhenTheReceiverIsStopped() {
        TableLedger ledger = new TableLedger().holding(B, 10);
        SegmentReceiver receiver = start(ledger);
        send(Leader.segment(A, 1, 10));
        receiver.stop(Duration.ofSeconds(1)).block();
        receiver.stop(Duration.ZERO).block();
        assertClosedOnce(ledger, 2);
    }

    @Test
    void partsAreClosedOnceWhenTheSubscriberCancels() {
        TableLedger ledger = new TableLedger().holding(B, 10);
        SegmentReceiver receiver = start(ledger);
        send(Leader.segment(A, 1, 10));
        outcomes.cancel();
        receiver.stop(Duration.ZERO).block();
        assertClosedOnce(ledger, 2);
    }

    @Test
    void aCommitThatIsUnderWayAtTheDeadlineIsCancelledAndItsPartClosed() {
        AtomicBoolean cancelled = new AtomicBoolean();
        TableLedger ledger = new TableLedger() {
            @Override
            Mono<Void> commit(LogId log, long through, Runnable transaction) {
                return Mono.<Void>never().doOnCancel(() -> cancelled.set(true));
            }
        };
        SegmentReceiver receiver = start(ledger);
        send(Leader.segment(A, 1, 10));
        TestSubscriber<StopReport> report = TestSubscriber.create();
        receiver.stop(Duration.ofSeconds(5)).subscribe(report);
        timer.advanceTimeBy(Duration.ofSeconds(5).minusNanos(1));
        assertThat(report.isTerminated()).isFalse();
        assertThat(cancelled).isFalse();

        timer.advanceTimeBy(Duration.ofNanos(1));
        assertThat(cancelled).isTrue();
        assertThat(report.getReceivedOnNext()).hasSize(1);
        assertThat(report.getReceivedOnNext().get(0).notDrained()).containsExactly(A);
        assertThat(outcomes.isTerminatedComplete()).isTrue();
        assertThat(transport.acknowledged).isEmpty();
        assertClosedOnce(ledger, 1);
    }

    @Test
    void aPartIsClosedAfterTheEventsItIsInTheMiddleOf() {
        Disposable[] subscription = new Disposable[1];
        TableLedger ledger = new TableLedger() {
            @Override
            void beforeEvent(LogId log, long seq) {
                if (seq == 5) {
                    subscription[0].dispose(); // the part throws if anything is applied to it after it was closed
                }
            }
        };
        SegmentReceiver receiver = receiver(ledger);
        subscription[0] = receiver.receive().subscribe();
        send(Leader.segment(A, 1, 10));
        assertThat(receiver.status().log(A).orElseThrow().cause()).isEmpty();
        assertClosedOnce(ledger, 1);
        assertThat(ledger.row(A).position()).isEqualTo(transport.acknowledged.getOrDefault(A, 0L));
    }

    @Test
    void aPartThatFailsToCloseChangesNothing() {
        RecordingLedger ledger = new RecordingLedger() {
            @Override
            public LedgerPart open(LogId log) {
                LedgerPart part = super.open(log);
                return new LedgerPart() {
                    @Override
                    public void applyWalEvent(long entity, int type, float weight, long nanos) {
                        part.applyWalEvent(entity, type, weight, nanos);
                    }

                    @Override
                    public void close() {
                        part.close();
                        throw new IllegalStateException("will not close");
                    }
                };
            }
        };
        SegmentReceiver receiver = SegmentReceiver.create(transport, ledger, Schemas.FOUR_TYPES, onTheCallersThread());
        receiver.receive().subscribe(outcomes);
        send(Leader.segment(A, 1, 10));
        send(Leader.segment(B, 1, 10));
        source.tryEmitComplete().orThrow();
        assertThat(outcomes.isTerminatedComplete()).isTrue();
        assertThat(ledger.closed).hasValue(2);
        assertThat(receiver.stop(Duration.ZERO).block().complete()).isTrue();
    }

    // ----

    private SegmentReceiver start(TableLedger ledger) {
        SegmentReceiver receiver = receiver(ledger);
        receiver.receive().subscribe(outcomes);
        return receiver;
    }

    private SegmentReceiver receiver(TableLedger ledger) {
        return SegmentReceiver.create(transport, ledger, Schemas.FOUR_TYPES, onTheCallersThread());
    }

    private ReceiverOptions onTheCallersThread() {
        return ReceiverOptions.builder()
                .replayScheduler(Schedulers.immediate())
                .timer(timer)
                .build();
    }

    private static ReceiverOptions quickResends() {
        return ReceiverOptions.builder()
                .minResendDelay(Duration.ofMillis(1))
                .maxResendDelay(Duration.ofMillis(20))
                .build();
    }

    private void send(WalSegmentPayload segment) {
        source.tryEmitNext(segment).orThrow();
    }

    private List<SegmentOutcome> received() {
        return outcomes.getReceivedOnNext();
    }

    private static void assertClosedOnce(TableLedger ledger, int parts) {
        assertThat(ledger.parts).hasSize(parts).allMatch(part -> part.closed.get() == 1);
    }
}
