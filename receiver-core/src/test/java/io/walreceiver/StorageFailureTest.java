package io.walreceiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.log.LogState;
import io.walreceiver.outcome.SegmentOutcome.Deferred;
import io.walreceiver.storage.CommitPolicy;
import io.walreceiver.storage.DataLayout;
import io.walreceiver.storage.disk.SimulatedDisk;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/** Disks that fail or are full under a receiver that runs: its log goes back to what is durable, and on from there by itself. */
class StorageFailureTest extends DurableCase {

    private static final int EVENTS = 2_000;

    // ---- failed fsync

    @Test
    void afterAFailedSyncALogGoesOnFromWhatIsDurableAndAppliesTheRestOnce() {
        try (ForgetfulLeader leader = ForgetfulLeader.of(EVENTS, 20, A, B)) {
            AtomicLong acknowledged = new AtomicLong();
            disk.failSync(30);
            SegmentReceiver receiver = start(leader);
            receiver.statusChanges()
                    .flatMapIterable(ReceiverStatus::logs)
                    .filter(log -> log.log().equals(A))
                    .subscribe(log -> acknowledged.accumulateAndGet(
                            log.acknowledged(), (before, now) -> now < before ? Long.MAX_VALUE : now));

            awaitDurable(receiver, A, EVENTS);
            awaitDurable(receiver, B, EVENTS);

            assertHolds(EVENTS, A, B);
            assertThat(acknowledged).as("went back").doesNotHaveValue(Long.MAX_VALUE);
            assertThat(leader.askedForForgotten).hasValue(0);
            assertSurvives(leader);
        }
    }

    @Test
    void whileSyncsOfALogFailItSaysSoAndOthersGoOnAndItHealsWhenTheDiskDoes() {
        try (ForgetfulLeader leader = ForgetfulLeader.of(EVENTS, 20, A, B)) {
            disk.failSyncs(path -> isOf(A, path));
            SegmentReceiver receiver = start(leader);

            awaitState(receiver, A, LogState.IO_FAILED);
            awaitDurable(receiver, B, EVENTS);
            LogStatus failed = status(receiver, A);
            assertThat(failed.acknowledged()).isZero();
            assertThat(failed.durable()).isZero();

            disk.repair();
            awaitDurable(receiver, A, EVENTS);
            assertHolds(EVENTS, A, B);
            assertThat(leader.askedForForgotten).hasValue(0);
            assertSurvives(leader);
        }
    }

    @Test
    void whileTheDiskFailsInTheMiddleAppliedGoesBackToWhatIsDurable() {
        Sinks.Many<WalSegmentPayload> source = Sinks.many().unicast().onBackpressureBuffer();
        ScriptedTransport transport = new ScriptedTransport(source.asFlux());
        SegmentReceiver receiver = start(transport);
        source.tryEmitNext(Leader.segment(A, 1, 100)).orThrow();
        awaitDurable(receiver, A, 100);

        disk.failSyncs(path -> isOf(A, path));
        source.tryEmitNext(Leader.segment(A, 101, 100)).orThrow();
        awaitState(receiver, A, LogState.IO_FAILED);
        await().until(() -> status(receiver, A).applied() == 100);
        LogStatus failed = status(receiver, A);
        assertThat(failed.cause().orElseThrow()).contains("Input/output error").contains("wal-00001-00000-");
        assertThat(failed.acknowledged()).isEqualTo(100);
        assertThat(receiver.status().phase()).isEqualTo(ReceiverStatus.Phase.RUNNING);

        disk.repair(); // nothing more comes: it heals by itself
        await().until(() -> status(receiver, A).state() == LogState.BEHIND);
        assertHolds(100, A);
        await().until(() -> transport.said.contains(new ScriptedTransport.Said("request", A, 101)));
        source.tryEmitNext(Leader.segment(A, 101, 100)).orThrow();
        awaitDurable(receiver, A, 200);
        assertHolds(200, A);
    }

    @Test
    void aSyncThatFailsAtTheEndIsInTheReportAndNothingIsAcknowledged() {
        ScriptedTransport transport =
                new ScriptedTransport(Flux.just(Leader.segment(A, 1, 100), Leader.segment(B, 1, 100)));
        disk.failSyncs(path -> isOf(A, path));
        SegmentReceiver receiver = SegmentReceiver.create(
                transport,
                ledger,
                Schemas.FOUR_TYPES,
                storage()
                        .commitPolicy(CommitPolicy.interval(Duration.ofHours(1)))
                        .build());

        receiver.receive().blockLast(SOON);

        StopReport report = receiver.stop(Duration.ZERO).block(SOON);
        assertThat(report.complete()).isFalse();
        LogStatus failed = report.status().log(A).orElseThrow();
        assertThat(failed.state()).isEqualTo(LogState.IO_FAILED).hasToString("failed(io)");
        assertThat(failed.cause().orElseThrow()).contains("Input/output error");
        assertThat(failed.durable()).isZero();
        assertThat(transport.acknowledged).doesNotContainKey(A).containsEntry(B, 100L);

        disk.repair();
        SegmentReceiver again = start(new ScriptedTransport(Flux.just(Leader.segment(A, 1, 100))));
        awaitEnd(again);
        assertHolds(100, A, B);
    }

