package io.walreceiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentEncoder;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.log.DivergedException;
import io.walreceiver.log.LogState;
import io.walreceiver.outcome.SegmentOutcome.Deferred;
import io.walreceiver.storage.CommitPolicy;
import io.walreceiver.storage.DirectoryStorage;
import io.walreceiver.storage.Storage;
import io.walreceiver.transport.LeaderEpoch;
import io.walreceiver.transport.Positions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Sinks;

/** A new leader's epoch meets what its predecessor sent: whatever became of it so far, two histories never mix. */
class EpochAdoptionTest extends DurableCase {

    private static final float OF_THE_NEW_LEADER = 17;

    private final Sinks.Many<WalSegmentPayload> source = Sinks.many().unicast().onBackpressureBuffer();
    private final ScriptedTransport transport = new ScriptedTransport(source.asFlux());
    private RecordingLedger recording = new RecordingLedger();

    @Override
    DirectoryStorage.Builder storage() {
        return super.storage().commitPolicy(new CommitPolicy(Duration.ofMinutes(1))); // far later than what is tested
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatWasReceivedCountsAsHeldBeforeItIsDurable(boolean kept) {
        SegmentReceiver receiver = follow(kept, options());
        send(Leader.segment(A, 1, 100));
        send(Leader.segment(A, 101, 100));
        await().until(() -> status(receiver, A).applied() == 200);

        assertThatThrownBy(() -> adopt(1, 100))
                .isInstanceOfSatisfying(
                        DivergedException.class, e -> assertThat(e.received()).isEqualTo(200));
        assertThat(transport.positions.epoch(A)).isEmpty();

        adopt(1, 200);
        send(ofTheNewLeader(201, 100));
        awaitMix(receiver, 200, 300);
    }

    @Test
    void anEpochThatIsFollowedIsNotJudgedAgain() {
        SegmentReceiver receiver = follow(true, options());
        adopt(1, 0);
        send(Leader.segment(A, 1, 100));
        await().until(() -> status(receiver, A).applied() == 100);
        adopt(1, 0);
        assertThatThrownBy(() -> adopt(2, 99)).isInstanceOf(DivergedException.class);
        adopt(2, 500); // begins where the follower has not come to yet
        send(Leader.segment(A, 101, 100));
        awaitMix(receiver, 200, 200);
    }

    @Test
    void whatWaitsBehindAGapIsGivenUp() {
        SegmentReceiver receiver = follow(true, options());
        send(Leader.segment(A, 1, 100));
        send(Leader.segment(A, 151, 50));
        send(Leader.segment(A, 201, 50));
        awaitState(receiver, A, LogState.GAP);
        await().until(() -> status(receiver, A).heldSegments() == 2);

        adopt(1, 100);

        assertDeferred(151L, 201L);
        assertThat(status(receiver, A).heldSegments()).isZero();
        assertThat(status(receiver, A).state()).isEqualTo(LogState.RUNNING);
        assertThat(status(receiver, A).inFlightBytes()).isZero();
        send(ofTheNewLeader(101, 100));
        awaitMix(receiver, 100, 200);
    }

    @Test
    void whatWasRefusedIsNotWaitedFor() {
        SegmentReceiver receiver = follow(true, options());
        send(Leader.segment(A, 1, 100));
        send(Leader.corrupt(Leader.segment(A, 101, 100)));
        awaitState(receiver, A, LogState.CORRUPT);
        adopt(1, 100);
        assertThat(status(receiver, A).state()).isEqualTo(LogState.RUNNING);
        send(ofTheNewLeader(101, 100));
        awaitMix(receiver, 100, 200);
    }

    /** One that waits for room in front of its log's inbox too: it came before the epoch. */
    @ParameterizedTest
    @ValueSource(ints = {64 << 20, 5_000})
    void whatWaitsForItsTurnIsNotApplied(int room) throws InterruptedException {
        CountDownLatch stalled = new CountDownLatch(1);
        CountDownLatch goesOn = new CountDownLatch(1);
        recording = new RecordingLedger() {
            @Override
            void beforeEvent(LogId log, long seq) {
                if (seq == 50) {
                    stalled.countDown();
                    awaitUninterruptibly(goesOn);
                }
            }
        };
        SegmentReceiver receiver = follow(
                true, options().maxInFlightBytes(room).maxSegmentBytes(5_000).patience(SOON));
        send(Leader.segment(A, 1, 100));
        stalled.await();
        send(Leader.segment(A, 101, 100));
        if (room > 10_000) {
            send(Leader.corrupt(Leader.segment(A, 201, 100)));
        }
        Sinks.Empty<Void> adopted = Sinks.empty();
        transport
                .positions
                .adopt(A, new LeaderEpoch(1, 100))
                .subscribe(nothing -> {}, adopted::tryEmitError, adopted::tryEmitEmpty);
        goesOn.countDown();
        adopted.asMono().block(SOON);

        if (room > 10_000) {
            assertDeferred(101L, 201L);
        } else {
            assertDeferred(101L);
        }
        assertThat(status(receiver, A).state()).isEqualTo(LogState.RUNNING);
        await().until(() -> status(receiver, A).inFlightBytes() == 0);
        send(ofTheNewLeader(101, 100));
        awaitMix(receiver, 100, 200);
    }

    /** What was written before the part failed may come back with it: that is what the epoch is judged by. */
    @Test
    void aPartThatFailedIsOpenedBeforeAnEpochIsJudged() {
        recording = new RecordingLedger() {
            private boolean failed;

            @Override
            void beforeEvent(LogId log, long seq) {
                if (seq == 150 && !failed) {
                    failed = true;
                    throw new IllegalStateException("it fails once");
                }
            }
        };
        SegmentReceiver receiver = follow(true, options().minResendDelay(SOON).maxResendDelay(SOON));
        send(Leader.segment(A, 1, 100));
        send(Leader.segment(A, 101, 100));
        await().until(() -> outcomes.stream().anyMatch(Deferred.class::isInstance));
        assertThat(status(receiver, A).received()).isLessThan(200);

        assertThatThrownBy(() -> adopt(1, 100)).isInstanceOf(DivergedException.class);
        assertThat(status(receiver, A).applied()).isEqualTo(200);
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private SegmentReceiver follow(boolean kept, ReceiverOptions.Builder options) {
        Storage storage = kept ? storage().build() : Storage.inMemory();
        SegmentReceiver receiver =
                started(SegmentReceiver.create(transport, recording, Schemas.FOUR_TYPES, storage, options.build()));
        await().until(() -> transport.positions != Positions.NONE);
        return receiver;
    }

    private void adopt(long number, long start) {
        transport.positions.adopt(A, new LeaderEpoch(number, start)).block(SOON);
    }

    private void send(WalSegmentPayload segment) {
        source.tryEmitNext(segment).orThrow();
    }

    private static WalSegmentPayload ofTheNewLeader(long first, int events) {
        SegmentEncoder encoder = new SegmentEncoder(A, 2, BatchHasher.bouncyCastle());
        encoder.beginBatch(first, Leader.time(first) + 1_000_000_000L);
        for (long seq = first; seq < first + events; seq++) {
            encoder.event(1, 1, OF_THE_NEW_LEADER, Leader.time(seq));
        }
        encoder.endBatch();
        return encoder.finish();
    }

    private void assertDeferred(Long... firsts) {
        await().until(() -> outcomes.stream().filter(Deferred.class::isInstance).count() == firsts.length);
        assertThat(outcomes.stream()
                        .filter(Deferred.class::isInstance)
                        .map(outcome -> outcome.segment().seqno()))
                .containsExactly(firsts);
    }

    /** The ledger holds events of the former leader through one position, and then those of the new one. */
    private void awaitMix(SegmentReceiver receiver, long former, long through) {
        await().until(() -> status(receiver, A).applied() == through);
        List<RecordingLedger.Event> expected = new ArrayList<>(TableLedger.events(former));
        for (long seq = former + 1; seq <= through; seq++) {
            expected.add(new RecordingLedger.Event(1, 1, OF_THE_NEW_LEADER, Leader.time(seq)));
        }
        assertThat(recording.events(A)).isEqualTo(expected);
    }
}
