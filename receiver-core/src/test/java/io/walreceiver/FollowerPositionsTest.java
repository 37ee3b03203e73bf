package io.walreceiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.walreceiver.format.BatchMark;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentDecoder;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.ledger.LedgerPart;
import io.walreceiver.log.LogState;
import io.walreceiver.log.LogTrouble;
import io.walreceiver.outcome.SegmentOutcome.Applied;
import io.walreceiver.storage.records.Skip;
import io.walreceiver.transport.LeaderEpoch;
import io.walreceiver.transport.Positions;
import io.walreceiver.transport.SkippedEvents;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** What a transport is told of its follower, and may ask of it. */
class FollowerPositionsTest extends DurableCase {

    private static final SkippedEvents HOLE = new SkippedEvents(101, 150, Instant.EPOCH, "the disk was lost");

    private Sinks.Many<WalSegmentPayload> source;
    private ScriptedTransport transport;

    @Test
    void theLastBatchIsTheDurableOneAsItLiesHereAndSurvivesARestart() {
        SegmentReceiver receiver = follow();
        assertThat(positions().lastBatch(A)).isEmpty();
        send(Leader.segment(A, 1, 250));
        awaitDurable(receiver, A, 250);
        BatchMark last = SegmentDecoder.decode(Leader.segment(A, 1, 250)).mark(2);
        awaitLastBatch(last);

        receiver.checkpoint().block(SOON);
        stopAll();
        follow();
        assertThat(positions().read()).containsEntry(A, 250L);
        assertThat(positions().lastBatch(A)).contains(last);
        assertThat(positions().lastBatch(B)).isEmpty();
    }

    @Test
    void aFollowerThatKeepsNothingTellsTheLastBatchTooAndOnlyWhatIsBelowItsPosition() {
        transport();
        SegmentReceiver receiver =
                started(SegmentReceiver.create(transport, new RecordingLedger(), Schemas.FOUR_TYPES));
        send(Leader.segment(A, 1, 100));
        send(Leader.segment(A, 101, 50));
        awaitDurable(receiver, A, 150);
        assertThat(positions().lastBatch(A))
                .contains(SegmentDecoder.decode(Leader.segment(A, 101, 50)).mark(0));
    }

    @Test
    void anEpochIsOnRecordForEver() {
        follow();
        assertThat(positions().epoch(A)).isEmpty();
        positions().adopt(A, new LeaderEpoch(7, 0)).block(SOON); // of a log that has not been seen
        positions().adopt(A, new LeaderEpoch(7, 0)).block(SOON);
        assertThat(positions().epoch(A)).contains(new LeaderEpoch(7, 0));
        stopAll();

        follow();
        assertThat(positions().epoch(A)).contains(new LeaderEpoch(7, 0));
        assertThatThrownBy(() -> positions().adopt(A, new LeaderEpoch(6, 3)).block(SOON))
                .hasMessageContaining("log 1:0: expected a leader of epoch 7")
                .hasMessageContaining("found epoch 6");
        assertThat(positions().epoch(A)).contains(new LeaderEpoch(7, 0));
    }

    @Test
    void anEpochThatCannotBePutOnRecordDoesNotCount() {
        SegmentReceiver receiver = follow();
        send(Leader.segment(A, 1, 100));
        awaitDurable(receiver, A, 100);
        disk.failSyncs(path -> path.toString().contains("epoch"));
        assertThatThrownBy(() -> positions().adopt(A, new LeaderEpoch(7, 100)).block(SOON))
                .hasMessageContaining("Input/output error");
        assertThat(positions().epoch(A)).isEmpty();

        disk.repair();
        positions().adopt(A, new LeaderEpoch(7, 100)).block(SOON);
        assertThat(positions().epoch(A)).contains(new LeaderEpoch(7, 100));
        send(Leader.segment(A, 101, 100));
        awaitDurable(receiver, A, 200);
    }

