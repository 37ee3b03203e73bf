package io.walreceiver;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.ScriptedTransport.Said;
import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.ledger.LedgerPart;
import io.walreceiver.log.LogState;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.outcome.SegmentOutcome.Abandoned;
import io.walreceiver.outcome.SegmentOutcome.Applied;
import io.walreceiver.outcome.SegmentOutcome.Deferred;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.scheduler.VirtualTimeScheduler;
import reactor.test.subscriber.TestSubscriber;

/** Everything that goes by the clock, in virtual time, on the test's own thread: what happens, happens at once. */
class PatienceTest {

    private static final LogId A = new LogId(1, 0);
    private static final LogId B = new LogId(1, 1);
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration MIN_RESEND = Duration.ofMillis(100);
    private static final Duration MAX_RESEND = Duration.ofSeconds(3);
    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration TICK = Duration.ofNanos(1);
    private static final int BUDGET = 1000;

    private final VirtualTimeScheduler timer = VirtualTimeScheduler.create();
    private final Sinks.Many<WalSegmentPayload> source = Sinks.many().unicast().onBackpressureBuffer();
    private final Map<Said, List<Duration>> saidAt = new HashMap<>();
    private final ScriptedTransport transport = new ScriptedTransport(source.asFlux()) {
        @Override
        public void request(LogId log, long from) {
            super.request(log, from);
            saidAt.computeIfAbsent(new Said("request", log, from), any -> new ArrayList<>())
                    .add(now());
        }
    };
    private final Map<WalSegmentId, Sinks.Empty<Void>> commits = new HashMap<>();
    private final Set<LogId> waiting = new HashSet<>();
    private final RecordingLedger ledger = new RecordingLedger() {
        @Override
        Mono<Void> commit(LogId log, long through) {
            return waiting.contains(log)
                    ? commits.computeIfAbsent(new WalSegmentId(log, through), any -> Sinks.empty())
                            .asMono()
                    : Mono.empty();
        }
    };
    private final SegmentReceiver receiver = receiver(ledger);
    private final TestSubscriber<SegmentOutcome> outcomes =
            TestSubscriber.builder().initialRequest(0).build();

    @AfterEach
    void end() {
        outcomes.cancel();
        timer.dispose();
    }

    // ---- room

    @Test
    void aSegmentBeyondItsLogsRoomIsDeferredExactlyAfterPatience() {
        start(Long.MAX_VALUE);
        commitsOf(A, 10);
        send(Leader.segment(A, 1, 10)); // 274 bytes: two do not fit in half of what is free
        send(Leader.segment(A, 11, 10));

        pass(PATIENCE.minus(TICK));
        assertThat(received()).isEmpty();
        assertThat(transport.said).isEmpty();
        pass(TICK);
        assertThat(received()).hasSize(1).first().isInstanceOfSatisfying(Deferred.class, deferred -> {
            assertThat(deferred.segment()).isEqualTo(Leader.id(A, 11));
            assertThat(deferred.reason()).contains("stood still").contains("no room");
        });
        assertThat(transport.said).containsExactly(new Said("hold", A, 11));
        assertThat(state(A)).isEqualTo(LogState.BEHIND);

        commit(A, 10);
        assertThat(received().get(1)).isEqualTo(new Applied(Leader.id(A, 1), 10, 10, 0, 10));
        assertThat(saidAt).containsOnlyKeys(new Said("request", A, 11)); // at once: the log has moved
        waiting.clear();
        send(Leader.segment(A, 11, 10));
        assertThat(received().get(2)).isEqualTo(new Applied(Leader.id(A, 11), 10, 10, 0, 20));
        assertThat(state(A)).isEqualTo(LogState.RUNNING);
    }

