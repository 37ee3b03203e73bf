package io.walreceiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.walreceiver.ReceiverStatus.Phase;
import io.walreceiver.format.Corruption;
import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.ledger.LedgerPart;
import io.walreceiver.ledger.SignalReading;
import io.walreceiver.log.LogState;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.outcome.SegmentOutcome.Applied;
import io.walreceiver.outcome.SegmentOutcome.Deferred;
import io.walreceiver.outcome.SegmentOutcome.Duplicate;
import io.walreceiver.outcome.SegmentOutcome.Refused;
import io.walreceiver.transport.inprocess.InProcessLeader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;
import reactor.test.subscriber.TestSubscriber;

/** What a receiver is for, one sentence a test. */
class AcceptanceTest {

    private static final LogId LOG = new LogId(1, 3);
    private static final Duration SOON = Duration.ofSeconds(20);

    @Test
    void aBackgroundReceiverReadsFromTheTransport() {
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        RecordingLedger ledger = new RecordingLedger() {
            @Override
            void beforeEvent(LogId log, long seq) {
                threads.add(Thread.currentThread());
            }
        };
        InProcessLeader leader = InProcessLeader.create();
        SegmentReceiver receiver = SegmentReceiver.create(leader.follower(), ledger, Schemas.FOUR_TYPES);
        TestSubscriber<SegmentOutcome> outcomes = TestSubscriber.create();
        receiver.receive().subscribe(outcomes);

        leader.send(Leader.segment(LOG, 1, 30)).block(SOON);
        receiver.awaitApplied(LOG, 30, SOON).block();
        leader.send(Leader.segment(LOG, 31, 20)).block(SOON);
        receiver.awaitApplied(LOG, 50, SOON).block();
        assertThat(outcomes.isTerminated()).isFalse();

        leader.complete();
        outcomes.block(SOON);
        assertThat(outcomes.isTerminatedComplete()).isTrue();
        assertThat(ledger.events(LOG)).isEqualTo(events(1, 50));
        assertThat(threads).isNotEmpty().doesNotContain(Thread.currentThread());
        await().atMost(SOON).until(() -> threads.stream().noneMatch(Thread::isAlive));
    }

    @Test
    void aCorruptedSegmentIsReportedAsCorruptionAndNotApplied() {
        RecordingLedger ledger = new RecordingLedger();
        ScriptedTransport transport = transport(
                Leader.segment(LOG, 1, 10), Leader.corrupt(Leader.segment(LOG, 11, 10)), Leader.segment(LOG, 21, 10));
        SegmentReceiver receiver = SegmentReceiver.create(transport, ledger, Schemas.FOUR_TYPES);

        StepVerifier.create(receiver.receive())
                .expectNext(new Applied(Leader.id(LOG, 1), 10, 10, 0, 10))
                .assertNext(outcome -> assertThat(outcome).isInstanceOfSatisfying(Refused.class, refused -> {
                    assertThat(refused.segment()).isEqualTo(Leader.id(LOG, 11));
                    assertThat(refused.fault()).isInstanceOf(Corruption.class);
                    assertThat(refused.fault().field()).isEqualTo("checksum");
                    assertThat(refused.fault().expected())
                            .isNotEqualTo(refused.fault().found());
                }))
                .assertNext(outcome -> assertThat(outcome.segment()).isEqualTo(Leader.id(LOG, 21)))
                .expectComplete()
                .verify(SOON);

        assertThat(ledger.events(LOG)).isEqualTo(events(1, 10));
        assertThat(transport.acknowledged).containsEntry(LOG, 10L);
        LogStatus log = receiver.status().log(LOG).orElseThrow();
        assertThat(log.state()).isEqualTo(LogState.CORRUPT);
        assertThat(log.applied()).isEqualTo(10);
        assertThat(log.cause().orElseThrow())
                .contains("1:3:11")
                .contains("checksum")
                .contains("good copy");
    }

