package io.walreceiver;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.log.LogState;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.outcome.SegmentOutcome.Abandoned;
import io.walreceiver.outcome.SegmentOutcome.Applied;
import io.walreceiver.outcome.SegmentOutcome.Deferred;
import io.walreceiver.outcome.SegmentOutcome.Duplicate;
import io.walreceiver.outcome.SegmentOutcome.Refused;
import io.walreceiver.schema.InvalidEventPolicy;
import io.walreceiver.schema.SignalSchema;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.test.scheduler.VirtualTimeScheduler;

/** What lies behind a gap is held, bounded, and never stepped over; other logs do not notice. */
class GapTest {

    private static final LogId LOG = new LogId(1, 3);
    private static final LogId OTHER = new LogId(1, 4);

    private final RecordingLedger ledger = new RecordingLedger();
    private final Sinks.Many<WalSegmentPayload> source = Sinks.many().unicast().onBackpressureBuffer();
    private final ScriptedTransport transport = new ScriptedTransport(source.asFlux());
    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final List<SegmentOutcome> outcomes = new ArrayList<>();

    private SegmentReceiver receiver(ReceiverOptions.Builder options) {
        SegmentReceiver receiver = SegmentReceiver.create(
                transport,
                ledger,
                Schemas.FOUR_TYPES,
                options.replayScheduler(Schedulers.immediate()).timer(time).build());
        receiver.receive().subscribe(outcomes::add);
        return receiver;
    }

    private void deliver(WalSegmentPayload... segments) {
        for (WalSegmentPayload segment : segments) {
            source.tryEmitNext(segment).orThrow();
        }
    }

    private static WalSegmentPayload events(int first, int last) {
        return Leader.segment(LOG, first, last - first + 1);
    }

    private LogStatus log(SegmentReceiver receiver) {
        return receiver.status().log(LOG).orElseThrow();
    }

    private void assertHoldsEventsThrough(int last) {
        assertThat(ledger.events(LOG)).hasSize(last);
        for (int i = 0; i < last; i++) {
            assertThat(ledger.events(LOG).get(i)).isEqualTo(RecordingLedger.Event.of(i + 1));
        }
    }

    @Test
    void aGapThatNeverClosesHoldsABoundedNumberOfBytesAndEndsAsAbandoned() {
        int size = events(11, 20).bytes().length;
        SegmentReceiver receiver = receiver(ReceiverOptions.builder().maxHeldBytesPerLog(3L * size));
        deliver(events(1, 10));
        for (int first = 21; first <= 91; first += 10) {
            deliver(events(first, first + 9));
        }

        assertThat(log(receiver).heldSegments()).isEqualTo(3);
        assertThat(log(receiver).heldBytes()).isLessThanOrEqualTo(3L * size);
        assertThat(log(receiver).state()).isEqualTo(LogState.GAP);
        assertThat(log(receiver).cause().orElseThrow()).contains("events 11..20 are missing");
        assertThat(outcomes.stream().filter(Deferred.class::isInstance)).hasSize(5);
        assertThat(transport.said).contains(new ScriptedTransport.Said("hold", LOG, 51));

        source.tryEmitComplete();
        assertThat(outcomes.stream().filter(Abandoned.class::isInstance).map(SegmentOutcome::segment))
                .extracting(WalSegmentId::seqno)
                .containsExactly(21L, 31L, 41L);
        StopReport report = receiver.stop(Duration.ZERO).block();
        assertThat(report.drained()).isTrue();
        assertThat(report.complete()).isFalse();
        assertThat(report.status().inFlightBytes()).isZero();
        assertHoldsEventsThrough(10);
    }

    @Test
    void aHeldRunOfTwentyThousandIsReplayedWithoutRecursion() {
        SegmentReceiver receiver = receiver(ReceiverOptions.builder());
        for (int seq = 2; seq <= 20_001; seq++) {
            deliver(events(seq, seq));
        }
        assertThat(log(receiver).heldSegments()).isEqualTo(20_000);

        deliver(events(1, 1));

        assertThat(outcomes).hasSize(20_001).allMatch(Applied.class::isInstance);
        assertHoldsEventsThrough(20_001);
        assertThat(receiver.status().inFlightBytes()).isZero();
        assertThat(log(receiver).state()).isEqualTo(LogState.RUNNING);
    }