    @Test
    void aHoleThatTheSourceNamesIsPassedOverAndWhatWasHeldBehindItGoesOn() {
        SegmentReceiver receiver = follow();
        send(Leader.segment(A, 1, 100));
        send(Leader.segment(A, 151, 50));
        send(Leader.segment(A, 141, 30)); // straddles its end
        send(Leader.segment(A, 301, 50));
        awaitState(receiver, A, LogState.GAP);
        await().until(() -> status(receiver, A).heldSegments() == 3);

        positions().skip(A, HOLE).block(SOON);

        await().until(() ->
                status(receiver, A).applied() == 200 && status(receiver, A).acknowledged() == 200);
        await().until(() -> outcomes.size() == 3);
        assertThat(outcomes).allMatch(Applied.class::isInstance);
        assertThat(status(receiver, A).heldSegments()).isEqualTo(1);
        assertThat(status(receiver, A).skips()).containsExactly(new Skip(101, 150, Instant.EPOCH, "the disk was lost"));
        positions().skip(A, HOLE).block(SOON); // said again: it holds them
        positions().skip(A, new SkippedEvents(191, 300, Instant.EPOCH, " ")).block(SOON);
        awaitDurable(receiver, A, 350);
        assertThat(status(receiver, A).skips())
                .extracting(Skip::from, Skip::through, Skip::reason)
                .containsExactly(
                        tuple(101L, 150L, "the disk was lost"), tuple(201L, 300L, "the source passed over them"));
        stopAll();

        SegmentReceiver again = follow();
        awaitDurable(again, A, 350);
        assertThat(positions().read()).containsEntry(A, 350L);
    }

    @Test
    void aHoleIsPassedOverWithNothingBehindItAndAtTheBeginningOfALog() {
        SegmentReceiver receiver = follow();
        positions().skip(A, new SkippedEvents(1, 100, Instant.EPOCH, "pruned")).block(SOON);
        await().until(() -> Long.valueOf(100).equals(transport.acknowledged.get(A)));
        send(Leader.segment(A, 101, 100));
        awaitDurable(receiver, A, 200);
        stopAll();
        SegmentReceiver again = follow();
        awaitDurable(again, A, 200);
    }

    @Test
    void aHoleThatDoesNotFollowIsRefusedAndNothingChanges() {
        SegmentReceiver receiver = follow();
        send(Leader.segment(A, 1, 90));
        awaitDurable(receiver, A, 90);
        assertThatThrownBy(() -> positions().skip(A, HOLE).block(SOON))
                .hasMessage(
                        "log 1:0 cannot pass over events 101..150: expected them to follow event 90, the last that it"
                                + " holds: send what lies in between first");
        assertThat(status(receiver, A).skips()).isEmpty();
        assertThat(status(receiver, A).received()).isEqualTo(90);
    }

    @Test
    void aHoleThatCannotBePutOnRecordIsNotPassedOverUntilItCan() {
        SegmentReceiver receiver = follow();
        send(Leader.segment(A, 1, 100));
        awaitDurable(receiver, A, 100);
        disk.failSyncs(path -> path.toString().contains("skips"));
        assertThatThrownBy(() -> positions().skip(A, HOLE).block(SOON)).hasMessageContaining("Input/output error");
        assertThat(status(receiver, A).received()).isEqualTo(100);

        disk.repair();
        positions().skip(A, HOLE).block(SOON);
        awaitDurable(receiver, A, 150);
    }

    @Test
    void aFollowerThatKeepsNothingPassesOverToo() {
        transport();
        RecordingLedger ledger = new RecordingLedger();
        SegmentReceiver receiver = started(SegmentReceiver.create(transport, ledger, Schemas.FOUR_TYPES));
        send(Leader.segment(A, 1, 100));
        send(Leader.segment(A, 151, 50));
        awaitState(receiver, A, LogState.GAP);
        positions().skip(A, HOLE).block(SOON);
        awaitDurable(receiver, A, 200);
    }