    @Test
    void aLogThatStandsStillCostsTheOthersItsPatienceOnce() {
        start(Long.MAX_VALUE);
        commitsOf(A, 10);
        send(Leader.segment(A, 1, 10));
        send(Leader.segment(A, 11, 10));
        send(Leader.segment(B, 1, 5));
        send(Leader.segment(A, 21, 10));
        send(Leader.segment(B, 6, 5));
        send(Leader.segment(A, 11, 10));
        send(Leader.segment(B, 11, 5));
        assertThat(ledger.through(B)).isZero();

        pass(PATIENCE);

        assertThat(ledger.through(B)).isEqualTo(15);
        assertThat(deferred()).containsExactly(Leader.id(A, 11), Leader.id(A, 21), Leader.id(A, 11));
    }

    @Test
    void patienceCountsFromWhenTheLogLastMoved() {
        start(Long.MAX_VALUE);
        commitsOf(A, 5, 10, 15, 20);
        send(Leader.segment(A, 1, 5)); // 169 bytes: two fit, three do not
        send(Leader.segment(A, 6, 5));
        send(Leader.segment(A, 11, 5));
        pass(PATIENCE.minus(TICK));

        commit(A, 5);
        assertThat(receiver.status().inFlightBytes()).isEqualTo(2 * 169);
        send(Leader.segment(A, 16, 5));
        pass(PATIENCE.minus(TICK));
        assertThat(deferred()).isEmpty();
        pass(TICK);
        assertThat(deferred()).containsExactly(Leader.id(A, 16));
    }

    @Test
    void aSegmentOfAnotherLogThatFindsNoRoomWaitsItsOwnPatienceAndRaisesTheAlarm() {
        start(Long.MAX_VALUE);
        commitsOf(A, 40);
        send(Leader.segment(A, 1, 40)); // 904 of 1,000 bytes
        pass(LONG);
        send(Leader.segment(B, 1, 10));

        pass(PATIENCE.minus(TICK));
        assertThat(received()).isEmpty();
        assertThat(receiver.status().roomRanOut()).isFalse();
        pass(TICK);
        assertThat(deferred()).containsExactly(Leader.id(B, 1));
        assertThat(receiver.status().roomRanOut()).isTrue();

        commit(A, 40);
        send(Leader.segment(B, 1, 10));
        assertThat(ledger.through(B)).isEqualTo(10);
        assertThat(receiver.status().roomRanOut()).isFalse();
    }

    @Test
    void heldSegmentsMakeWayBeforeAnybodysPatienceIsSpent() {
        start(Long.MAX_VALUE);
        send(Leader.segment(A, 6, 5)); // held: 1..5 are missing
        assertThat(received()).isEmpty();
        assertThat(status(A).heldBytes()).isEqualTo(169);

        send(Leader.segment(B, 1, 40)); // 904 bytes do not fit beside 169
        pass(Duration.ZERO);

        assertThat(deferred()).containsExactly(Leader.id(A, 6));
        assertThat(ledger.through(B)).isEqualTo(40);
        assertThat(transport.said).contains(new Said("hold", A, 6));
    }

    /** What fills the gap must get in, also where it and what is held are together more than one log may have. */
    @Test
    void heldSegmentsMakeWayForWhatFillsTheirOwnGap() {
        start(Long.MAX_VALUE);
        send(Leader.segment(A, 6, 5));
        send(Leader.segment(A, 1, 40)); // 904 bytes do not fit beside 169
        pass(PATIENCE);

        assertThat(deferred()).containsExactly(Leader.id(A, 6));
        assertThat(ledger.through(A)).isEqualTo(40);
    }

    @Test
    void whatFillsAGapGetsInBesideWhatAPlainSourceLetItsLogHold() {
        ScriptedTransport plain = new ScriptedTransport(source.asFlux(), false);
        SegmentReceiver.create(plain, ledger, Schemas.FOUR_TYPES, options())
                .receive()
                .subscribe(outcomes);
        outcomes.request(Long.MAX_VALUE);
        send(Leader.segment(A, 6, 5));
        send(Leader.segment(A, 11, 5)); // a third is more than half of what is free
        send(Leader.segment(A, 1, 5));
        pass(LONG);
        assertThat(ledger.through(A)).isEqualTo(15);
    }

