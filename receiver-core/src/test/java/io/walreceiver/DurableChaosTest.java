package io.walreceiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walreceiver.SimulatedLeader.Manner;
import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.log.LogState;
import io.walreceiver.storage.CommitPolicy;
import io.walreceiver.storage.disk.SimulatedDisk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A bad line, a bad disk, and restarts of every kind, under random bounds and policies, until every log is whole and durable. The
 * leader forgets what was acknowledged: if any of it is lost, its log never gets whole. {@code -Ddurable.chaos.seeds=N} runs more, {@code -Ddurable.chaos.seed=S} starts at one.
 */
class DurableChaosTest extends DurableCase {

    private static final Duration DRAINING = Duration.ofSeconds(20);
    private static final int EVENTS = 600;

    @Test
    @Timeout(36_000)
    void whateverWireAndDiskDoEveryEventIsAppliedOnceAndWhatWasAcknowledgedIsKept() {
        int seeds = Integer.getInteger("durable.chaos.seeds", 40);
        long first = Long.getLong("durable.chaos.seed", System.nanoTime());
        System.out.println("durable chaos: seeds " + first + ".." + (first + seeds - 1)
                + ", repeat one with -Ddurable.chaos.seeds=1 -Ddurable.chaos.seed=N");
        Scheduler watching = Schedulers.newParallel("watching", 1);
        try {
            for (long seed = first; seed < first + seeds; seed++) {
                run(seed, watching);
            }
        } finally {
            watching.dispose();
        }
    }

    private void run(long seed, Scheduler watching) {
        Random random = new Random(seed);
        outcomes.clear();
        disk = new SimulatedDisk(seed);
        LogId[] logs = IntStream.rangeClosed(0, random.nextInt(4))
                .mapToObj(shard -> new LogId(1, shard))
                .toArray(LogId[]::new);
        Manner manner = Manner.values()[random.nextInt(3)];
        try (RudeLeader leader = new RudeLeader(manner, 2_000 + random.nextInt(20_000), random)) {
            for (LogId log : logs) {
                leader.log(log, EVENTS, 1 + random.nextInt(40));
            }
            for (int run = 0, runs = random.nextInt(5); run < runs; run++) {
                Watched watched = new Watched(begin(leader, random), watching);
                int target = random.nextInt(EVENTS);
                int faults = random.nextInt(3);
                for (int fault = 0; fault < faults; fault++) {
                    awaitDurable(seed, watched, logs, target / faults * fault);
                    fail(random);
                }
                awaitDurable(seed, watched, logs, target);
                end(watched, random);
                watched.check(seed);
            }
            Watched watched = new Watched(begin(leader, random), watching);
            awaitDurable(seed, watched, logs, EVENTS);
            await().until(() -> watched.receiver.status().logs().stream()
                    .allMatch(log -> log.state() == LogState.RUNNING && log.acknowledged() == EVENTS));
            watched.check(seed);
            assertThat(readings(ledger)).as("seed %d", seed).isEqualTo(expected(EVENTS, logs));
            stopAll();
            watched.stop();
            assertThat(disk.openFiles()).as("seed %d: files left open", seed).isZero();
        }
    }

    private SegmentReceiver begin(RudeLeader leader, Random random) {
        ledger = InMemorySignalLedger.create(Schemas.FOUR_TYPES);
        int maxSegment = 64 + 40 * 21;
        return started(SegmentReceiver.create(
                leader,
                ledger,
                Schemas.FOUR_TYPES,
                storage()
                        .maxFileBytes(1 + random.nextInt(5_000))
                        .commitPolicy(
                                random.nextBoolean()
                                        ? CommitPolicy.commit()
                                        : CommitPolicy.interval(Duration.ofMillis(1 + random.nextInt(20))))
                        .build(),
                ReceiverOptions.builder()
                        .maxSegmentBytes(maxSegment)
                        .maxInFlightBytes(maxSegment + (long) (random.nextDouble() * random.nextDouble() * 100_000))
                        .maxHeldBytesPerLog(random.nextInt(30_000))
                        .patience(Duration.ofMillis(1 + random.nextInt(5)))
                        .minResendDelay(Duration.ofMillis(1))
                        .maxResendDelay(Duration.ofMillis(20))
                        .parallelism(1 + random.nextInt(4))
                        .build()));
    }

