package io.walreceiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walreceiver.ReceiverStatus.Phase;
import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.health.Health;
import io.walreceiver.health.Health.Verdict;
import io.walreceiver.health.HealthOptions;
import io.walreceiver.health.Reason;
import io.walreceiver.health.ReceiverHealth;
import io.walreceiver.log.LogState;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.storage.DirectoryStorage;
import io.walreceiver.storage.Storage;
import io.walreceiver.storage.disk.Disk;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.scheduler.VirtualTimeScheduler;
import reactor.test.subscriber.TestSubscriber;

/** The health of receivers that run, fail, wait and hang. */
class HealthOfReceiverTest {

    private static final LogId LOG = new LogId(1, 3);
    private static final LogId OTHER = new LogId(1, 4);
    private static final Duration SOON = Duration.ofMinutes(2);

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final Sinks.Many<WalSegmentPayload> source = Sinks.many().unicast().onBackpressureBuffer();
    private final Map<LogId, Long> heads = new ConcurrentHashMap<>();
    private final ScriptedTransport transport = new ScriptedTransport(source.asFlux()) {
        @Override
        public OptionalLong head(LogId log) {
            return heads.containsKey(log) ? OptionalLong.of(heads.get(log)) : OptionalLong.empty();
        }
    };
    private final AtomicInteger looks = new AtomicInteger();
    private final CountDownLatch released = new CountDownLatch(1);
    private SegmentReceiver receiver = receiver(new RecordingLedger(), Storage.inMemory());
    private ReceiverHealth health = watch();

    @AfterEach
    void end() {
        released.countDown();
        health.close();
        receiver.stop(Duration.ZERO).block(SOON);
        time.dispose();
    }

    @Test
    void aReceiverThatNobodyHasStartedLivesAndIsNotReady() {
        seconds(1000);
        assertThat(health.liveness().verdict()).isEqualTo(Verdict.UP);
        assertNotReady("not started");
    }

    @Test
    void itIsReadyOnceItHasCaughtUpAndAGapOnlyDegrades() {
        start();
        heads.put(LOG, 20L);
        send(Leader.segment(LOG, 1, 10));
        awaitApplied(LOG, 10);
        seconds(100);
        assertNotReady("catching up");
        send(Leader.segment(LOG, 11, 10));
        awaitApplied(LOG, 20);
        seconds(2);
        assertThat(health.readiness().verdict()).isEqualTo(Verdict.UP);

        send(Leader.segment(LOG, 31, 10));
        await().until(() -> receiver.status().log(LOG).orElseThrow().state() == LogState.GAP);
        seconds(1000);
        assertThat(health.liveness().verdict()).isEqualTo(Verdict.UP);
        assertThat(health.readiness().verdict()).isEqualTo(Verdict.DEGRADED);
        assertThat(health.readiness().reasons())
                .extracting(Reason::text)
                .containsExactly("log 1:3: events 21..30 are missing; the log goes on when they come");
    }

    @Test
    void aPartThatBlocksIsAStallUntilItGoesOn() {
        use(new RecordingLedger() {
            @Override
            void beforeEvent(LogId log, long seq) {
                if (seq == 11) {
                    awaitUninterruptibly(released);
                }
            }
        });
        start();
        heads.put(LOG, 20L);
        send(Leader.segment(LOG, 1, 10));
        awaitApplied(LOG, 10);
        send(Leader.segment(LOG, 11, 10));
        seconds(60);
        assertThat(health.liveness().isOk()).isTrue();
        awaitStall();
        assertThat(health.liveness().reasons()).extracting(Reason::word).containsExactly("standing still");
        released.countDown();
        awaitApplied(LOG, 20);
        seconds(1);
        assertThat(health.liveness().verdict()).isEqualTo(Verdict.UP);
    }