    @Test
    void atTheEndOfTheSourceHeldSegmentsMakeWayForWhatIsTooLargeBesideThem() {
        start(Long.MAX_VALUE);
        send(Leader.segment(A, 6, 5));
        send(Leader.segment(A, 41, 40)); // beyond the gap, too
        source.tryEmitComplete().orThrow();
        pass(LONG);

        assertThat(outcomes.isTerminatedComplete()).isTrue();
        assertThat(received()).hasSize(2).allMatch(outcome -> outcome instanceof Abandoned);
    }

    /** The one that is too large looks for room while it cannot yet be known that the other will be held. */
    @Test
    void atTheEndOfTheSourceASegmentThatIsHeldLateMakesWayAsWell() {
        ManualExecutor replay = new ManualExecutor();
        SegmentReceiver.create(transport, ledger, Schemas.FOUR_TYPES, options(timer, replay.scheduler()))
                .receive()
                .subscribe(outcomes);
        outcomes.request(Long.MAX_VALUE);
        send(Leader.segment(A, 6, 5));
        send(Leader.segment(A, 41, 40));
        source.tryEmitComplete().orThrow();
        pass(LONG); // it looks, and finds nothing that is held
        for (int turn = 0; turn < 10; turn++) {
            replay.runAll();
            pass(LONG);
        }

        assertThat(outcomes.isTerminatedComplete()).isTrue();
        assertThat(received()).hasSize(2).allMatch(outcome -> outcome instanceof Abandoned);
    }

    @Test
    void segmentsWithoutBytesFindNoRoomForeverEither() {
        start(Long.MAX_VALUE);
        commitsOf(A, 10);
        send(Leader.segment(A, 1, 10));
        for (int seq = 11; seq < 111; seq++) {
            send(new WalSegmentPayload(Leader.id(A, seq), new byte[0], 1));
        }
        pass(PATIENCE);
        assertThat(deferred()).hasSizeGreaterThan(90);
        commit(A, 10);
        assertThat(received()).hasSize(101);
        assertThat(receiver.status().inFlightBytes()).isZero();
    }

    @Test
    void segmentsThatAreTooLargeFindNoRoomForeverEither() {
        start(Long.MAX_VALUE);
        commitsOf(A, 10);
        send(Leader.segment(A, 1, 10));
        for (int seq = 11; seq < 111; seq++) {
            send(new WalSegmentPayload(Leader.id(A, seq), new byte[BUDGET + 1], 1));
        }
        pass(PATIENCE);
        assertThat(deferred()).hasSizeGreaterThan(90);
        commit(A, 10);
        assertThat(received()).hasSize(101);
        assertThat(receiver.status().inFlightBytes()).isZero();
    }

    @Test
    void nothingIsDeferredWhileNoOutcomeIsWantedHoweverLong() {
        start(0);
        for (int first = 1; first <= 96; first += 5) {
            send(Leader.segment(A, first, 5));
        }
        pass(LONG);
        assertThat(transport.said).isEmpty();

        outcomes.request(Long.MAX_VALUE);
        pass(Duration.ZERO);
        assertThat(received()).hasSize(20).allMatch(outcome -> outcome instanceof Applied);
        assertThat(transport.said).isEmpty();
    }

    @Test
    void patienceOfAStalledLogIsSpentOnlyWhileAnOutcomeIsWanted() {
        start(0);
        commitsOf(A, 10);
        send(Leader.segment(A, 1, 10));
        send(Leader.segment(A, 11, 10));
        pass(LONG.plusMillis(345));
        assertThat(transport.said).isEmpty();

        outcomes.request(1);
        pass(PATIENCE.minus(TICK));
        assertThat(received()).isEmpty();
        pass(TICK);
        assertThat(deferred()).containsExactly(Leader.id(A, 11));
    }