    private void fail(Random random) {
        int nth = 1 + random.nextInt(5);
        switch (random.nextInt(4)) {
            case 0 -> disk.failSync(nth);
            case 1 -> disk.failWrite(nth);
            case 2 -> {
                disk.capacity(0); // nothing more fits, for as long as it takes to notice
                Schedulers.parallel()
                        .schedule(() -> disk.capacity(Long.MAX_VALUE), 10, java.util.concurrent.TimeUnit.MILLISECONDS);
            }
            default -> disk.failRead(nth);
        }
    }

    private void end(Watched watched, Random random) {
        SimulatedDisk survivor = disk;
        switch (random.nextInt(4)) {
            case 0 -> {
                StopReport report = watched.receiver.stop(DRAINING).block(SOON);
                assertThat(report.drained()).as("%s", report).isTrue();
            }
            case 1 -> watched.receiver.stop(Duration.ZERO).block(SOON);
            case 2 -> survivor = disk.afterPowerLoss(new Random(random.nextLong()));
            default -> survivor = disk.afterProcessKill();
        }
        watched.stop();
        stopAll();
        disk = survivor;
        disk.repair();
        disk.capacity(Long.MAX_VALUE);
    }

    private static void awaitDurable(long seed, Watched watched, LogId[] logs, long through) {
        try {
            await().pollInterval(Duration.ofMillis(1)).until(() -> {
                ReceiverStatus status = watched.receiver.status();
                return List.of(logs).stream()
                        .allMatch(log -> status.log(log)
                                .filter(each -> each.durable() >= through)
                                .isPresent());
            });
        } catch (ConditionTimeoutException e) {
            throw new AssertionError("seed " + seed + ": " + watched.receiver.status(), e);
        }
    }

    /** A receiver whose positions are looked at all the time: they are always in order, and what was acknowledged stays so. */
    private static final class Watched {

        final SegmentReceiver receiver;
        private final Disposable watch;
        private final Map<LogId, Long> acknowledged = new ConcurrentHashMap<>();
        private final AtomicReference<@Nullable String> wrong = new AtomicReference<>();

        Watched(SegmentReceiver receiver, Scheduler scheduler) {
            this.receiver = receiver;
            Disposable checkpoints = Mono.defer(receiver::checkpoint)
                    .onErrorResume(e -> Mono.empty())
                    .then(Mono.delay(Duration.ofMillis(2)))
                    .repeat()
                    .subscribe();
            Disposable looks = Mono.fromRunnable(() -> receiver.status().logs().forEach(this::look))
                    .repeat()
                    .subscribeOn(scheduler)
                    .subscribe();
            this.watch = reactor.core.Disposables.composite(checkpoints, looks);
        }

        private void look(LogStatus log) {
            long before = acknowledged.getOrDefault(log.log(), 0L);
            acknowledged.put(log.log(), log.acknowledged());
            if (log.acknowledged() < before
                    || log.acknowledged() > log.durable()
                    || log.durable() > log.written()
                    || log.applied() > log.written()
                    || log.written() > log.received()) {
                wrong.compareAndSet(null, log + ", acknowledged before: " + before);
            }
        }

        void check(long seed) {
            assertThat(wrong.get()).as("seed %d", seed).isNull();
        }

        void stop() {
            watch.dispose();
        }
    }

    /** A leader on a bad line. */
    private static final class RudeLeader extends ForgetfulLeader {

        private final Random random;

        RudeLeader(Manner manner, long windowBytes, Random random) {
            super(manner, windowBytes);
            this.random = new Random(random.nextLong());
        }

        @Override
        protected List<WalSegmentPayload> cut(Log log) {
            long overlap = random.nextInt(8) == 0 ? random.nextInt(10) : 0;
            long first = Math.max(Math.min(log.acknowledged + 1, log.next), log.next - overlap);
            long last = Math.min(log.events, log.next + random.nextInt(log.eventsPerSegment));
            WalSegmentPayload segment = Leader.segment(log.id, first, (int) Math.min(40, last - first + 1));
            log.next = Math.max(log.next, first + segment.eventCount());
            List<WalSegmentPayload> sent = new ArrayList<>(List.of(segment));
            switch (random.nextInt(16)) {
                case 0 -> sent.set(0, Leader.corrupt(segment));
                case 1 -> sent.add(segment);
                case 2 -> {
                    if (log.next <= log.events) {
                        sent.addAll(super.cut(log));
                        Collections.reverse(sent);
                    }
                }
                default -> {}
            }
            return sent;
        }
    }
}