    @Test
    void aPartThatWaitsInItsCommitIsAStallAsWell() {
        use(new RecordingLedger() {
            @Override
            Mono<Void> commit(LogId log, long through) {
                return Mono.never();
            }
        });
        start();
        send(Leader.segment(LOG, 1, 10));
        await().until(() -> receiver.status().inFlightBytes() > 0);
        awaitStall();
    }

    @Test
    void aPartThatHangsDegradesWhileAnotherLogMoves() {
        use(new RecordingLedger() {
            @Override
            Mono<Void> commit(LogId log, long through) {
                return log.equals(LOG) ? Mono.never() : Mono.empty();
            }
        });
        start();
        send(Leader.segment(LOG, 1, 10));
        await().until(() -> receiver.status().inFlightBytes() > 0);
        for (int n = 1; n <= 100; n++) {
            send(Leader.segment(OTHER, n, 1));
            awaitApplied(OTHER, n);
            seconds(1);
        }
        assertThat(health.liveness().verdict()).isEqualTo(Verdict.DEGRADED);
        assertThat(health.liveness().reasons().get(0).log()).hasValue(LOG);
    }

    @Test
    void aPartThatFailsIsNoStall() {
        use(new RecordingLedger() {
            @Override
            void beforeEvent(LogId log, long seq) {
                throw new IllegalStateException("the database is gone");
            }
        });
        start();
        send(Leader.segment(LOG, 1, 10));
        await().until(() -> receiver.status()
                .log(LOG)
                .filter(log -> log.state() == LogState.FAILED)
                .isPresent());
        seconds(1000);
        assertThat(health.liveness().verdict()).isEqualTo(Verdict.UP);
        assertThat(health.readiness().reasons()).extracting(Reason::word).contains("failed");
    }

    @Test
    void aConsumerWithoutDemandIsNoStall() {
        TestSubscriber<SegmentOutcome> slow =
                TestSubscriber.builder().initialRequest(1).build();
        receiver.receive().subscribe(slow);
        for (int n = 0; n < 100; n++) {
            send(Leader.segment(LOG, 1 + n * 10L, 10));
        }
        await().until(() -> receiver.status().inFlightBytes() > 0
                && slow.getReceivedOnNext().size() == 1);
        seconds(1000);
        assertThat(health.liveness().verdict()).isEqualTo(Verdict.UP);
        slow.request(Long.MAX_VALUE);
        awaitApplied(LOG, 1000);
        seconds(2);
        assertThat(health.liveness().verdict()).isEqualTo(Verdict.UP);
    }

    @Test
    void aRecoveryThatTakesItsTimeLivesAndIsNotReady(@TempDir Path data) {
        HookedDisk disk = new HookedDisk(Disk.ofOperatingSystem());
        disk.hook = (operation, path) -> awaitUninterruptibly(released);
        use(new RecordingLedger(), DirectoryStorage.builder(data).disk(disk).build());
        start();
        seconds(1000);
        assertThat(receiver.status().phase()).isEqualTo(Phase.RECOVERING);
        assertThat(health.liveness().verdict()).isEqualTo(Verdict.UP);
        assertNotReady("recovering");
        released.countDown();
        await().until(() -> receiver.status().phase() == Phase.RUNNING);
    }

    /** A write that does not come back: nothing of the log can go on, and nothing says that it failed. */
    @Test
    void aDiskThatHangsInAWriteIsAStall(@TempDir Path data) {
        HookedDisk disk = new HookedDisk(Disk.ofOperatingSystem());
        use(new RecordingLedger(), DirectoryStorage.builder(data).disk(disk).build());
        start();
        await().until(() -> receiver.status().phase() == Phase.RUNNING);
        disk.hook = (operation, path) -> {
            if (path.toString().endsWith(".open")) {
                awaitUninterruptibly(released);
            }
        };
        send(Leader.segment(LOG, 1, 10));
        await().until(() -> receiver.status().inFlightBytes() > 0);
        awaitStall();
        released.countDown();
        awaitApplied(LOG, 10);
    }