    @Test
    void theClockStandsStillBetweenTwoDemands() {
        start(1);
        commitsOf(A, 10);
        send(Leader.segment(A, 1, 10));
        pass(Duration.ofMillis(1500)); // of the patience of A
        send(Leader.segment(B, 1, 1)); // satisfies the demand
        assertThat(received()).hasSize(1);
        send(Leader.segment(A, 11, 10));
        pass(LONG);
        assertThat(transport.said).isEmpty();

        outcomes.request(1);
        pass(Duration.ofMillis(500).minus(TICK));
        assertThat(received()).hasSize(1);
        pass(TICK);
        assertThat(deferred()).containsExactly(Leader.id(A, 11));
    }

    @Test
    void nobodyLooksAtTheClockWhileItStandsStill() {
        HandTimer counted = new HandTimer();
        create(counted).receive().subscribe(outcomes);
        outcomes.request(1);
        commitsOf(A, 10);
        commitsOf(B, 5);
        send(Leader.segment(A, 1, 10));
        send(Leader.segment(B, 1, 5));
        send(Leader.segment(A, 11, 10));
        pass(PATIENCE.minus(TICK));
        commit(B, 5); // satisfies the demand with a nanosecond of patience left
        pass(Duration.ZERO);

        int before = counted.scheduled;
        pass(Duration.ofNanos(1000));
        assertThat(counted.scheduled - before).isLessThan(10);

        outcomes.request(1);
        pass(TICK);
        assertThat(deferred()).containsExactly(Leader.id(A, 11));
    }

    /** On a timer of several threads the second look may begin while the first is under way. */
    @Test
    void aSegmentThatWaitedIsTakenInOnceHoweverManyLookForRoomAtATime() {
        HandTimer threads = new HandTimer();
        create(threads).receive().subscribe(outcomes);
        outcomes.request(Long.MAX_VALUE);
        LogId c = new LogId(1, 2);
        commitsOf(B, 30);
        commitsOf(c, 1);
        send(Leader.segment(B, 1, 30));
        send(Leader.segment(c, 1, 1));
        send(Leader.segment(A, 1, 20)); // no room
        pass(Duration.ZERO);
        threads.byHand = true;
        commit(B, 30);
        threads.atNow = () -> { // the first look has just found room
            commit(c, 1);
            threads.run();
        };
        threads.run();
        pass(LONG);

        assertThat(received()).hasSize(3).contains(new Applied(Leader.id(A, 1), 20, 20, 0, 20));
    }

    // ---- requests

    @Test
    void whatIsMissingIsAskedForAfterTheShortestPauseThenInPausesThatDoubleUpToTheLongest() {
        start(Long.MAX_VALUE);
        pass(LONG);
        send(Leader.segment(A, 11, 5));

        pass(MIN_RESEND.minus(TICK));
        assertThat(transport.said).isEmpty();
        Duration gapSince = now().minus(MIN_RESEND.minus(TICK));
        pass(Duration.ofMinutes(2));

        List<Duration> asked = saidAt.get(new Said("request", A, 1));
        assertThat(saidAt).hasSize(1);
        assertThat(asked.get(0)).isEqualTo(gapSince.plus(MIN_RESEND));
        assertThat(asked).hasSizeGreaterThan(2 * 60 * 3 / 4 / 3);
        Set<Long> longest = new HashSet<>();
        for (int i = 1; i < asked.size(); i++) {
            long pause = asked.get(i).minus(asked.get(i - 1)).toNanos();
            long expected = Math.min(MIN_RESEND.toNanos() << Math.min(i - 1, 20), MAX_RESEND.toNanos());
            assertThat(pause).as("pause %s", i).isBetween(expected * 3 / 4, expected * 5 / 4);
            if (expected == MAX_RESEND.toNanos()) {
                longest.add(pause);
            }
        }
        assertThat(longest).as("jitter").hasSizeGreaterThan(2);
        assertThat(state(A)).isEqualTo(LogState.GAP);
    }

