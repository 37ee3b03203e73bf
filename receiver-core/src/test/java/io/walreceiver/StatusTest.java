package io.walreceiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.walreceiver.ReceiverStatus.Phase;
import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentEncoder;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.ledger.LedgerPart;
import io.walreceiver.log.LogState;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.outcome.SegmentOutcome.Applied;
import io.walreceiver.schema.InvalidEventPolicy;
import io.walreceiver.transport.Positions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;
import reactor.test.subscriber.TestSubscriber;

/** What the receiver says of itself. */
class StatusTest {

    private static final LogId LOG = new LogId(1, 3);
    private static final LogId OTHER = new LogId(1, 2);

    private final VirtualTimeScheduler timer = VirtualTimeScheduler.create();
    private final Sinks.Many<WalSegmentPayload> source = Sinks.many().unicast().onBackpressureBuffer();
    private final Map<LogId, Long> heads = new HashMap<>();
    private final AtomicBoolean canSendAgain = new AtomicBoolean(true);
    private final ScriptedTransport transport = new ScriptedTransport(source.asFlux()) {
        @Override
        public OptionalLong head(LogId log) {
            return heads.containsKey(log) ? OptionalLong.of(heads.get(log)) : OptionalLong.empty();
        }

        @Override
        public boolean canSendAgain() {
            return canSendAgain.get();
        }
    };
    private final AtomicBoolean partFails = new AtomicBoolean();
    private final AtomicBoolean openFails = new AtomicBoolean();
    private final AtomicLong allocated = new AtomicLong();
    private final RecordingLedger ledger = new RecordingLedger() {
        @Override
        public LedgerPart open(LogId log) {
            if (openFails.get()) {
                throw new IllegalStateException("the table is locked");
            }
            return super.open(log);
        }

        @Override
        void beforeEvent(LogId log, long seq) {
            if (partFails.get()) {
                throw new IllegalStateException("the disk is full");
            }
        }

        @Override
        public long allocatedBytes() {
            return allocated.get();
        }
    };
    private final SegmentReceiver receiver = receiver(InvalidEventPolicy.HOLD);
    private final TestSubscriber<SegmentOutcome> outcomes = TestSubscriber.create();

    @AfterEach
    void end() {
        receiver.stop(Duration.ZERO).block();
        timer.dispose();
    }

    // ---- states

    @Test
    void aReceiverThatHasNotStartedKnowsNoLogs() {
        assertThat(receiver.status())
                .isEqualTo(new ReceiverStatus(Phase.NEW, List.of(), Optional.empty(), 0, 0, false, false));
    }

    @Test
    void logsAreListedInTheOrderOfTheirIdsEachWithItsPositions() {
        start();
        send(Leader.segment(LOG, 1, 10));
        send(Leader.segment(OTHER, 1, 20));
        send(Leader.segment(LOG, 11, 5));

        ReceiverStatus status = receiver.status();
        assertThat(status.phase()).isEqualTo(Phase.RUNNING);
        assertThat(status.logs()).extracting(LogStatus::log).containsExactly(OTHER, LOG);
        assertThat(status.logs())
                .extracting(LogStatus::received, LogStatus::applied, LogStatus::acknowledged)
                .containsExactly(tuple(20L, 20L, 20L), tuple(15L, 15L, 15L));
        assertThat(status.logs()).allSatisfy(log -> {
            assertThat(log.state()).isEqualTo(LogState.RUNNING);
            assertThat(log.cause()).isEmpty();
        });
        assertThat(status.inFlightBytes()).isZero();
        assertThat(status.peakInFlightBytes()).isEqualTo(64 + 20 * 21);
    }