    @Test
    void aCorruptSegmentHoldsItsOwnLogAndHealsWhenAGoodCopyArrives() {
        SegmentReceiver receiver = receiver(ReceiverOptions.builder());
        deliver(events(1, 10), Leader.corrupt(events(11, 20)), events(21, 30), Leader.segment(OTHER, 1, 10));

        assertThat(log(receiver).state()).isEqualTo(LogState.CORRUPT);
        assertThat(log(receiver).cause().orElseThrow()).contains("segment 1:3:11", "checksum", "good copy");
        assertThat(receiver.status().log(OTHER).orElseThrow().applied()).isEqualTo(10);
        assertThat(outcomes.stream().filter(Refused.class::isInstance)).hasSize(1);
        assertHoldsEventsThrough(10);

        time.advanceTimeBy(Duration.ofSeconds(1));
        assertThat(transport.said).contains(new ScriptedTransport.Said("request", LOG, 11));

        deliver(events(11, 20));
        assertThat(log(receiver).state()).isEqualTo(LogState.RUNNING);
        assertHoldsEventsThrough(30);
        int said = transport.said.size();
        time.advanceTimeBy(Duration.ofMinutes(5));
        assertThat(transport.said).as("a log that runs asks for nothing").hasSize(said);
    }

    @Test
    void aCorruptSegmentBehindAGapIsStillMissedWhenTheGapIsFilled() {
        SegmentReceiver receiver = receiver(ReceiverOptions.builder());
        deliver(events(1, 10), Leader.corrupt(events(21, 30)), events(11, 20));

        assertThat(log(receiver).applied()).isEqualTo(20);
        assertThat(log(receiver).state()).isEqualTo(LogState.CORRUPT);
        time.advanceTimeBy(Duration.ofSeconds(1));
        assertThat(transport.said).contains(new ScriptedTransport.Said("request", LOG, 21));

        deliver(events(21, 30));
        assertHoldsEventsThrough(30);
    }

    @Test
    void aCorruptCopyDoesNotShadowTheHeldOne() {
        SegmentReceiver receiver = receiver(ReceiverOptions.builder());
        deliver(events(11, 20), Leader.corrupt(events(11, 20)), events(1, 10));

        assertThat(outcomes.get(0)).isInstanceOf(Refused.class);
        assertHoldsEventsThrough(20);
        assertThat(log(receiver).state()).isEqualTo(LogState.RUNNING);
    }

    @Test
    void overlappingCutsHeldAreAppliedOnce() {
        receiver(ReceiverOptions.builder());
        deliver(events(11, 15), events(11, 20), events(16, 25), events(18, 22), events(5, 12), events(1, 6));

        assertHoldsEventsThrough(25);
        assertThat(outcomes.stream()
                        .filter(Applied.class::isInstance)
                        .mapToLong(o -> ((Applied) o).newEvents())
                        .sum())
                .isEqualTo(25);
        assertThat(outcomes).hasSize(6);
        assertThat(outcomes.stream().filter(Duplicate.class::isInstance)).hasSize(2);
    }