    @Test
    void nothingIsAskedForWhileSomethingOfTheLogIsUndecided() {
        start(Long.MAX_VALUE);
        commitsOf(A, 10);
        send(Leader.segment(A, 1, 10));
        send(Leader.segment(A, 11, 10));
        pass(PATIENCE.plus(LONG));
        assertThat(deferred()).containsExactly(Leader.id(A, 11));
        assertThat(saidAt).isEmpty();

        commit(A, 10);
        assertThat(saidAt).containsExactly(Map.entry(new Said("request", A, 11), List.of(now())));
    }

    @Test
    void requestsStopOnceTheLogIsHealed() {
        start(Long.MAX_VALUE);
        send(Leader.segment(A, 6, 5));
        pass(Duration.ofSeconds(10));
        assertThat(saidAt.get(new Said("request", A, 1))).hasSizeGreaterThan(3);
        transport.said.clear();

        send(Leader.segment(A, 1, 5));
        assertThat(ledger.through(A)).isEqualTo(10);
        pass(LONG);
        assertThat(transport.said).isEmpty();
        assertThat(state(A)).isEqualTo(LogState.RUNNING);
    }

    @Test
    void aNewGapIsAskedForAfterTheShortestPauseHoweverLongThePausesWereBefore() {
        start(Long.MAX_VALUE);
        send(Leader.segment(A, 6, 5));
        pass(Duration.ofMinutes(1)); // pauses have grown to the longest
        List<Duration> asked = saidAt.get(new Said("request", A, 1));
        long before = asked.size();
        while (asked.size() == before) { // just asked: the next look would be a long pause away
            pass(Duration.ofMillis(1));
        }
        send(Leader.segment(A, 1, 5));
        assertThat(ledger.through(A)).isEqualTo(10);

        send(Leader.segment(A, 21, 5));
        Duration gapSince = now();
        pass(MIN_RESEND.minus(TICK));
        assertThat(saidAt).doesNotContainKey(new Said("request", A, 11));
        pass(TICK);
        assertThat(saidAt.get(new Said("request", A, 11))).containsExactly(gapSince.plus(MIN_RESEND));
        pass(MIN_RESEND.multipliedBy(5).dividedBy(4));
        assertThat(saidAt.get(new Said("request", A, 11))).hasSize(2);
    }

    @Test
    void aRefusedSegmentIsAskedForAgain() {
        start(Long.MAX_VALUE);
        send(Leader.corrupt(Leader.segment(A, 1, 10)));
        assertThat(state(A)).isEqualTo(LogState.CORRUPT);
        pass(MIN_RESEND.minus(TICK));
        assertThat(saidAt).isEmpty();
        pass(TICK);
        assertThat(saidAt).containsOnlyKeys(new Said("request", A, 1));
    }

    @Test
    void aLogThatGoesBackIsAskedForAfterTheShortestPauseHoweverLongThePausesWereBefore() {
        Set<Long> failing = new HashSet<>();
        RecordingLedger failsOnce = new RecordingLedger() {
            @Override
            public LedgerPart open(LogId log) {
                failing.clear();
                return super.open(log);
            }

            @Override
            void beforeEvent(LogId log, long seq) {
                if (failing.contains(seq)) {
                    throw new IllegalStateException("event " + seq + " fails");
                }
            }
        };
        receiver(failsOnce).receive().subscribe(outcomes);
        outcomes.request(Long.MAX_VALUE);
        send(Leader.segment(A, 1, 10));
        send(Leader.segment(A, 16, 5));
        pass(Duration.ofMinutes(1));
        List<Duration> asked = saidAt.get(new Said("request", A, 11));
        long before = asked.size();
        while (asked.size() == before) {
            pass(Duration.ofMillis(1));
        }
        send(Leader.segment(A, 11, 5));
        assertThat(failsOnce.through(A)).isEqualTo(20);

        failing.add(21L);
        send(Leader.segment(A, 21, 5));
        pass(MIN_RESEND);
        assertThat(saidAt).containsKey(new Said("request", A, 1));
    }