    @Test
    void aGapIsToldWithWhatIsMissingAndWhatIsHeldUntilItHeals() {
        start();
        send(Leader.segment(LOG, 1, 10));
        send(Leader.segment(LOG, 16, 5));
        send(Leader.segment(LOG, 31, 10));

        LogStatus log = log();
        assertThat(log.state()).isEqualTo(LogState.GAP);
        assertThat(log.cause()).hasValue("log 1:3: events 11..15 are missing; the log goes on when they come");
        assertThat(log.received()).isEqualTo(10);
        assertThat(log.heldSegments()).isEqualTo(2);
        assertThat(log.heldBytes()).isEqualTo(169 + 274);
        assertThat(log.inFlightBytes()).isEqualTo(169 + 274);
        assertThat(receiver.status().inFlightBytes()).isEqualTo(169 + 274);

        send(Leader.segment(LOG, 11, 5));
        assertThat(log().cause()).hasValue("log 1:3: events 21..30 are missing; the log goes on when they come");
        assertThat(log().applied()).isEqualTo(20);
        assertThat(log().heldSegments()).isEqualTo(1);

        send(Leader.segment(LOG, 21, 10));
        assertRuns(40);
        assertThat(log().heldBytes()).isZero();
        assertThat(receiver.status().inFlightBytes()).isZero();
    }

    @Test
    void aCorruptSegmentIsToldWithItsFaultUntilAGoodCopyCame() {
        start();
        WalSegmentPayload good = Leader.segment(LOG, 1, 10);
        send(Leader.corrupt(good));
        assertThat(log().state()).isEqualTo(LogState.CORRUPT);
        assertThat(log().cause().orElseThrow())
                .startsWith("segment 1:3:1, batch 0, byte 32: checksum: expected ")
                .endsWith("; a good copy heals it");
        send(good);
        assertRuns(10);
    }

    @Test
    void aCorruptSegmentFurtherOnIsAGapUntilTheLogStandsBeforeIt() {
        start();
        send(Leader.corrupt(Leader.segment(LOG, 11, 10)));
        assertThat(log().state()).isEqualTo(LogState.GAP);
        assertThat(log().cause().orElseThrow()).contains("events 1..10 are missing");
        send(Leader.segment(LOG, 1, 10));
        assertThat(log().state()).isEqualTo(LogState.CORRUPT);
        send(Leader.segment(LOG, 11, 10));
        assertRuns(20);
    }

    @Test
    void aCorruptCopyOfWhatIsAppliedTroublesNothing() {
        start();
        send(Leader.segment(LOG, 1, 10));
        send(Leader.corrupt(Leader.segment(LOG, 3, 5)));
        assertRuns(10);
    }

    @Test
    void anInvalidEventIsToldWithWhatWouldLetTheLogGoOn() {
        start();
        send(segmentWithAnUnknownType());
        assertThat(log().state()).isEqualTo(LogState.INVALID_EVENT);
        assertThat(log().cause().orElseThrow())
                .startsWith("segment 1:3:1, batch 0, byte ")
                .contains("200")
                .endsWith("; a schema that allows it, or an operator's skip, lets the log go on");
        assertThat(log().applied()).isZero();
    }

    @Test
    void byPolicyAnInvalidEventIsSkippedAndCounted() {
        SegmentReceiver skips = receiver(InvalidEventPolicy.SKIP);
        skips.receive().subscribe(outcomes);
        send(segmentWithAnUnknownType());

        assertThat(outcomes.getReceivedOnNext()).containsExactly(new Applied(Leader.id(LOG, 1), 3, 3, 1, 3));
        assertThat(ledger.events(LOG)).containsExactly(RecordingLedger.Event.of(1), RecordingLedger.Event.of(3));
        assertThat(ledger.through(LOG)).isEqualTo(3);
        assertThat(skips.status().log(LOG).orElseThrow().state()).isEqualTo(LogState.RUNNING);
        OutcomeCounts counts = skips.stop(Duration.ZERO).block().outcomes();
        assertThat(counts.appliedEvents()).isEqualTo(2);
        assertThat(counts.skippedEvents()).isEqualTo(1);
    }

    @Test
    void aLogThatIsBehindSaysWhatToRaise() {
        start();
        send(Leader.segment(LOG, 101, 100)); // 2,164 bytes: more than may be held
        assertThat(log().state()).isEqualTo(LogState.BEHIND);
        assertThat(log().cause().orElseThrow()).contains("let go").contains("raise maxInFlightBytes");
        send(Leader.segment(LOG, 1, 100));
        send(Leader.segment(LOG, 101, 100));
        assertRuns(200);
    }

