package io.walreceiver;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.ledger.LedgerPart;
import io.walreceiver.ledger.SelfDurablePart;
import io.walreceiver.ledger.SignalLedger;
import io.walreceiver.log.LogState;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.outcome.SegmentOutcome.Applied;
import io.walreceiver.outcome.SegmentOutcome.Deferred;
import io.walreceiver.outcome.SegmentOutcome.Duplicate;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
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

/** Whatever a user's transport or ledger throws, and wherever: a log may stop, neither the stream nor its end. */
class ThrowingCollaboratorsTest {

    private static final LogId LOG = new LogId(1, 0);
    private static final LogId OTHER = new LogId(1, 1);
    private static final Duration LONG = Duration.ofMinutes(1);

    private final VirtualTimeScheduler timer = VirtualTimeScheduler.create();
    private final Sinks.Many<WalSegmentPayload> source = Sinks.many().unicast().onBackpressureBuffer();
    private final AtomicBoolean fails = new AtomicBoolean(true);
    private final TestSubscriber<SegmentOutcome> outcomes = TestSubscriber.create();

    @AfterEach
    void end() {
        outcomes.cancel();
        timer.dispose();
    }

    @Test
    void aHeadThatThrowsIsUnknownAndKeepsNobodyFromHearingOfTheEnd() {
        SegmentReceiver receiver = start(
                new ScriptedTransport(source.asFlux()) {
                    @Override
                    public OptionalLong head(LogId log) {
                        throw new IllegalStateException("not connected");
                    }
                },
                new RecordingLedger());
        TestSubscriber<ReceiverStatus> changes = TestSubscriber.create();
        receiver.statusChanges().subscribe(changes);
        send(Leader.segment(LOG, 1, 10));
        assertThat(receiver.status().log(LOG).orElseThrow().head()).isEmpty();

        source.tryEmitComplete().orThrow();

        assertThat(outcomes.isTerminatedComplete()).isTrue();
        assertThat(changes.isTerminatedComplete()).isTrue();
        assertThat(receiver.stop(LONG).block(LONG).complete()).isTrue();
    }

    @Test
    void aLedgerThatDoesNotTellItsSizeStopsOnlyTheLogThatAsked() {
        SegmentReceiver receiver = start(new RecordingLedger() {
            @Override
            public long allocatedBytes() {
                if (fails.get()) {
                    throw new IllegalStateException("closed");
                }
                return 0;
            }
        });
        assertTheLogFailsAndHeals(receiver);
    }

    @Test
    void aLedgerThatOpensNoPartButAnErrorStopsOnlyItsLog() {
        SegmentReceiver receiver = start(new RecordingLedger() {
            @Override
            public LedgerPart open(LogId log) {
                if (fails.get()) {
                    throw new AssertionError("no table");
                }
                return super.open(log);
            }
        });
        assertTheLogFailsAndHeals(receiver);
    }

    /** A part that grows asks for large arrays. Half a segment is in it then, and it is not to be used any more. */
    @Test
    void aPartThatRunsOutOfMemoryInTheMiddleOfASegmentStopsOnlyItsLogAndStartsOver() {
        RecordingLedger ledger = new RecordingLedger() {
            @Override
            void beforeEvent(LogId log, long seq) {
                if (fails.get() && seq == 5) {
                    throw new OutOfMemoryError("no room for the index");
                }
            }
        };
        assertTheLogFailsAndHeals(start(ledger));
        assertThat(ledger.events(LOG)).hasSize(10);
    }

    @Test
    void aPartThatIsOpenedButDoesNotTellItsPositionIsClosed() {
        DurableLedger ledger = new DurableLedger() {
            @Override
            long position(int opened) {
                if (fails.get()) {
                    throw new IllegalStateException("connection reset");
                }
                return 0;
            }
        };
        SegmentReceiver receiver = start(ledger);
        send(Leader.segment(LOG, 1, 10));

        assertThat(receiver.status().log(LOG).orElseThrow().state()).isEqualTo(LogState.FAILED);
        assertThat(ledger.opened).hasPositiveValue();
        assertThat(ledger.closed).hasValue(ledger.opened.get());
    }

    @Test
    void aPartThatThrowsAnErrorWhenClosedKeepsNobodyFromHearingOfTheEnd() {
        SegmentReceiver receiver = start(log -> new LedgerPart() {
            @Override
            public void applyWalEvent(long entity, int type, float weight, long nanos) {}

            @Override
            public void close() {
                throw new AssertionError("closed twice");
            }
        });
        send(Leader.segment(LOG, 1, 10));
        source.tryEmitComplete().orThrow();

        assertThat(outcomes.isTerminatedComplete()).isTrue();
        assertThat(receiver.stop(LONG).block(LONG).drained()).isTrue();
    }