    @Test
    void aGoodCopyAfterACorruptedOneIsApplied() {
        RecordingLedger ledger = new RecordingLedger();
        WalSegmentPayload good = Leader.segment(LOG, 1, 10);
        SegmentReceiver receiver =
                SegmentReceiver.create(transport(Leader.corrupt(good), good), ledger, Schemas.FOUR_TYPES);

        StepVerifier.create(receiver.receive())
                .expectNextMatches(outcome -> outcome instanceof Refused)
                .expectNext(new Applied(good.id(), 10, 10, 0, 10))
                .expectComplete()
                .verify(SOON);

        assertThat(ledger.events(LOG)).isEqualTo(events(1, 10));
        assertThat(receiver.status().log(LOG).orElseThrow().state()).isEqualTo(LogState.RUNNING);
    }

    @Test
    void aSegmentWhoseEventsAreAllAppliedIsSkippedAndNothingIsCountedTwice() {
        InMemorySignalLedger ledger = InMemorySignalLedger.create(Schemas.FOUR_TYPES);
        InMemorySignalLedger once = InMemorySignalLedger.create(Schemas.FOUR_TYPES);
        write(once.open(LOG), 1, 30);
        ScriptedTransport transport = transport(
                Leader.segment(LOG, 1, 20),
                Leader.segment(LOG, 1, 20),
                Leader.segment(LOG, 6, 15),
                Leader.segment(LOG, 20, 1),
                Leader.segment(LOG, 21, 10),
                Leader.segment(LOG, 1, 30));

        StepVerifier.create(SegmentReceiver.create(transport, ledger, Schemas.FOUR_TYPES)
                        .receive())
                .expectNext(new Applied(Leader.id(LOG, 1), 20, 20, 0, 20))
                .expectNext(new Duplicate(Leader.id(LOG, 1)))
                .expectNext(new Duplicate(Leader.id(LOG, 6)))
                .expectNext(new Duplicate(Leader.id(LOG, 20)))
                .expectNext(new Applied(Leader.id(LOG, 21), 10, 10, 0, 30))
                .expectNext(new Duplicate(Leader.id(LOG, 1)))
                .expectComplete()
                .verify(SOON);

        assertThat(readings(ledger)).isEqualTo(readings(once)).isNotEmpty();
        assertThat(readings(ledger).stream().mapToLong(SignalReading::allTime).sum())
                .isEqualTo(30);
    }

    @Test
    void allEventsOfASegmentGoThroughApplyWalEvent() {
        RecordingLedger ledger = new RecordingLedger();

        StepVerifier.create(SegmentReceiver.create(transport(Leader.segment(LOG, 1, 250)), ledger, Schemas.FOUR_TYPES)
                        .receive())
                .expectNext(new Applied(Leader.id(LOG, 1), 250, 250, 0, 250))
                .expectComplete()
                .verify(SOON);

        assertThat(ledger.events(LOG)).isEqualTo(events(1, 250));
        assertThat(ledger.through(LOG)).isEqualTo(250);
    }

    @Test
    void theHighWaterMarkAdvancesAfterASuccessfulReplayNeverBefore() {
        List<Long> during = new ArrayList<>();
        SegmentReceiver[] receiver = new SegmentReceiver[1];
        RecordingLedger ledger = new RecordingLedger() {
            @Override
            void beforeEvent(LogId log, long seq) {
                during.add(applied(receiver[0]));
            }
        };
        TestPublisher<WalSegmentPayload> source = TestPublisher.create();
        ScriptedTransport transport = new ScriptedTransport(source.flux());
        receiver[0] = SegmentReceiver.create(transport, ledger, Schemas.FOUR_TYPES, onTheCallersThread());
        receiver[0].receive().subscribe();

        source.next(Leader.segment(LOG, 1, 3));
        assertThat(during).containsExactly(0L, 0L, 0L);
        assertThat(applied(receiver[0])).isEqualTo(3);
        assertThat(transport.acknowledged).containsEntry(LOG, 3L);
        during.clear();

        source.next(Leader.segment(LOG, 4, 2));
        assertThat(during).containsExactly(3L, 3L);
        assertThat(applied(receiver[0])).isEqualTo(5);
        source.complete();
    }

