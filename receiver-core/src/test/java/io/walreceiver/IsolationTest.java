package io.walreceiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walreceiver.SimulatedLeader.Manner;
import io.walreceiver.format.LogId;
import io.walreceiver.outcome.SegmentOutcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** One log that stands still stops no other, whatever the manners of its sender, and memory stays bounded. */
class IsolationTest {

    private static final int SEGMENTS = 100_000;
    private static final LogId STALLED = new LogId(1, 0);
    private static final List<LogId> HEALTHY =
            IntStream.range(1, 5).mapToObj(shard -> new LogId(1, shard)).toList();

    @ParameterizedTest
    @CsvSource({"DUMB, false", "DUMB, true", "HOLD, false", "HOLD, true", "WINDOW, false", "WINDOW, true"})
    void oneStalledLogStopsNoOther(Manner manner, boolean heals) {
        Sinks.Empty<Void> gate = Sinks.empty();
        CountingLedger ledger = new CountingLedger(log -> log.equals(STALLED) ? gate.asMono() : Mono.empty());
        try (SimulatedLeader leader = new SimulatedLeader(manner, 32 << 10)) {
            int stalledSegments = heals ? 20_000 : SEGMENTS;
            leader.log(STALLED, stalledSegments, 1);
            HEALTHY.forEach(log -> leader.log(log, SEGMENTS, 1));
            SegmentReceiver receiver = SegmentReceiver.create(
                    leader,
                    ledger,
                    Schemas.FOUR_TYPES,
                    ReceiverOptions.builder()
                            .maxInFlightBytes(1 << 20)
                            .maxSegmentBytes(64 << 10)
                            .maxHeldBytesPerLog(128 << 10)
                            .patience(Duration.ofMillis(100))
                            .build());
            AtomicLong deferred = new AtomicLong();
            AtomicBoolean completed = new AtomicBoolean();
            receiver.receive().doOnComplete(() -> completed.set(true)).subscribe(outcome -> {
                if (outcome instanceof SegmentOutcome.Deferred) {
                    deferred.incrementAndGet();
                }
            });

            await().atMost(Duration.ofMinutes(4))
                    .until(() -> HEALTHY.stream().allMatch(log -> ledger.through(log) == SEGMENTS));
            assertThat(receiver.status().log(STALLED).orElseThrow().applied()).isZero();
            if (heals) {
                gate.tryEmitEmpty();
                await().atMost(Duration.ofMinutes(4)).until(() -> ledger.through(STALLED) == stalledSegments);
            }
            leader.finish();
            StopReport report =
                    receiver.stop(heals ? Duration.ofMinutes(1) : Duration.ZERO).block();

            assertThat(ledger.wrong).hasValue(0);
            assertThat(report.status().peakInFlightBytes()).isPositive().isLessThanOrEqualTo(1 << 20);
            assertThat(report.notDrained()).isEqualTo(heals ? List.of() : List.of(STALLED));
            await().untilTrue(completed);
            if (manner == Manner.WINDOW) {
                assertThat(deferred)
                        .as("a sender that keeps its window is never asked twice")
                        .hasValue(0);
            }
        }
    }

    @Test
    void aThousandStalledLogsBesideAThousandHealthyOnes() {
        CountingLedger ledger = new CountingLedger(log -> log.region() == 1 ? Mono.never() : Mono.empty());
        try (SimulatedLeader leader = new SimulatedLeader(Manner.HOLD, 0)) {
            IntStream.range(0, 1_000)
                    .forEach(shard -> leader.log(new LogId(1, shard), 50, 1).log(new LogId(2, shard), 50, 1));
            SegmentReceiver receiver = SegmentReceiver.create(
                    leader,
                    ledger,
                    Schemas.FOUR_TYPES,
                    ReceiverOptions.builder()
                            .maxInFlightBytes(1 << 20)
                            .maxSegmentBytes(1 << 10)
                            .patience(Duration.ofMillis(100))
                            .build());
            receiver.receive().subscribe();

            await().atMost(Duration.ofMinutes(4))
                    .until(() ->
                            IntStream.range(0, 1_000).allMatch(shard -> ledger.through(new LogId(2, shard)) == 50));

            StopReport report = receiver.stop(Duration.ZERO).block();
            assertThat(report.status().peakInFlightBytes()).isLessThanOrEqualTo(1 << 20);
            assertThat(report.notDrained()).hasSize(1_000).allMatch(log -> log.region() == 1);
            assertThat(ledger.wrong).hasValue(0);
        }
    }

    /** The limit that is left, and its alarm: when stalled logs pin one segment each and that is the budget, nothing moves. */
    @Test
    void stalledLogsThatPinTheWholeBudgetRaiseAnAlarm() {
        Sinks.Empty<Void> gate = Sinks.empty();
        CountingLedger ledger = new CountingLedger(log -> log.region() == 1 ? gate.asMono() : Mono.empty());
        try (SimulatedLeader leader = new SimulatedLeader(Manner.HOLD, 0)) {
            IntStream.range(0, 20).forEach(shard -> leader.log(new LogId(1, shard), 1_000, 100));
            SegmentReceiver receiver = SegmentReceiver.create(
                    leader,
                    ledger,
                    Schemas.FOUR_TYPES,
                    ReceiverOptions.builder()
                            .maxInFlightBytes(8 << 10)
                            .maxSegmentBytes(4 << 10)
                            .patience(Duration.ofMillis(100))
                            .maxResendDelay(Duration.ofMillis(200))
                            .build());
            receiver.receive().subscribe();

            await().atMost(Duration.ofMinutes(1)).until(() -> receiver.status().roomRanOut());

            gate.tryEmitEmpty();
            await().atMost(Duration.ofMinutes(2))
                    .until(() ->
                            IntStream.range(0, 20).allMatch(shard -> ledger.through(new LogId(1, shard)) == 1_000));
            assertThat(receiver.status().roomRanOut())
                    .as("the alarm is off again")
                    .isFalse();
            assertThat(receiver.stop(Duration.ofMinutes(1)).block().drained()).isTrue();
        }
    }
}
