package io.walreceiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walreceiver.SimulatedLeader.Manner;
import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.outcome.SegmentOutcome;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

class ManyLogsTest {

    @Test
    void aMillionSegmentsOfOneBatchEach() {
        int perLog = 250_000;
        CountingLedger ledger = new CountingLedger();
        Flux<WalSegmentPayload> segments =
                Flux.range(0, 4 * perLog).map(i -> Leader.tiny(new LogId(1, i % 4), i / 4 + 1));

        SegmentReceiver receiver = SegmentReceiver.create(new ScriptedTransport(segments), ledger, Schemas.FOUR_TYPES);

        StepVerifier.create(receiver.receive()
                        .filter(SegmentOutcome.Applied.class::isInstance)
                        .count())
                .expectNext(4L * perLog)
                .verifyComplete();
        assertThat(ledger.events).hasValue(4L * perLog);
        assertThat(ledger.wrong).hasValue(0);
    }

    @Test
    void twoThousandLogsThatAppearAtAnyTime() {
        int logs = 2_000;
        CountingLedger ledger = new CountingLedger();
        // Log n appears after n segments of each of the logs before it.
        Flux<WalSegmentPayload> segments = Flux.range(1, 40)
                .concatMap(round -> Flux.range(0, logs)
                        .filter(log -> log * 20 / logs < round)
                        .map(log -> Leader.tiny(new LogId(log % 7, log), round - log * 20 / logs)));

        SegmentReceiver receiver = SegmentReceiver.create(new ScriptedTransport(segments), ledger, Schemas.FOUR_TYPES);

        StepVerifier.create(receiver.receive()
                        .filter(SegmentOutcome.Applied.class::isInstance)
                        .count())
                .assertNext(applied -> assertThat(applied).isEqualTo(ledger.events.get()))
                .verifyComplete();
        assertThat(receiver.status().logs())
                .hasSize(logs)
                .allMatch(log -> log.cause().isEmpty());
        assertThat(IntStream.range(0, logs)
                        .mapToLong(log -> 40 - log * 20 / logs)
                        .sum())
                .isEqualTo(ledger.events.get());
        assertThat(ledger.wrong).hasValue(0);
    }

    @Test
    void fiveThousandLogsSlowAndFastMixed() {
        Scheduler slow = Schedulers.newSingle("slow-ledger", true);
        try (SimulatedLeader leader = new SimulatedLeader(Manner.HOLD, 0)) {
            CountingLedger ledger = new CountingLedger(
                    log -> log.shard() % 10 == 0 ? Mono.<Void>empty().subscribeOn(slow) : Mono.empty());
            IntStream.range(0, 5_000).forEach(shard -> leader.log(new LogId(1, shard), 10, 1));
            SegmentReceiver receiver = SegmentReceiver.create(
                    leader,
                    ledger,
                    Schemas.FOUR_TYPES,
                    ReceiverOptions.builder()
                            .maxLogs(5_000)
                            .maxInFlightBytes(4 << 20)
                            .maxSegmentBytes(64 << 10)
                            .build());
            receiver.receive().subscribe();

            await().atMost(Duration.ofMinutes(4)).until(() -> ledger.events.get() == 50_000);

            assertThat(receiver.stop(Duration.ofMinutes(1)).block().drained()).isTrue();
            assertThat(ledger.wrong).hasValue(0);
        } finally {
            slow.dispose();
        }
    }

    @Test
    void aLogMoreThanAllowedIsLetGoAndSaidSo() {
        CountingLedger ledger = new CountingLedger();
        SegmentReceiver receiver = SegmentReceiver.create(
                new ScriptedTransport(Flux.range(0, 3).map(shard -> Leader.tiny(new LogId(1, shard), 1))),
                ledger,
                Schemas.FOUR_TYPES,
                ReceiverOptions.builder().maxLogs(2).build());

        StepVerifier.create(receiver.receive().ofType(SegmentOutcome.Deferred.class))
                .assertNext(outcome -> assertThat(outcome.reason()).contains("log 1:2", "maxLogs=2"))
                .verifyComplete();
        assertThat(ledger.events).hasValue(2);
        assertThat(receiver.status().tooManyLogs()).isTrue();
        assertThat(receiver.stop(Duration.ZERO).block().complete())
                .as("a log that nobody replays is missing")
                .isFalse();
    }

    /** Busy logs are served alike: when the first is done, none is far behind. */
    @Test
    void busyLogsAreServedInTurn() {
        Queue<Runnable> tasks = new ArrayDeque<>();
        CountingLedger ledger = new CountingLedger();
        long slowest = slowestWhenTheFirstIsDone(ledger, Schedulers.fromExecutor(tasks::add), 2_000, () -> {
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                task.run();
            }
        });
        assertThat(slowest).isGreaterThan(2_000 * 2 / 3);
    }

    /**
     * The same on real threads. The machine may take one of them away for as long as the first log needs, which says nothing of the
     * receiver: it is unfair when it is so every time.
     */
    @Test
    void busyLogsAreServedFairlyOnBothKindsOfScheduler() {
        Scheduler parallel = Schedulers.newParallel("fair", 2, true);
        try {
            assertThat(fairestOfUpToFive(parallel, 20_000)).isGreaterThan(20_000 / 5);
            assertThat(fairestOfUpToFive(null, 20_000)).isGreaterThan(20_000 / 5);
        } finally {
            parallel.dispose();
        }
    }

    private static long fairestOfUpToFive(@Nullable Scheduler scheduler, int perLog) {
        long fairest = 0;
        for (int i = 0; i < 5 && fairest <= perLog / 5; i++) {
            fairest = Math.max(fairest, slowestWhenTheFirstIsDone(new CountingLedger(), scheduler, perLog, () -> {}));
        }
        return fairest;
    }

    private static long slowestWhenTheFirstIsDone(
            CountingLedger ledger, @Nullable Scheduler scheduler, int perLog, Runnable work) {
        int logs = 8;
        AtomicLong slowest = new AtomicLong(Long.MAX_VALUE);
        ReceiverOptions.Builder options = ReceiverOptions.builder();
        if (scheduler != null) {
            options.replayScheduler(scheduler);
        }
        Flux<WalSegmentPayload> segments =
                Flux.range(0, logs * perLog).map(i -> Leader.tiny(new LogId(1, i % logs), i / logs + 1));
        SegmentReceiver receiver =
                SegmentReceiver.create(new ScriptedTransport(segments), ledger, Schemas.FOUR_TYPES, options.build());
        Mono<Void> done = receiver.receive()
                .doOnNext(outcome -> {
                    if (ledger.through(outcome.segment().log()) == perLog) {
                        slowest.compareAndSet(
                                Long.MAX_VALUE,
                                ledger.parts.values().stream()
                                        .mapToLong(part -> part.through)
                                        .min()
                                        .orElse(0));
                    }
                })
                .then()
                .cache();
        done.subscribe();
        work.run();
        done.block(Duration.ofMinutes(4));
        assertThat(ledger.wrong).hasValue(0);
        return slowest.get();
    }
}