    @Test
    void nothingIsAskedForAfterTheSourceHasEnded() {
        start(Long.MAX_VALUE);
        commitsOf(B, 5);
        send(Leader.segment(A, 11, 5));
        send(Leader.segment(B, 1, 5));
        source.tryEmitComplete().orThrow();

        pass(LONG);
        assertThat(saidAt).isEmpty();
        assertThat(received()).hasSize(1).first().isInstanceOfSatisfying(Abandoned.class, abandoned -> {
            assertThat(abandoned.segment()).isEqualTo(Leader.id(A, 11));
            assertThat(abandoned.reason()).contains("1..10");
        });

        commit(B, 5);
        assertThat(outcomes.isTerminatedComplete()).isTrue();
    }

    // ---- what was let go is not forgotten

    @Test
    void anIdThatNamesNoPositionDoesNotMakeALogForgetWhatItLetGo() {
        letGoAndAskedFor11();
        WalSegmentPayload unsigned = new WalSegmentPayload(Leader.id(A, -5), new byte[100], 100);
        send(unsigned);
        assertStillAsksFor11();
    }

    @Test
    void aClaimOfMoreEventsThanTheBytesCanHoldDoesNotMakeALogForgetWhatItLetGo() {
        letGoAndAskedFor11();
        send(new WalSegmentPayload(Leader.id(A, 1), new byte[30], 1_000_000));
        assertStillAsksFor11();
    }

    @Test
    void anOlderSegmentThatFindsNoRoomDoesNotMakeALogForgetWhatItLetGo() {
        letGoAndAskedFor11();
        commitsOf(B, 40);
        send(Leader.segment(B, 1, 40)); // no room for anything else
        send(Leader.segment(A, 1, 10));
        pass(PATIENCE);
        commit(B, 40);
        assertStillAsksFor11();
    }

    @Test
    void aSegmentOfWhichOnlyTheEndIsNewIsNotForgottenWhenItFindsNoRoom() {
        start(Long.MAX_VALUE);
        send(Leader.segment(A, 1, 10));
        commitsOf(B, 40);
        send(Leader.segment(B, 1, 40));
        send(Leader.segment(A, 6, 10));
        pass(PATIENCE);
        commit(B, 40);
        assertStillAsksFor11();
    }

    @Test
    void itIsToldWhenALogCatchesUpByACopyThatWasUnderWay() {
        start(Long.MAX_VALUE);
        List<LogState> states = new ArrayList<>();
        receiver.statusChanges().subscribe(now -> now.log(A).ifPresent(log -> states.add(log.state())));
        commitsOf(A, 5);
        send(Leader.segment(A, 1, 5));
        send(Leader.segment(A, 6, 5));
        send(Leader.segment(A, 6, 5)); // no room
        pass(PATIENCE);
        assertThat(states).endsWith(LogState.BEHIND);
        waiting.clear();
        commit(A, 5);
        assertThat(status(A).applied()).isEqualTo(10);
        assertThat(states).endsWith(LogState.RUNNING);
    }

    /** Requests may be lost, as these all are. */
    private void letGoAndAskedFor11() {
        start(Long.MAX_VALUE);
        commitsOf(A, 10);
        send(Leader.segment(A, 1, 10));
        send(Leader.segment(A, 11, 10));
        pass(PATIENCE);
        assertThat(deferred()).containsExactly(Leader.id(A, 11));
        commit(A, 10);
        pass(MIN_RESEND);
        assertThat(saidAt).containsKey(new Said("request", A, 11));
    }

    private void assertStillAsksFor11() {
        pass(LONG);
        assertThat(state(A)).isEqualTo(LogState.BEHIND);
        transport.said.clear();
        pass(MAX_RESEND.multipliedBy(2));
        assertThat(transport.said).contains(new Said("request", A, 11));
    }

    // ---- waiting for a position

    @Test
    void awaitingAPositionFailsExactlyAtItsTimeout() {
        start(Long.MAX_VALUE);
        send(Leader.segment(A, 1, 10));
        TestSubscriber<Void> waiter = TestSubscriber.create();
        receiver.awaitApplied(A, 11, Duration.ofSeconds(5)).subscribe(waiter);

        pass(Duration.ofSeconds(5).minus(TICK));
        assertThat(waiter.isTerminated()).isFalse();
        pass(TICK);
        assertThat(waiter.isTerminatedError()).isTrue();
        assertThat(waiter.expectTerminalError()).isInstanceOf(PositionNotReachedException.class);
    }

