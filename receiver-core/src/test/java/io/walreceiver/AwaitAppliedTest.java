package io.walreceiver;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.ReceiverException.Remedy;
import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.ledger.LedgerPart;
import io.walreceiver.ledger.SelfDurablePart;
import io.walreceiver.ledger.SignalLedger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.test.scheduler.VirtualTimeScheduler;
import reactor.test.subscriber.TestSubscriber;

/** A read that must see a position waits for it. */
class AwaitAppliedTest {

    private static final LogId LOG = new LogId(1, 3);
    private static final LogId OTHER = new LogId(1, 4);
    private static final Duration FIVE = Duration.ofSeconds(5);

    private final VirtualTimeScheduler timer = VirtualTimeScheduler.create();
    private final Sinks.Many<WalSegmentPayload> source = Sinks.many().unicast().onBackpressureBuffer();
    private final ScriptedTransport transport = new ScriptedTransport(source.asFlux());
    private final SegmentReceiver receiver = receiver(new RecordingLedger(), 10);

    @AfterEach
    void end() {
        receiver.stop(Duration.ZERO).block();
        timer.dispose();
    }

    @Test
    void aPositionThatIsReachedCompletesAtOnceOnTheCallersThread() {
        receiver.receive().subscribe();
        send(Leader.segment(LOG, 1, 10));
        for (long position : new long[] {0, 1, 10}) {
            assertThat(await(LOG, position).isTerminatedComplete()).isTrue();
        }
        assertThat(await(OTHER, 0).isTerminatedComplete()).isTrue();
    }

    @Test
    void aPositionThatIsReachedLaterCompletesThen() {
        TestSubscriber<Void> early = await(LOG, 12); // before there is anything at all
        receiver.receive().subscribe();
        send(Leader.segment(LOG, 1, 10));
        TestSubscriber<Void> late = await(LOG, 20);
        assertThat(early.isTerminated()).isFalse();

        send(Leader.segment(LOG, 11, 5));
        assertThat(early.isTerminatedComplete()).isTrue();
        assertThat(late.isTerminated()).isFalse();

        send(Leader.segment(LOG, 16, 5));
        assertThat(late.isTerminatedComplete()).isTrue();
    }

    @Test
    void theTimeoutTellsWhatWasExpectedWhatIsAppliedAndWhy() {
        receiver.receive().subscribe();
        send(Leader.segment(LOG, 1, 10));
        TestSubscriber<Void> runs = await(LOG, 42);
        timer.advanceTimeBy(FIVE);
        PositionNotReachedException running = (PositionNotReachedException) runs.expectTerminalError();
        assertThat(running)
                .hasMessage("log 1:3: expected position 42 within PT5S, but 10 is applied (the log is running); "
                        + "try again later");
        assertThat(running.log()).isEqualTo(LOG);
        assertThat(running.expected()).isEqualTo(42);
        assertThat(running.applied()).isEqualTo(10);
        assertThat(running.remedy()).isEqualTo(Remedy.RETRY);

        TestSubscriber<Void> gap = await(LOG, 42);
        send(Leader.segment(LOG, 21, 30));
        timer.advanceTimeBy(FIVE);
        assertThat(gap.expectTerminalError())
                .isInstanceOf(PositionNotReachedException.class)
                .hasMessageContaining("10 is applied")
                .hasMessageContaining("events 11..20 are missing");
    }

    @Test
    void theTimeoutSaysThatALogIsBehind() {
        receiver.receive().subscribe();
        send(Leader.segment(LOG, 11, 200)); // too much to hold: let go
        TestSubscriber<Void> waiter = await(LOG, 1);
        timer.advanceTimeBy(FIVE);
        assertThat(waiter.expectTerminalError()).hasMessageContaining("let go for want of room");
    }

    @Test
    void theTimeoutSaysThatNothingOfTheLogHasCome() {
        TestSubscriber<Void> before = await(OTHER, 1);
        timer.advanceTimeBy(FIVE);
        assertThat(before.expectTerminalError())
                .isInstanceOf(PositionNotReachedException.class)
                .hasMessage("log 1:4: expected position 1 within PT5S, but 0 is applied (nothing of the log has come); "
                        + "try again later");

        receiver.receive().subscribe();
        send(Leader.segment(LOG, 1, 10));
        TestSubscriber<Void> during = await(OTHER, 1);
        timer.advanceTimeBy(FIVE);
        assertThat(during.expectTerminalError()).hasMessageContaining("nothing of the log has come");
    }