    @Test
    void theHighWaterMarkWaitsForTheCommit() {
        Sinks.Empty<Void> commit = Sinks.empty();
        RecordingLedger ledger = new RecordingLedger() {
            @Override
            Mono<Void> commit(LogId log, long through) {
                return commit.asMono();
            }
        };
        TestPublisher<WalSegmentPayload> source = TestPublisher.create();
        ScriptedTransport transport = new ScriptedTransport(source.flux());
        SegmentReceiver receiver = SegmentReceiver.create(transport, ledger, Schemas.FOUR_TYPES, onTheCallersThread());
        TestSubscriber<SegmentOutcome> outcomes = TestSubscriber.create();
        receiver.receive().subscribe(outcomes);

        source.next(Leader.segment(LOG, 1, 3));
        assertThat(ledger.events(LOG)).isEqualTo(events(1, 3));
        assertThat(receiver.status().log(LOG).orElseThrow().received()).isEqualTo(3);
        assertThat(applied(receiver)).isZero();
        assertThat(transport.acknowledged).isEmpty();
        assertThat(outcomes.getReceivedOnNext()).isEmpty();

        commit.tryEmitEmpty().orThrow();
        assertThat(applied(receiver)).isEqualTo(3);
        assertThat(transport.acknowledged).containsEntry(LOG, 3L);
        assertThat(outcomes.getReceivedOnNext()).containsExactly(new Applied(Leader.id(LOG, 1), 3, 3, 0, 3));
        source.complete();
    }

    @Test
    void theHighWaterMarkDoesNotAdvanceWhenTheReplayFails() {
        RecordingLedger ledger = new RecordingLedger() {
            @Override
            void beforeEvent(LogId log, long seq) {
                if (seq == 7) {
                    throw new IllegalStateException("no seventh event");
                }
            }
        };
        TestPublisher<WalSegmentPayload> source = TestPublisher.create();
        ScriptedTransport transport = new ScriptedTransport(source.flux());
        SegmentReceiver receiver = SegmentReceiver.create(transport, ledger, Schemas.FOUR_TYPES, onTheCallersThread());
        TestSubscriber<SegmentOutcome> outcomes = TestSubscriber.create();
        receiver.receive().subscribe(outcomes);

        source.next(Leader.segment(LOG, 1, 10));

        assertThat(outcomes.getReceivedOnNext()).hasSize(1).allMatch(outcome -> outcome instanceof Deferred);
        assertThat(applied(receiver)).isZero();
        assertThat(transport.acknowledged).isEmpty();
        assertThat(receiver.status().log(LOG).orElseThrow().state()).isEqualTo(LogState.FAILED);
        source.complete();
    }

    @Test
    void transportCloseStopsTheReceiverGracefully() {
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        RecordingLedger ledger = new RecordingLedger() {
            @Override
            void beforeEvent(LogId log, long seq) {
                threads.add(Thread.currentThread());
            }
        };
        InProcessLeader leader = InProcessLeader.create();
        SegmentReceiver receiver = SegmentReceiver.create(leader.follower(), ledger, Schemas.FOUR_TYPES);
        TestSubscriber<SegmentOutcome> outcomes = TestSubscriber.create();
        receiver.receive().subscribe(outcomes);
        for (long first = 1; first <= 91; first += 10) {
            leader.send(Leader.segment(LOG, first, 10)).block(SOON);
        }
        receiver.awaitApplied(LOG, 100, SOON).block();

        leader.close();

        outcomes.block(SOON);
        assertThat(outcomes.isTerminatedComplete()).isTrue();
        assertThat(outcomes.getReceivedOnNext()).hasSize(10).allMatch(outcome -> outcome instanceof Applied);
        assertThat(ledger.events(LOG)).isEqualTo(events(1, 100));
        assertThat(ledger.closed).hasValue(1);
        assertThat(receiver.status().phase()).isEqualTo(Phase.STOPPED);
        StopReport report = receiver.stop(SOON).block();
        assertThat(report.complete()).isTrue();
        assertThat(report.outcomes().appliedEvents()).isEqualTo(100);
        await().atMost(SOON).until(() -> threads.stream().noneMatch(Thread::isAlive));
    }