    @Test
    void aFailedPartIsToldWithItsCauseAndWhatHappensNextUntilItWorks() {
        start();
        partFails.set(true);
        send(Leader.segment(LOG, 1, 10));
        assertThat(log().state()).isEqualTo(LogState.FAILED);
        assertThat(log().cause().orElseThrow())
                .contains("segment 1:3:1")
                .contains("the disk is full")
                .endsWith("; it is tried again from what is durable");
        partFails.set(false);
        send(Leader.segment(LOG, 1, 10));
        assertRuns(10);
    }

    @Test
    void aPartThatCannotBeOpenedIsToldUntilItCanBe() {
        start();
        openFails.set(true);
        send(Leader.segment(LOG, 1, 10));
        assertThat(log().state()).isEqualTo(LogState.FAILED);
        assertThat(log().cause().orElseThrow())
                .contains("cannot be opened")
                .contains("the table is locked")
                .endsWith("; it is tried again from what is durable");
        openFails.set(false);
        send(Leader.segment(LOG, 1, 10));
        assertRuns(10);
    }

    @Test
    void aFailedLogThatNothingCanBeSentToAgainSaysSo() {
        canSendAgain.set(false);
        start();
        partFails.set(true);
        send(Leader.segment(LOG, 1, 10));
        assertThat(log().state()).isEqualTo(LogState.FAILED);
        assertThat(log().cause().orElseThrow())
                .contains("the disk is full")
                .doesNotContain("tried again")
                .endsWith("; nothing can be sent again: a new receiver is needed");
    }

    @Test
    void aFullLedgerIsToldUntilThereIsRoom() {
        start();
        allocated.set(1000);
        send(Leader.segment(LOG, 1, 10));
        assertThat(log().state()).isEqualTo(LogState.LEDGER_FULL);
        assertThat(log().cause().orElseThrow()).contains("maxLedgerBytes").contains("raise it");
        assertThat(log().applied()).isZero();
        allocated.set(999);
        send(Leader.segment(LOG, 1, 10));
        assertRuns(10);
    }

    @Test
    void aFullLedgerIsStillWhatIsToldOfALogThatNothingCanBeSentToAgain() {
        canSendAgain.set(false);
        start();
        allocated.set(1000);
        send(Leader.segment(LOG, 1, 10));
        allocated.set(0);
        send(Leader.segment(LOG, 11, 10));
        assertThat(log().state()).isEqualTo(LogState.LEDGER_FULL);
        assertThat(log().cause().orElseThrow()).contains("maxLedgerBytes").contains("a new receiver is needed");
        assertThat(log().applied()).isZero();
    }

    @Test
    void aLedgerThatFailsAtTheStartEndsTheReceiver() {
        SegmentReceiver fails = SegmentReceiver.create(
                transport,
                new RecordingLedger() {
                    @Override
                    public Set<LogId> logs() {
                        throw new IllegalStateException("no such table");
                    }
                },
                Schemas.FOUR_TYPES);
        assertEndsWith(fails, "no such table");
    }

    @Test
    void aTransportThatFailsAtTheStartEndsTheReceiver() {
        SegmentReceiver fails = SegmentReceiver.create(
                new ScriptedTransport(Flux.empty()) {
                    @Override
                    public Flux<WalSegmentPayload> segments(Positions positions) {
                        throw new IllegalStateException("no such host");
                    }
                },
                ledger,
                Schemas.FOUR_TYPES);
        assertEndsWith(fails, "no such host");
    }

    private static void assertEndsWith(SegmentReceiver fails, String message) {
        StepVerifier.create(fails.receive()).expectErrorMessage(message).verify(Duration.ofMinutes(1));
        assertThat(fails.status().phase()).isEqualTo(Phase.STOPPED);
        StepVerifier.create(fails.stop(Duration.ZERO))
                .expectNextCount(1)
                .expectComplete()
                .verify(Duration.ofMinutes(1));
        StepVerifier.create(fails.statusChanges())
                .expectNextCount(1)
                .expectComplete()
                .verify(Duration.ofMinutes(1));
    }