    @Test
    void aSegmentTooLargeIsRefusedByNameOfTheBound() {
        SegmentReceiver receiver = receiver(ReceiverOptions.builder().maxSegmentBytes(500));
        deliver(events(1, 10), events(11, 90));

        assertThat(outcomes.get(1))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.fault().describe()).contains("maxSegmentBytes", "500", "bytes"));
        assertThat(log(receiver).state()).isEqualTo(LogState.CORRUPT);
        deliver(events(11, 20), events(21, 30));
        assertHoldsEventsThrough(30);
        assertThat(log(receiver).state()).isEqualTo(LogState.RUNNING);
    }

    @Test
    void heldBytesAreGivenUpWhenOtherLogsNeedTheRoom() {
        int size = events(11, 20).bytes().length;
        SegmentReceiver receiver =
                receiver(ReceiverOptions.builder().maxSegmentBytes(8 * size).maxInFlightBytes(8L * size));
        deliver(events(11, 20));
        assertThat(log(receiver).heldSegments()).isEqualTo(1);

        WalSegmentPayload large = Leader.segment(OTHER, 1, 92);
        assertThat(large.bytes().length).as("more than is left").isBetween(7 * size + 1, 8 * size);
        deliver(large);
        time.advanceTimeBy(Duration.ofMillis(1));

        assertThat(outcomes.get(0)).isInstanceOf(Deferred.class);
        assertThat(outcomes.get(0).segment().seqno()).isEqualTo(11);
        assertThat(log(receiver).heldSegments()).isZero();
        assertThat(receiver.status().log(OTHER).orElseThrow().applied()).isEqualTo(92);

        time.advanceTimeBy(Duration.ofSeconds(1));
        assertThat(transport.said).contains(new ScriptedTransport.Said("request", LOG, 1));
        deliver(events(1, 10), events(11, 20));
        assertHoldsEventsThrough(20);
        assertThat(log(receiver).state()).isEqualTo(LogState.RUNNING);
    }

    @Test
    void invalidEventsHoldTheLogOrAreSkippedByPolicy() {
        SignalSchema narrow = SignalSchema.of(
                Schemas.FOUR_TYPES.type(0).orElseThrow(),
                Schemas.FOUR_TYPES.type(1).orElseThrow());
        for (InvalidEventPolicy policy : InvalidEventPolicy.values()) {
            RecordingLedger narrowLedger = new RecordingLedger();
            List<SegmentOutcome> came = SegmentReceiver.create(
                            new ScriptedTransport(Flux.just(events(1, 40), events(41, 50))),
                            narrowLedger,
                            narrow,
                            ReceiverOptions.builder().invalidEvents(policy).build())
                    .receive()
                    .collectList()
                    .block();
            if (policy == InvalidEventPolicy.HOLD) {
                assertThat(came.get(0)).isInstanceOf(Refused.class);
                assertThat(narrowLedger.events(LOG)).isEmpty();
            } else {
                assertThat(came.get(0)).isEqualTo(new Applied(Leader.id(LOG, 1), 40, 40, 20, 40));
                assertThat(narrowLedger.events(LOG)).hasSize(25).allMatch(event -> event.signalType() < 2);
                assertThat(narrowLedger.through(LOG)).isEqualTo(50);
            }
        }
    }

    @Test
    void aFullLedgerStopsTheLogVisiblyAndItGoesOnWhenThereIsRoom() {
        long[] allocated = {100};
        RecordingLedger full = new RecordingLedger() {
            @Override
            public long allocatedBytes() {
                return allocated[0];
            }
        };
        SegmentReceiver receiver = SegmentReceiver.create(
                transport,
                full,
                Schemas.FOUR_TYPES,
                ReceiverOptions.builder()
                        .maxLedgerBytes(100)
                        .replayScheduler(Schedulers.immediate())
                        .timer(time)
                        .build());
        receiver.receive().subscribe(outcomes::add);
        deliver(events(1, 10));

        assertThat(outcomes).singleElement().isInstanceOf(Deferred.class);
        assertThat(log(receiver).state()).isEqualTo(LogState.LEDGER_FULL);
        assertThat(log(receiver).cause().orElseThrow()).contains("maxLedgerBytes");

        allocated[0] = 99;
        time.advanceTimeBy(Duration.ofSeconds(1));
        assertThat(transport.said).contains(new ScriptedTransport.Said("request", LOG, 1));
        deliver(events(1, 10));
        assertThat(full.events(LOG)).hasSize(10);
        assertThat(log(receiver).state()).isEqualTo(LogState.RUNNING);
    }
}