    @Test
    void awaitingAPositionThatIsReachedInTimeCompletes() {
        start(Long.MAX_VALUE);
        TestSubscriber<Void> waiter = TestSubscriber.create();
        receiver.awaitApplied(A, 10, Duration.ofSeconds(5)).subscribe(waiter);
        pass(Duration.ofSeconds(5).minus(TICK));

        send(Leader.segment(A, 1, 10));
        assertThat(waiter.isTerminatedComplete()).isTrue();
        pass(LONG);
        assertThat(waiter.isTerminatedError()).isFalse();
    }

    // ----

    private SegmentReceiver receiver(RecordingLedger into) {
        return SegmentReceiver.create(transport, into, Schemas.FOUR_TYPES, options());
    }

    private SegmentReceiver create(Scheduler time) {
        return SegmentReceiver.create(transport, ledger, Schemas.FOUR_TYPES, options(time));
    }

    private ReceiverOptions options() {
        return options(timer);
    }

    private static ReceiverOptions options(Scheduler timer) {
        return options(timer, Schedulers.immediate());
    }

    private static ReceiverOptions options(Scheduler timer, Scheduler replay) {
        return ReceiverOptions.builder()
                .replayScheduler(replay)
                .timer(timer)
                .maxSegmentBytes(BUDGET)
                .maxInFlightBytes(BUDGET)
                .patience(PATIENCE)
                .minResendDelay(MIN_RESEND)
                .maxResendDelay(MAX_RESEND)
                .build();
    }

    private void start(long demand) {
        receiver.receive().subscribe(outcomes);
        if (demand > 0) {
            outcomes.request(demand);
        }
    }

    private void send(WalSegmentPayload segment) {
        source.tryEmitNext(segment).orThrow();
    }

    private void pass(Duration time) {
        timer.advanceTimeBy(time);
    }

    private Duration now() {
        return Duration.ofNanos(timer.now(TimeUnit.NANOSECONDS));
    }

    /** From now on commits of this log wait. */
    private void commitsOf(LogId log, long... positions) {
        waiting.add(log);
        for (long through : positions) {
            commits.put(new WalSegmentId(log, through), Sinks.empty());
        }
    }

    private void commit(LogId log, long through) {
        commits.get(new WalSegmentId(log, through)).tryEmitEmpty().orThrow();
    }

    private List<SegmentOutcome> received() {
        return outcomes.getReceivedOnNext();
    }

    private List<WalSegmentId> deferred() {
        return received().stream()
                .filter(outcome -> outcome instanceof Deferred)
                .map(SegmentOutcome::segment)
                .toList();
    }

    private LogStatus status(LogId log) {
        return receiver.status().log(log).orElseThrow();
    }

    private LogState state(LogId log) {
        return status(log).state();
    }

    /** The virtual time, counted, whose tasks can be started by hand: inside one another, as threads would overlap. */
    private final class HandTimer implements Scheduler {

        private final List<Runnable> tasks = new ArrayList<>();
        private boolean byHand;
        private Runnable atNow = () -> {};
        private int scheduled;

        void run() {
            List<Runnable> now = List.copyOf(tasks);
            tasks.clear();
            now.forEach(Runnable::run);
        }

        @Override
        public long now(TimeUnit unit) {
            Runnable once = atNow;
            atNow = () -> {};
            once.run();
            return timer.now(unit);
        }

        @Override
        public Disposable schedule(Runnable task) {
            return schedule(task, 0, TimeUnit.NANOSECONDS);
        }

        @Override
        public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
            scheduled++;
            return byHand && delay == 0 && tasks.add(task) ? Disposables.single() : timer.schedule(task, delay, unit);
        }

        @Override
        public Worker createWorker() {
            return timer.createWorker();
        }
    }
}