    /** A segment that was applied counts only when its part has committed it; what comes in between waits for that. */
    @Test
    void aHoleWaitsForACommitThatIsUnderWay() {
        Sinks.Empty<Void> commit = Sinks.empty();
        RecordingLedger slow = new RecordingLedger() {
            @Override
            public LedgerPart open(LogId log) {
                LedgerPart part = super.open(log);
                return new LedgerPart() {
                    @Override
                    public void applyWalEvent(long entityId, int signalType, float weight, long timestampNanos) {
                        part.applyWalEvent(entityId, signalType, weight, timestampNanos);
                    }

                    @Override
                    public Mono<Void> commit(long through) {
                        return commit.asMono();
                    }
                };
            }
        };
        transport();
        SegmentReceiver receiver = started(receiver(transport, slow));
        send(Leader.segment(A, 1, 100));
        await().until(() -> Long.valueOf(100).equals(transport.acknowledged.get(A)));
        Sinks.Empty<Void> done = Sinks.empty();
        positions().skip(A, HOLE).subscribe(nothing -> {}, done::tryEmitError, done::tryEmitEmpty);
        commit.tryEmitEmpty();
        done.asMono().block(SOON);
        awaitDurable(receiver, A, 150);
    }

    @Test
    void aPartThatKeepsItsOwnPositionIsNotMoved() {
        transport();
        SegmentReceiver receiver = started(SegmentReceiver.create(transport, new TableLedger(), Schemas.FOUR_TYPES));
        send(Leader.segment(A, 1, 100));
        await().until(() -> status(receiver, A).applied() == 100);
        assertThatThrownBy(() -> positions().skip(A, HOLE).block(SOON))
                .hasMessageContaining("keeps its own position: move that behind event 150");
        assertThat(positions().lastBatch(A)).isEmpty();
        positions().adopt(A, new LeaderEpoch(3, 100)).block(SOON);
        assertThat(positions().epoch(A)).contains(new LeaderEpoch(3, 100));
    }

    @Test
    void theLogsOwnTroubleIsTold() {
        SegmentReceiver receiver = follow();
        send(Leader.segment(A, 11, 10));
        awaitState(receiver, A, LogState.GAP);
        assertThat(positions().trouble(A).map(LogTrouble::state)).contains(LogState.GAP);
        assertThat(positions().trouble(B)).isEmpty();
    }

    @Test
    void nothingIsDoneForALogThatIsOneTooManyOrWhenTheReceiverHasEnded() {
        transport();
        SegmentReceiver receiver = started(SegmentReceiver.create(
                transport,
                ledger,
                Schemas.FOUR_TYPES,
                storage().build(),
                options().maxLogs(1).build()));
        await().until(() -> transport.positions != Positions.NONE);
        positions().adopt(A, new LeaderEpoch(1, 0)).block(SOON);
        assertThatThrownBy(() -> positions().adopt(B, new LeaderEpoch(1, 0)).block(SOON))
                .hasMessageContaining("maxLogs");
        receiver.stop(Duration.ZERO).block(SOON);
        assertThatThrownBy(() -> positions().adopt(A, new LeaderEpoch(2, 0)).block(SOON))
                .hasMessageContaining("the receiver has ended");
        assertThat(receiver.epoch(A)).contains(new LeaderEpoch(1, 0));
    }

    @Test
    void aLogThatIsSeenOnlyAfterTheEndHangsNobody() {
        SegmentReceiver receiver = follow();
        receiver.stop(Duration.ZERO).block(SOON);
        assertThatThrownBy(() -> positions().adopt(A, new LeaderEpoch(2, 0)).block(SOON))
                .hasMessageContaining("the receiver has ended");
    }

    private SegmentReceiver follow() {
        transport();
        SegmentReceiver receiver = start(transport);
        await().until(() -> transport.positions != Positions.NONE);
        return receiver;
    }

    private void transport() {
        source = Sinks.many().unicast().onBackpressureBuffer();
        transport = new ScriptedTransport(source.asFlux());
        outcomes.clear();
    }

    private Positions positions() {
        return transport.positions;
    }

    private void send(WalSegmentPayload segment) {
        source.tryEmitNext(segment).orThrow();
    }

    private void awaitLastBatch(BatchMark mark) { // it is told after the acknowledgement
        await().until(() -> positions().lastBatch(A).equals(Optional.of(mark)));
    }
}