    @Test
    void aLogBeyondTheNumberOfLogsFailsAtOnce() {
        for (int shard = 0; shard < 10; shard++) {
            await(new LogId(7, shard), 1);
        }
        assertThat(await(LOG, 1).expectTerminalError())
                .isInstanceOf(PositionNotReachedException.class)
                .hasMessageContaining("nothing of the log has come");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 20261122})
    void everyOneOfManyWaitersIsToldWhenItsPositionIsAppliedAndNotBefore(long seed) {
        receiver.receive().subscribe();
        int[] positions = new Random(seed).ints(1000, 1, 1001).toArray();
        List<TestSubscriber<Void>> waiters = new ArrayList<>();
        for (int position : positions) {
            waiters.add(await(LOG, position));
        }
        for (long first = 1; first <= 1000; first += 50) {
            send(Leader.segment(LOG, first, 50));
            long applied = first + 49;
            for (int i = 0; i < positions.length; i++) {
                assertThat(waiters.get(i).isTerminatedComplete())
                        .as("%s at %s, seed %s", positions[i], applied, seed)
                        .isEqualTo(positions[i] <= applied);
            }
        }
    }

    @Test
    void aCancelledWaiterHearsNothingAndTheOthersStillDo() {
        receiver.receive().subscribe();
        List<TestSubscriber<Void>> waiters =
                IntStream.range(0, 9).mapToObj(i -> await(LOG, 5 + i % 3)).toList();
        for (int i = 0; i < 9; i += 2) {
            waiters.get(i).cancel();
        }
        send(Leader.segment(LOG, 1, 10));
        timer.advanceTimeBy(FIVE);
        for (int i = 0; i < 9; i++) {
            assertThat(waiters.get(i).isTerminatedComplete()).isEqualTo(i % 2 == 1);
            assertThat(waiters.get(i).isTerminatedError()).isFalse();
        }
    }

    @Test
    void waitersFailWhenTheReceiverEnds() {
        receiver.receive().subscribe();
        send(Leader.segment(LOG, 1, 10));
        TestSubscriber<Void> waiter = await(LOG, 11);
        TestSubscriber<Void> unseen = await(OTHER, 1);
        source.tryEmitComplete().orThrow();

        assertThat(waiter.expectTerminalError()).isInstanceOf(ReceiverEndedException.class);
        assertThat(unseen.expectTerminalError()).isInstanceOf(ReceiverEndedException.class);
    }

    @Test
    void afterTheEndAPositionIsReachedOrNeverWillBe() {
        receiver.receive().subscribe();
        send(Leader.segment(LOG, 1, 10));
        source.tryEmitComplete().orThrow();

        assertThat(await(LOG, 10).isTerminatedComplete()).isTrue();
        assertThat(await(LOG, 11).expectTerminalError()).isInstanceOf(ReceiverEndedException.class);
        assertThat(await(OTHER, 1).expectTerminalError()).isInstanceOf(ReceiverEndedException.class);
    }

    @Test
    void waitersFailWhenTheReceiverIsStoppedBeforeItStarted() {
        TestSubscriber<Void> waiter = await(LOG, 1);
        receiver.stop(FIVE).block();
        assertThat(waiter.expectTerminalError()).isInstanceOf(ReceiverEndedException.class);
        assertThat(await(OTHER, 1).expectTerminalError()).isInstanceOf(ReceiverEndedException.class);
    }

    @Test
    void whatALedgerHoldsFromBeforeCountsAsSoonAsItsPartIsOpened() {
        SegmentReceiver resumes = receiver(
                new SignalLedger() {
                    @Override
                    public LedgerPart open(LogId log) {
                        return new SelfDurablePart() {
                            @Override
                            public long durableThrough() {
                                return 100;
                            }

                            @Override
                            public void applyWalEvent(long entity, int type, float weight, long nanos) {}
                        };
                    }

                    @Override
                    public Set<LogId> logs() {
                        return Set.of(LOG);
                    }
                },
                10);
        TestSubscriber<Void> waiter = TestSubscriber.create();
        resumes.awaitApplied(LOG, 50, FIVE).subscribe(waiter);
        resumes.receive().subscribe();

        assertThat(waiter.isTerminatedComplete()).isTrue();
        resumes.stop(Duration.ZERO).block();
    }

    private SegmentReceiver receiver(SignalLedger ledger, int maxLogs) {
        ReceiverOptions options = ReceiverOptions.builder()
                .replayScheduler(Schedulers.immediate())
                .timer(timer)
                .maxLogs(maxLogs)
                .maxHeldBytesPerLog(2000)
                .build();
        return SegmentReceiver.create(transport, ledger, Schemas.FOUR_TYPES, options);
    }

    private TestSubscriber<Void> await(LogId log, long position) {
        TestSubscriber<Void> waiter = TestSubscriber.create();
        receiver.awaitApplied(log, position, FIVE).subscribe(waiter);
        return waiter;
    }

    private void send(WalSegmentPayload segment) {
        source.tryEmitNext(segment).orThrow();
    }
}