    @Test
    void lagIsUnknownWhereTheHeadIsNeverZeroByDefault() {
        start();
        send(Leader.segment(LOG, 1, 10));
        send(Leader.segment(OTHER, 1, 10));
        heads.put(LOG, 35L);
        assertThat(log().head()).hasValue(35);
        assertThat(log().lagEvents()).hasValue(25);
        LogStatus other = receiver.status().log(OTHER).orElseThrow();
        assertThat(other.head()).isEmpty();
        assertThat(other.lagEvents()).isEmpty();

        heads.put(LOG, 10L);
        assertThat(log().lagEvents()).hasValue(0);
        heads.put(LOG, 7L); // the head that is known may be older than what came
        assertThat(log().lagEvents()).hasValue(0);
    }

    @Test
    void afterTheEndTheStatusStillTellsWhatWasOpen() {
        start();
        send(Leader.segment(LOG, 11, 10));
        send(Leader.segment(OTHER, 1, 10));
        source.tryEmitComplete().orThrow();

        assertThat(outcomes.isTerminatedComplete()).isTrue();
        ReceiverStatus status = receiver.status();
        assertThat(status.phase()).isEqualTo(Phase.STOPPED);
        assertThat(status.inFlightBytes()).isZero();
        assertThat(log().state()).isEqualTo(LogState.GAP);
        assertThat(log().heldSegments()).isZero();
        assertThat(log().cause().orElseThrow()).contains("1..10");
        StopReport report = receiver.stop(Duration.ZERO).block();
        assertThat(report.status()).isEqualTo(status);
        assertThat(report.drained()).isTrue();
        assertThat(report.complete()).isFalse();
        assertThat(report.outcomes()).isEqualTo(new OutcomeCounts(1, 0, 0, 0, 1, 10, 0));
    }

    // ---- changes

    @Test
    void changesTellTheStatusNowAndWheneverAStateOrItsCauseOrThePhaseChanged() {
        List<String> seen = new ArrayList<>();
        receiver.statusChanges()
                .doOnComplete(() -> seen.add("complete"))
                .subscribe(status -> seen.add(status.phase() + " "
                        + status.log(LOG).map(log -> log.state().name()).orElse("-")));
        assertThat(seen).containsExactly("NEW -");
        start();
        assertThat(seen).containsExactly("NEW -", "RUNNING -");
        seen.clear();

        send(Leader.segment(LOG, 1, 10));
        send(Leader.segment(LOG, 11, 5));
        assertThat(seen).isEmpty();
        send(Leader.segment(LOG, 26, 5));
        assertThat(seen).containsExactly("RUNNING GAP");
        send(Leader.segment(LOG, 31, 5));
        assertThat(seen).hasSize(1);
        send(Leader.segment(LOG, 16, 5)); // another cause
        assertThat(seen).containsExactly("RUNNING GAP", "RUNNING GAP");
        send(Leader.corrupt(Leader.segment(LOG, 21, 5)));
        assertThat(seen).last().isEqualTo("RUNNING CORRUPT");
        send(Leader.segment(LOG, 21, 5));
        assertThat(seen).last().isEqualTo("RUNNING RUNNING");
        seen.clear();

        source.tryEmitComplete().orThrow();
        assertThat(seen).containsExactly("STOPPED RUNNING", "complete");
    }

    @Test
    void fallingBehindAndCatchingUpAreChanges() {
        start();
        List<LogState> seen = new ArrayList<>();
        receiver.statusChanges()
                .skip(1)
                .subscribe(status -> status.log(LOG).map(LogStatus::state).ifPresent(seen::add));
        send(Leader.segment(LOG, 101, 100));
        assertThat(seen).containsExactly(LogState.BEHIND);
        send(Leader.segment(LOG, 201, 100)); // the same
        assertThat(seen).containsExactly(LogState.BEHIND);
        send(Leader.segment(LOG, 1, 100));
        send(Leader.segment(LOG, 101, 100));
        assertThat(seen).containsExactly(LogState.BEHIND, LogState.RUNNING);
    }

