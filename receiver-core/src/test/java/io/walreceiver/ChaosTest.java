package io.walreceiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walreceiver.SimulatedLeader.Manner;
import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.outcome.SegmentOutcome.Applied;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Drops, repeats, swaps, corrupts and re-cuts segments at random, under random bounds and demand, until every log is whole.
 * {@code -Dchaos.seeds=N} runs more of them, {@code -Dchaos.seed=S} starts at one.
 */
class ChaosTest {

    private static final int EVENTS = 600;

    @Test
    @Timeout(36_000)
    void whateverTheWireDoesEveryEventIsAppliedOnceAndInOrder() {
        int seeds = Integer.getInteger("chaos.seeds", 120);
        long first = Long.getLong("chaos.seed", System.nanoTime());
        System.out.println("chaos: seeds " + first + ".." + (first + seeds - 1)
                + ", repeat one with -Dchaos.seeds=1 -Dchaos.seed=N");
        Scheduler slow = Schedulers.newSingle("slow-ledger", true);
        try {
            for (long seed = first; seed < first + seeds; seed++) {
                run(seed, slow);
            }
        } finally {
            slow.dispose();
        }
    }

    private static void run(long seed, Scheduler slow) {
        Random random = new Random(seed);
        int logs = 1 + random.nextInt(6);
        Manner manner = Manner.values()[random.nextInt(3)];
        int maxSegment = 64 + 40 * 21;
        long budget = maxSegment + (long) (random.nextDouble() * random.nextDouble() * 100_000);
        CountingLedger ledger = new CountingLedger(
                log -> log.shard() % 3 == 2 ? Mono.<Void>empty().subscribeOn(slow) : Mono.empty());
        try (SimulatedLeader leader = new RudeLeader(manner, 2_000 + random.nextInt(20_000), random)) {
            for (int shard = 0; shard < logs; shard++) {
                leader.log(new LogId(1, shard), EVENTS, 1 + random.nextInt(40));
            }
            SegmentReceiver receiver = SegmentReceiver.create(
                    leader,
                    ledger,
                    Schemas.FOUR_TYPES,
                    ReceiverOptions.builder()
                            .maxSegmentBytes(maxSegment)
                            .maxInFlightBytes(budget)
                            .maxHeldBytesPerLog(random.nextInt(30_000))
                            .patience(Duration.ofMillis(1 + random.nextInt(5)))
                            .minResendDelay(Duration.ofMillis(1))
                            .maxResendDelay(Duration.ofMillis(20))
                            .parallelism(1 + random.nextInt(4))
                            .build());
            Reader reader = new Reader(random.nextInt(3) == 0 ? 1 + random.nextInt(20) : Long.MAX_VALUE);
            receiver.receive().subscribe(reader);

            try {
                await().atMost(Duration.ofMinutes(1))
                        .pollInterval(Duration.ofMillis(1))
                        .until(() -> IntStream.range(0, logs)
                                .allMatch(shard -> ledger.through(new LogId(1, shard)) == EVENTS));
            } catch (ConditionTimeoutException e) {
                throw new AssertionError("seed " + seed + ", " + manner + ": " + receiver.status(), e);
            }
            leader.finish();
            StopReport report = receiver.stop(Duration.ofMinutes(2)).block();

            assertThat(ledger.wrong).as("seed %d", seed).hasValue(0);
            assertThat(ledger.events).as("seed %d", seed).hasValue((long) logs * EVENTS);
            assertThat(reader.newEvents).as("seed %d", seed).hasValue((long) logs * EVENTS);
            assertThat(reader.tooMany).as("seed %d: demand", seed).hasValue(0);
            assertThat(report.drained()).as("seed %d", seed).isTrue();
            assertThat(report.status().inFlightBytes())
                    .as("seed %d: leak", seed)
                    .isZero();
            assertThat(report.status().peakInFlightBytes())
                    .as("seed %d: bound", seed)
                    .isLessThanOrEqualTo(budget);
        }
    }

    /** A leader on a bad line. */
    private static final class RudeLeader extends SimulatedLeader {

        private final Random random;

        RudeLeader(Manner manner, long windowBytes, Random random) {
            super(manner, windowBytes);
            this.random = new Random(random.nextLong());
        }

        @Override
        protected List<WalSegmentPayload> cut(Log log) {
            long first = Math.max(1, log.next - (random.nextInt(8) == 0 ? random.nextInt(10) : 0));
            long last = Math.min(log.events, log.next + random.nextInt(log.eventsPerSegment));
            WalSegmentPayload segment = Leader.segment(log.id, first, (int) Math.min(40, last - first + 1));
            log.next = Math.max(log.next, first + segment.eventCount());
            List<WalSegmentPayload> sent = new ArrayList<>(List.of(segment));
            switch (random.nextInt(16)) {
                case 0 -> sent.clear();
                case 1 -> sent.add(segment);
                case 2 -> sent.set(0, Leader.corrupt(segment));
                case 3 -> {
                    if (log.next <= log.events) {
                        sent.addAll(super.cut(log));
                        Collections.reverse(sent);
                    }
                }
                default -> {}
            }
            // An empty list would mean that no log has anything to send.
            return sent.isEmpty() ? List.of(Leader.corrupt(segment)) : sent;
        }
    }

    /** Asks for some outcomes at a time, and counts what comes unasked. */
    private static final class Reader extends BaseSubscriber<SegmentOutcome> {

        final AtomicLong newEvents = new AtomicLong();
        final AtomicInteger tooMany = new AtomicInteger();
        private final long batch;
        private long wanted;

        Reader(long batch) {
            this.batch = batch;
        }

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            wanted = batch;
            request(batch);
        }

        @Override
        protected void hookOnNext(SegmentOutcome outcome) {
            if (outcome instanceof Applied applied) {
                newEvents.addAndGet(applied.newEvents());
            }
            if (batch == Long.MAX_VALUE) {
                return;
            }
            if (--wanted < 0) {
                tooMany.incrementAndGet();
            }
            if (wanted == 0) {
                wanted = batch;
                Schedulers.parallel().schedule(() -> request(batch));
            }
        }
    }
}
