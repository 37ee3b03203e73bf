package io.walreceiver;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.format.LogId;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.outcome.SegmentOutcome.Abandoned;
import io.walreceiver.outcome.SegmentOutcome.Applied;
import io.walreceiver.outcome.SegmentOutcome.Deferred;
import io.walreceiver.transport.Transport;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

/** A source that cannot send again: nothing is let go, so one log that stands still stops all. */
class PlainFluxTest {

    private static final LogId STALLED = new LogId(1, 0);
    private static final LogId OTHER = new LogId(1, 1);

    @Test
    void nothingIsDeferredHoweverLongALogStandsStill() {
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        Sinks.Empty<Void> gate = Sinks.empty();
        CountingLedger ledger = new CountingLedger(log -> log.equals(STALLED) ? gate.asMono() : Mono.empty());
        int size = Leader.tiny(OTHER, 1).bytes().length;
        SegmentReceiver receiver = SegmentReceiver.create(
                Transport.of(Flux.range(0, 400).map(i -> Leader.tiny(i % 2 == 0 ? STALLED : OTHER, i / 2 + 1))),
                ledger,
                Schemas.FOUR_TYPES,
                ReceiverOptions.builder()
                        .maxInFlightBytes(20L * size)
                        .maxSegmentBytes(size)
                        .timer(time)
                        .replayScheduler(Schedulers.immediate())
                        .build());
        List<SegmentOutcome> outcomes = new CopyOnWriteArrayList<>();
        receiver.receive().subscribe(outcomes::add);
        time.advanceTimeBy(Duration.ofHours(1));

        assertThat(ledger.through(OTHER)).as("stopped by the other").isLessThan(200);
        assertThat(outcomes).noneMatch(Deferred.class::isInstance);

        gate.tryEmitEmpty();
        time.advanceTimeBy(Duration.ofSeconds(1));
        assertThat(outcomes).hasSize(400).allMatch(Applied.class::isInstance);
        assertThat(ledger.wrong).hasValue(0);
    }

    @Test
    void whatWasRefusedStaysMissingAndIsInTheReport() {
        SegmentReceiver receiver = SegmentReceiver.create(
                Transport.of(Flux.just(
                        Leader.segment(OTHER, 1, 5),
                        Leader.corrupt(Leader.segment(OTHER, 6, 5)),
                        Leader.segment(OTHER, 11, 5))),
                new CountingLedger(),
                Schemas.FOUR_TYPES);

        StepVerifier.create(receiver.receive().filter(Abandoned.class::isInstance))
                .assertNext(
                        outcome -> assertThat(((Abandoned) outcome).reason()).contains("6..10 never came"))
                .verifyComplete();
        StopReport report = receiver.stop(Duration.ZERO).block();
        assertThat(report.complete()).isFalse();
        assertThat(report.outcomes().appliedEvents()).isEqualTo(5);
    }
}