    @Test
    void aSlowSubscriberMissesStepsNeverTheLast() {
        StepVerifier.create(receiver.statusChanges().map(ReceiverStatus::phase), 0)
                .thenRequest(1)
                .expectNext(Phase.NEW)
                .then(this::start)
                .then(() -> {
                    for (int first = 2; first < 100; first += 2) {
                        send(Leader.segment(LOG, first, 1)); // gaps, one after the other
                        send(Leader.segment(LOG, first - 1, 1));
                    }
                    source.tryEmitComplete().orThrow();
                })
                .thenRequest(1)
                .expectNext(Phase.STOPPED)
                .expectComplete()
                .verify(Duration.ofMinutes(1));
    }

    @Test
    void whatASlowSubscriberGetsIsTheStatusAsItIsThen() {
        start();
        TestSubscriber<ReceiverStatus> slow =
                TestSubscriber.builder().initialRequest(1).build();
        receiver.statusChanges().subscribe(slow);
        send(Leader.segment(LOG, 6, 5));
        send(Leader.segment(LOG, 1, 5));
        send(Leader.segment(LOG, 12, 5));
        slow.request(5);
        assertThat(slow.getReceivedOnNext()).hasSize(2);
        assertThat(slow.getReceivedOnNext().get(1)).isEqualTo(receiver.status());
    }

    @Test
    void whoAsksForChangesAfterTheEndGetsTheLastStatusAndTheEnd() {
        start();
        send(Leader.segment(LOG, 1, 10));
        source.tryEmitComplete().orThrow();
        StepVerifier.create(receiver.statusChanges())
                .expectNext(receiver.status())
                .expectComplete()
                .verify(Duration.ofMinutes(1));
    }

    @Test
    void stoppingIsAPhaseOfItsOwn() {
        Sinks.Empty<Void> commit = Sinks.empty();
        SegmentReceiver waits = SegmentReceiver.create(
                transport,
                new RecordingLedger() {
                    @Override
                    Mono<Void> commit(LogId log, long through) {
                        return commit.asMono();
                    }
                },
                Schemas.FOUR_TYPES,
                options(InvalidEventPolicy.HOLD));
        List<Phase> seen = new ArrayList<>();
        waits.statusChanges().subscribe(status -> seen.add(status.phase()));
        waits.receive().subscribe(outcomes);
        send(Leader.segment(LOG, 1, 10));
        waits.stop(Duration.ofHours(1)).subscribe();
        assertThat(waits.status().phase()).isEqualTo(Phase.STOPPING);
        commit.tryEmitEmpty().orThrow();
        assertThat(seen).containsExactly(Phase.NEW, Phase.RUNNING, Phase.STOPPING, Phase.STOPPED);
    }

    // ----

    private SegmentReceiver receiver(InvalidEventPolicy policy) {
        return SegmentReceiver.create(transport, ledger, Schemas.FOUR_TYPES, options(policy));
    }

    private ReceiverOptions options(InvalidEventPolicy policy) {
        return ReceiverOptions.builder()
                .replayScheduler(Schedulers.immediate())
                .timer(timer)
                .maxHeldBytesPerLog(2000)
                .maxLedgerBytes(1000)
                .invalidEvents(policy)
                .build();
    }

    private static WalSegmentPayload segmentWithAnUnknownType() {
        return new SegmentEncoder(LOG, 2, BatchHasher.bouncyCastle())
                .beginBatch(1, Leader.START + 1_000_000_000)
                .event(Leader.entity(1), Leader.type(1), Leader.weight(1), Leader.time(1))
                .event(Leader.entity(2), 200, Leader.weight(2), Leader.time(2))
                .event(Leader.entity(3), Leader.type(3), Leader.weight(3), Leader.time(3))
                .endBatch()
                .finish();
    }

    private void start() {
        receiver.receive().subscribe(outcomes);
    }

    private void send(WalSegmentPayload segment) {
        source.tryEmitNext(segment).orThrow();
    }

    private LogStatus log() {
        return receiver.status().log(LOG).orElseThrow();
    }

    private void assertRuns(long applied) {
        assertThat(log().state()).isEqualTo(LogState.RUNNING);
        assertThat(log().cause()).isEmpty();
        assertThat(log().applied()).isEqualTo(applied);
    }
}