    @Test
    void aReceiverThatHasStoppedLivesAndIsNotReadyAndIsNotLookedAtAnyMore() {
        start();
        heads.put(LOG, 10L);
        send(Leader.segment(LOG, 1, 10));
        awaitApplied(LOG, 10);
        seconds(2);
        assertThat(health.readiness().isOk()).isTrue();
        receiver.stop(SOON).block(SOON);
        seconds(2);
        assertThat(health.liveness().verdict()).isEqualTo(Verdict.UP);
        assertNotReady("stopped");
        int before = looks.get();
        seconds(10);
        assertThat(looks).hasValue(before);
    }

    @Test
    void aStatusThatCannotBeReadIsAStall() throws Exception {
        start();
        heads.put(LOG, 10L);
        CountDownLatch asked = new CountDownLatch(1);
        try (ReceiverHealth hanging = ReceiverHealth.watch(
                receiver,
                () -> {
                    asked.countDown();
                    awaitUninterruptibly(released);
                    return List.of();
                },
                HealthOptions.builder()
                        .lookEvery(Duration.ofMillis(10))
                        .stallAfter(Duration.ofMillis(50))
                        .build())) {
            asked.await();
            await().untilAsserted(() -> assertThat(hanging.liveness().verdict()).isEqualTo(Verdict.DOWN));
            assertThat(hanging.liveness().reasons().get(0).text()).contains("could not be read");
            released.countDown();
            await().untilAsserted(() -> assertThat(hanging.liveness().verdict()).isEqualTo(Verdict.UP));
        }
    }

    @Test
    void aSourceThatThrowsLeavesWhatWasFoundBefore() {
        boolean[] fails = {false};
        health.close();
        health = ReceiverHealth.watch(
                receiver,
                () -> {
                    if (fails[0]) {
                        throw new IllegalStateException("it was closed");
                    }
                    return List.of();
                },
                HealthOptions.builder().timer(time).build());
        start();
        heads.put(LOG, 10L);
        send(Leader.segment(LOG, 1, 10));
        awaitApplied(LOG, 10);
        seconds(2);
        Health before = health.readiness();
        fails[0] = true;
        seconds(5);
        assertThat(health.readiness()).isEqualTo(before);
        fails[0] = false;
        receiver.stop(Duration.ZERO).block(SOON);
        seconds(1);
        assertNotReady("stopped");
    }

    // ----

    private SegmentReceiver receiver(RecordingLedger ledger, Storage storage) {
        return SegmentReceiver.create(transport, ledger, Schemas.FOUR_TYPES, storage);
    }

    private ReceiverHealth watch() {
        return ReceiverHealth.watch(
                receiver,
                () -> {
                    looks.incrementAndGet();
                    return List.of();
                },
                HealthOptions.builder().timer(time).build());
    }

    private void use(RecordingLedger ledger) {
        use(ledger, Storage.inMemory());
    }

    private void use(RecordingLedger ledger, Storage storage) {
        health.close();
        receiver = receiver(ledger, storage);
        health = watch();
    }

    private void start() {
        receiver.receive().subscribe();
    }

    private void send(WalSegmentPayload segment) {
        source.emitNext(segment, Sinks.EmitFailureHandler.FAIL_FAST);
    }

    private void awaitApplied(LogId log, long position) {
        receiver.awaitApplied(log, position, SOON).block(SOON);
    }

    private void seconds(int seconds) {
        time.advanceTimeBy(Duration.ofSeconds(seconds));
    }

    /** What the workers do meanwhile takes real time, in which a log may still move. */
    private void awaitStall() {
        await().untilAsserted(() -> {
            seconds(1);
            assertThat(health.liveness().verdict()).isEqualTo(Verdict.DOWN);
        });
    }

    private void assertNotReady(String word) {
        assertThat(health.readiness().verdict()).isEqualTo(Verdict.DOWN);
        assertThat(health.readiness().reasons()).extracting(Reason::word).contains(word);
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                latch.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