    @Test
    void whatArrivedBeforeTheTransportClosedIsStillApplied() {
        RecordingLedger ledger = new RecordingLedger();
        WalSegmentPayload[] segments = new WalSegmentPayload[200];
        for (int i = 0; i < segments.length; i++) {
            segments[i] = Leader.segment(LOG, 1 + 5L * i, 5);
        }

        StepVerifier.create(SegmentReceiver.create(transport(segments), ledger, Schemas.FOUR_TYPES)
                        .receive())
                .expectNextCount(segments.length)
                .expectComplete()
                .verify(SOON);

        assertThat(ledger.events(LOG)).isEqualTo(events(1, 1000));
    }

    @Test
    void everyDecayScoreOfAHundredShippedSegmentsMatchesTheLeaders() {
        List<LogId> logs = List.of(new LogId(1, 0), new LogId(1, 1), new LogId(2, 0), new LogId(2, 1));
        InMemorySignalLedger leaders = InMemorySignalLedger.create(Schemas.FOUR_TYPES);
        InMemorySignalLedger followers = InMemorySignalLedger.create(Schemas.FOUR_TYPES);
        List<LedgerPart> parts = logs.stream().map(leaders::open).toList();
        InProcessLeader leader = InProcessLeader.create();
        SegmentReceiver receiver = SegmentReceiver.create(leader.follower(), followers, Schemas.FOUR_TYPES);
        ConcurrentLinkedQueue<SegmentOutcome> outcomes = new ConcurrentLinkedQueue<>();
        Mono<Void> received = receiver.receive().doOnNext(outcomes::add).then().cache();
        received.subscribe();

        for (int i = 0; i < 100; i++) {
            int log = i % logs.size();
            long first = 1 + i / logs.size() * 120L;
            write(parts.get(log), first, first + 119);
            leader.send(Leader.segment(logs.get(log), first, 120)).block(SOON);
        }
        leader.complete();
        received.block(SOON);

        assertThat(outcomes).hasSize(100).allMatch(outcome -> outcome instanceof Applied);
        List<SignalReading> own = readings(leaders);
        assertThat(own).hasSize(Leader.ENTITIES * 4);
        assertThat(readings(followers)).isEqualTo(own); // the same order per log gives the same bits
        for (SignalReading reading : readings(followers)) {
            double[] closed = closedForm(reading, 25 * 120);
            assertThat(reading.score())
                    .as("score of %s", reading)
                    .isCloseTo(logs.size() * closed[0], within(logs.size() * 1e-9 * closed[1]));
        }
    }

    // ----

    private static ReceiverOptions onTheCallersThread() {
        return ReceiverOptions.builder().replayScheduler(Schedulers.immediate()).build();
    }

    private static ScriptedTransport transport(WalSegmentPayload... segments) {
        return new ScriptedTransport(Flux.just(segments));
    }

    private static List<RecordingLedger.Event> events(long first, long last) {
        return LongStream.rangeClosed(first, last)
                .mapToObj(RecordingLedger.Event::of)
                .toList();
    }

    private static long applied(SegmentReceiver receiver) {
        return receiver.status().log(LOG).orElseThrow().applied();
    }

    private static void write(LedgerPart part, long first, long last) {
        for (long seq = first; seq <= last; seq++) {
            part.applyWalEvent(Leader.entity(seq), Leader.type(seq), Leader.weight(seq), Leader.time(seq));
        }
        part.applied(last);
    }

    private static List<SignalReading> readings(InMemorySignalLedger ledger) {
        List<SignalReading> readings = new ArrayList<>();
        ledger.forEach(Leader.START + Duration.ofDays(3).toNanos(), readings::add);
        return readings;
    }

    /** Score and magnitude of a pair in one log of so many events, straight from the definition. */
    private static double[] closedForm(SignalReading reading, long events) {
        double lambda =
                Schemas.FOUR_TYPES.type(reading.signalType()).orElseThrow().lambdaPerSecond();
        double score = 0;
        double magnitude = 0;
        for (long seq = 1; seq <= events; seq++) {
            if (Leader.entity(seq) == reading.entityId() && Leader.type(seq) == reading.signalType()) {
                double decay = Math.exp(-lambda * (reading.asOfNanos() - Leader.time(seq)) / 1e9);
                score += Leader.weight(seq) * decay;
                magnitude += Math.abs(Leader.weight(seq)) * decay;
            }
        }
        return new double[] {score, magnitude};
    }
}
