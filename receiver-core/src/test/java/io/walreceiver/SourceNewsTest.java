package io.walreceiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.log.LogState;
import io.walreceiver.log.LogTrouble;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.transport.Heartbeat;
import io.walreceiver.transport.LeaderEpoch;
import io.walreceiver.transport.Positions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/** What a transport knows of its source is in the status; what became of its segments it is told. */
class SourceNewsTest extends DurableCase {

    private static final long SECOND = 1_000_000_000L;

    private final Sinks.Many<WalSegmentPayload> source = Sinks.many().unicast().onBackpressureBuffer();
    private final Sinks.Many<LogId> changes = Sinks.many().multicast().directBestEffort();
    private final Map<LogId, LogTrouble> troubles = new ConcurrentHashMap<>();
    private final Map<LogId, Heartbeat> heartbeats = new ConcurrentHashMap<>();
    private final Map<LogId, LeaderEpoch> epochs = new ConcurrentHashMap<>();
    private final List<WalSegmentId> decided = new CopyOnWriteArrayList<>();
    private Consumer<SegmentOutcome> onDecided = outcome -> decided.add(outcome.segment());

    private final ScriptedTransport transport = new ScriptedTransport(source.asFlux()) {
        @Override
        public Optional<LogTrouble> trouble(LogId log) {
            return Optional.ofNullable(troubles.get(log));
        }

        @Override
        public Optional<Heartbeat> heartbeat(LogId log) {
            return Optional.ofNullable(heartbeats.get(log));
        }

        @Override
        public Optional<LeaderEpoch> epoch(LogId log) {
            return Optional.ofNullable(epochs.get(log));
        }

        @Override
        public Flux<LogId> changes() {
            return changes.asFlux();
        }

        @Override
        public void decided(SegmentOutcome outcome) {
            onDecided.accept(outcome);
        }
    };

    // ---- why a log is not sent

    @ParameterizedTest
    @EnumSource(names = {"PRUNED", "DIVERGED", "FENCED", "FORBIDDEN", "AHEAD_OF_SOURCE"})
    void aLogThatTheSourceDoesNotSendSaysWhyThoughNothingHasComeOfIt(LogState state) {
        SegmentReceiver receiver = follow();
        List<ReceiverStatus> told = new CopyOnWriteArrayList<>();
        receiver.statusChanges().subscribe(told::add);
        troubles.put(A, new LogTrouble(state, "log 1:0: its source says so"));
        changes.tryEmitNext(A).orThrow();

        await().until(() -> told.stream()
                .anyMatch(status ->
                        status.log(A).filter(log -> log.state() == state).isPresent()));
        assertThat(status(receiver, A).cause()).contains("log 1:0: its source says so");

        troubles.clear();
        int before = told.size();
        changes.tryEmitNext(A).orThrow();
        await().until(() -> told.size() > before);
        assertThat(status(receiver, A).state()).isEqualTo(LogState.RUNNING);
    }

    @Test
    void aGapGivesWayToWhatTheSourceSaysAndAFaultDoesNot() {
        SegmentReceiver receiver = follow();
        source.tryEmitNext(Leader.segment(A, 11, 10)).orThrow();
        source.tryEmitNext(Leader.corrupt(Leader.segment(B, 1, 10))).orThrow();
        awaitState(receiver, A, LogState.GAP);
        awaitState(receiver, B, LogState.CORRUPT);
        troubles.put(A, new LogTrouble(LogState.PRUNED, "gone"));
        troubles.put(B, new LogTrouble(LogState.PRUNED, "gone"));

        assertThat(status(receiver, A).state()).isEqualTo(LogState.PRUNED);
        assertThat(status(receiver, B).state()).isEqualTo(LogState.CORRUPT);
    }

    @Test
    void aLogThatNobodySaysAnythingOfIsNotSeen() {
        SegmentReceiver receiver = follow();
        changes.tryEmitNext(A).orThrow();
        assertThat(receiver.status().log(A)).isEmpty();
    }

    @Test
    void newsAreHeardForTheRunAndFailingThemStopsNothing() {
        SegmentReceiver receiver = follow();
        assertThat(changes.currentSubscriberCount()).isEqualTo(1);
        changes.tryEmitError(new IllegalStateException("lost")).orThrow();
        source.tryEmitNext(Leader.segment(A, 1, 10)).orThrow();
        awaitDurable(receiver, A, 10);
        receiver.stop(Duration.ZERO).block(SOON);
    }

    @Test
    void theTransportIsLeftWhenTheReceiverEnds() {
        SegmentReceiver receiver = follow();
        receiver.stop(Duration.ofMinutes(1)).block(SOON);
        assertThat(changes.currentSubscriberCount()).isZero();
    }