    @Test
    void aTransportThatAnswersWithAnErrorLosesAMessageAndStopsNothing() {
        start(
                new ScriptedTransport(source.asFlux()) {
                    @Override
                    public void acknowledge(LogId log, long through) {
                        throw new AssertionError("no such channel");
                    }
                },
                new RecordingLedger());
        send(Leader.segment(LOG, 1, 10));
        send(Leader.segment(LOG, 1, 10));
        send(Leader.segment(LOG, 11, 10));

        assertThat(outcomes.getReceivedOnNext())
                .containsExactly(
                        new Applied(Leader.id(LOG, 1), 10, 10, 0, 10),
                        new Duplicate(Leader.id(LOG, 1)),
                        new Applied(Leader.id(LOG, 11), 10, 10, 0, 20));
    }

    /** The commit had reached the disk though it reported an error, as a commit whose answer was lost does. */
    @Test
    void aPartThatIsOpenedFurtherOnThanItSaidWhenItFailedTakesNoLogBack() {
        DurableLedger ledger = new DurableLedger() {
            @Override
            long position(int opened) {
                return opened == 1 ? 5 : 20;
            }

            @Override
            Mono<Void> commit(int opened) {
                return opened == 1 ? Mono.error(new IllegalStateException("timeout")) : Mono.empty();
            }
        };
        AtomicLong durableOfFirst = ledger.durableOfFirst;
        SegmentReceiver receiver = start(ledger);
        send(Leader.segment(LOG, 11, 5)); // held
        durableOfFirst.set(12); // the first of two batches, as far as the failed part knows
        send(Leader.segment(LOG, 6, 15));

        LogStatus status = receiver.status().log(LOG).orElseThrow();
        assertThat(status.received()).isEqualTo(20);
        assertThat(status.applied()).isEqualTo(20);
        assertThat(outcomes.getReceivedOnNext())
                .hasSize(2)
                .contains(new Duplicate(Leader.id(LOG, 11)))
                .hasAtLeastOneElementOfType(Deferred.class);
    }

    private void assertTheLogFailsAndHeals(SegmentReceiver receiver) {
        send(Leader.segment(LOG, 1, 10));
        assertThat(outcomes.getReceivedOnNext()).hasSize(1).hasOnlyElementsOfType(Deferred.class);
        assertThat(receiver.status().log(LOG).orElseThrow().state()).isEqualTo(LogState.FAILED);
        assertThat(receiver.status().inFlightBytes()).isZero();

        fails.set(false);
        send(Leader.segment(OTHER, 1, 10));
        send(Leader.segment(LOG, 1, 10));
        assertThat(outcomes.getReceivedOnNext())
                .contains(
                        new Applied(Leader.id(OTHER, 1), 10, 10, 0, 10), new Applied(Leader.id(LOG, 1), 10, 10, 0, 10));
        assertThat(receiver.status().log(LOG).orElseThrow().state()).isEqualTo(LogState.RUNNING);
    }

    private SegmentReceiver start(SignalLedger ledger) {
        return start(new ScriptedTransport(source.asFlux()), ledger);
    }

    private SegmentReceiver start(ScriptedTransport transport, SignalLedger ledger) {
        ReceiverOptions options = ReceiverOptions.builder()
                .replayScheduler(Schedulers.immediate())
                .timer(timer)
                .build();
        SegmentReceiver receiver = SegmentReceiver.create(transport, ledger, Schemas.FOUR_TYPES, options);
        receiver.receive().subscribe(outcomes);
        return receiver;
    }

    private void send(WalSegmentPayload segment) {
        source.tryEmitNext(segment).orThrow();
    }

    /** Parts that keep their own position. */
    private static class DurableLedger implements SignalLedger {

        final AtomicInteger opened = new AtomicInteger();
        final AtomicInteger closed = new AtomicInteger();
        final AtomicLong durableOfFirst = new AtomicLong();

        long position(int opened) {
            return 0;
        }

        Mono<Void> commit(int opened) {
            return Mono.empty();
        }

        @Override
        public LedgerPart open(LogId log) {
            int number = opened.incrementAndGet();
            return new SelfDurablePart() {
                @Override
                public long durableThrough() {
                    return number == 1 && durableOfFirst.get() > 0 ? durableOfFirst.get() : position(number);
                }

                @Override
                public void applyWalEvent(long entity, int type, float weight, long nanos) {}

                @Override
                public Mono<Void> commit(long through) {
                    return DurableLedger.this.commit(number);
                }

                @Override
                public void close() {
                    closed.incrementAndGet();
                }
            };
        }
    }

    @Test
    void aTransportThatCannotSayWhetherItSendsAgainFailsTheStreamAndEndsTheReceiver() {
        ScriptedTransport broken = new ScriptedTransport(Flux.never()) {
            @Override
            public boolean canSendAgain() {
                throw new IllegalStateException("not connected");
            }
        };
        SegmentReceiver receiver = SegmentReceiver.create(broken, new RecordingLedger(), Schemas.FOUR_TYPES);

        StepVerifier.create(receiver.receive()).verifyErrorMessage("not connected");
        assertThat(receiver.stop(Duration.ofMinutes(1)).block().status().phase())
                .isEqualTo(ReceiverStatus.Phase.STOPPED);
    }
}