    @Test
    void aWriteThatFailsIsTriedAgain() {
        try (ForgetfulLeader leader = ForgetfulLeader.of(EVENTS, 20, A, B)) {
            disk.failWrite(40);
            SegmentReceiver receiver = start(leader);
            awaitDurable(receiver, A, EVENTS);
            awaitDurable(receiver, B, EVENTS);
            assertHolds(EVENTS, A, B);
            assertSurvives(leader);
        }
    }

    // ---- disk full

    @Test
    void onAFullDiskTheLogWaitsAndGoesOnWhenThereIsRoom() {
        try (ForgetfulLeader leader = ForgetfulLeader.of(EVENTS, 20, A)) {
            disk.capacity(20_000);
            SegmentReceiver receiver = start(leader);

            awaitState(receiver, A, LogState.DISK_FULL);
            assertThat(status(receiver, A).cause().orElseThrow())
                    .contains("full; make room; it goes on by itself")
                    .doesNotContain("Exception");
            await().until(() -> outcomes.stream().anyMatch(Deferred.class::isInstance));
            assertThat(receiver.status().phase()).isEqualTo(ReceiverStatus.Phase.RUNNING);

            disk.capacity(Long.MAX_VALUE);
            awaitDurable(receiver, A, EVENTS);
            assertHolds(EVENTS, A);
            assertThat(leader.askedForForgotten).hasValue(0);
            assertSurvives(leader);
        }
    }

    @Test
    void aFullDiskGivesUpTheQuarantineFirst() {
        Sinks.Many<WalSegmentPayload> source = Sinks.many().unicast().onBackpressureBuffer();
        SegmentReceiver receiver = start(new ScriptedTransport(source.asFlux()));
        source.tryEmitNext(Leader.segment(A, 1, 100)).orThrow();
        for (int i = 0; i < 10; i++) {
            source.tryEmitNext(Leader.corrupt(Leader.segment(A, 101 + 100 * i, 100)))
                    .orThrow();
        }
        await().until(() -> status(receiver, A).keptAside() == 10);
        awaitAcknowledged(receiver, 100);

        disk.capacity(used(DATA));
        source.tryEmitNext(Leader.segment(A, 101, 100)).orThrow();

        awaitAcknowledged(receiver, 200);
        assertThat(status(receiver, A).keptAside()).isLessThan(10);
    }

    // ---- for all

    private static void awaitEnd(SegmentReceiver receiver) {
        await().until(() -> receiver.status().phase() == ReceiverStatus.Phase.STOPPED);
        receiver.stop(Duration.ZERO).block(SOON);
    }

    private static void awaitAcknowledged(SegmentReceiver receiver, long through) {
        await().until(() -> status(receiver, A).acknowledged() == through);
    }

    /** Whatever a loss of power takes, everything that was acknowledged is there. */
    private void assertSurvives(ForgetfulLeader leader) {
        SimulatedDisk before = disk;
        List<SimulatedDisk> survivors = new ArrayList<>();
        for (int seed = 0; seed < 5; seed++) {
            survivors.add(before.afterPowerLoss(new Random(seed)));
        }
        stopAll();
        for (SimulatedDisk survivor : survivors) {
            disk = survivor;
            SegmentReceiver receiver = start(leader);
            for (var log : leader.logs()) {
                awaitDurable(receiver, log, EVENTS);
            }
            assertHolds(EVENTS, leader.logs().toArray(io.walreceiver.format.LogId[]::new));
            receiver.stop(Duration.ZERO).block(SOON);
        }
        assertThat(leader.askedForForgotten).hasValue(0);
    }

    private long used(Path folder) {
        try {
            long bytes = 0;
            for (String name : disk.list(folder)) {
                Path path = folder.resolve(name);
                bytes += isFolder(path) ? used(path) : name.equals("lock") ? 0 : disk.content(path).length;
            }
            return bytes;
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private boolean isFolder(Path path) {
        return path.equals(DataLayout.logs(DATA))
                || path.equals(folder(A))
                || path.equals(DataLayout.quarantine(folder(A)));
    }
}