    // ---- what became of segments

    @Test
    void everyOutcomeIsToldInOrder() {
        SegmentReceiver receiver = follow();
        source.tryEmitNext(Leader.segment(A, 1, 10)).orThrow();
        source.tryEmitNext(Leader.segment(A, 21, 10)).orThrow();
        source.tryEmitNext(Leader.segment(A, 1, 10)).orThrow();
        source.tryEmitNext(Leader.segment(A, 11, 10)).orThrow();
        awaitDurable(receiver, A, 30);
        await().until(() -> outcomes.size() == 4);
        assertThat(decided)
                .isEqualTo(outcomes.stream().map(SegmentOutcome::segment).toList());
    }

    @Test
    void aTransportThatThrowsWhenItIsToldStopsNothing() {
        AtomicInteger told = new AtomicInteger();
        onDecided = outcome -> {
            told.incrementAndGet();
            throw new IllegalStateException("no answer can be sent");
        };
        SegmentReceiver receiver = follow();
        source.tryEmitNext(Leader.segment(A, 1, 10)).orThrow();
        source.tryEmitNext(Leader.segment(A, 11, 10)).orThrow();
        awaitDurable(receiver, A, 20);
        await().until(() -> told.get() == 2 && outcomes.size() == 2);
    }

    // ---- lag

    @Test
    void withoutAHeartbeatLagInTimeIsUnknown() {
        SegmentReceiver receiver = follow();
        source.tryEmitNext(Leader.segment(A, 1, 10)).orThrow();
        awaitDurable(receiver, A, 10);
        assertThat(status(receiver, A).lagTime()).isEmpty();
        assertThat(status(receiver, A).heartbeatAge()).isEmpty();
        assertThat(status(receiver, A).lagEvents()).isEqualTo(OptionalLong.empty());
        assertThat(status(receiver, A).epoch()).isEmpty();
    }

    @Test
    void lagIsTheLeadersClockLessTheTimeOfTheLastBatchAppliedAlsoAfterARestart() {
        SegmentReceiver receiver = follow();
        source.tryEmitNext(Leader.segment(A, 1, 10)).orThrow();
        awaitDurable(receiver, A, 10);
        long batch = Leader.time(1) + SECOND;

        heartbeats.put(A, new Heartbeat(25, batch + 90 * SECOND, System.nanoTime()));
        epochs.put(A, new LeaderEpoch(7, 0));
        assertThat(status(receiver, A).lagTime()).contains(Duration.ofSeconds(90));
        assertThat(status(receiver, A).lagEvents()).hasValue(15);
        assertThat(status(receiver, A).heartbeatAge().orElseThrow()).isBetween(Duration.ZERO, SOON);
        assertThat(status(receiver, A).epoch()).contains(new LeaderEpoch(7, 0));

        heartbeats.put(A, new Heartbeat(25, batch - 5 * SECOND, System.nanoTime())); // its clock went back
        assertThat(status(receiver, A).lagTime()).contains(Duration.ZERO);

        heartbeats.put(A, new Heartbeat(10, batch + 90 * SECOND, System.nanoTime() - 7 * SECOND)); // idle
        assertThat(status(receiver, A).lagTime()).contains(Duration.ZERO);
        assertThat(status(receiver, A).heartbeatAge().orElseThrow()).isGreaterThanOrEqualTo(Duration.ofSeconds(7));

        receiver.checkpoint().block(SOON);
        stopAll();
        heartbeats.put(A, new Heartbeat(25, batch + 90 * SECOND, System.nanoTime()));
        ScriptedTransport silent = new ScriptedTransport(Flux.never()) {
            @Override
            public Optional<Heartbeat> heartbeat(LogId log) {
                return transport.heartbeat(log);
            }
        };
        SegmentReceiver again = start(silent);
        awaitDurable(again, A, 10);
        assertThat(status(again, A).lagTime()).contains(Duration.ofSeconds(90));
    }

    @Test
    void lagOfALogOfWhichNothingWasAppliedIsUnknownUnlessThereIsNothing() {
        SegmentReceiver receiver = follow();
        source.tryEmitNext(Leader.segment(A, 11, 10)).orThrow();
        awaitState(receiver, A, LogState.GAP);
        heartbeats.put(A, new Heartbeat(20, NOW, System.nanoTime()));
        assertThat(status(receiver, A).lagTime()).isEmpty();
        heartbeats.put(A, new Heartbeat(0, NOW, System.nanoTime()));
        assertThat(status(receiver, A).lagTime()).contains(Duration.ZERO);
    }

    private SegmentReceiver follow() {
        SegmentReceiver receiver = start(transport);
        await().until(() -> transport.positions != Positions.NONE);
        return receiver;
    }
}
