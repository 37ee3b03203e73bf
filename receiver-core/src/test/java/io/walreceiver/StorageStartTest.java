package io.walreceiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.walreceiver.ReceiverStatus.Phase;
import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.log.LogState;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import io.walreceiver.storage.Storage;
import io.walreceiver.storage.StorageException;
import io.walreceiver.storage.StorageException.Reason;
import io.walreceiver.storage.disk.SimulatedDisk;
import io.walreceiver.storage.records.Skip;
import io.walreceiver.storage.records.Skips;
import io.walreceiver.transport.Transport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** How a durable receiver starts: with what was there before, with what is left of it, or not at all, saying why. */
class StorageStartTest extends DurableCase {

    // ---- a storage that cannot be opened

    @Test
    void aDirectoryThatAnotherReceiverOfThisProcessUsesIsRefused(@TempDir Path real) {
        Storage storage = Storage.directory(real.resolve("data"));
        SegmentReceiver first =
                started(SegmentReceiver.create(Transport.of(Flux.never()), ledger, Schemas.FOUR_TYPES, storage));
        await().until(() -> first.status().phase() == Phase.RUNNING);

        StorageException refused = refusal(storage);
        assertThat(refused.reason()).isEqualTo(Reason.LOCKED);
        assertThat(refused)
                .hasMessageContaining(
                        "in use by process " + ProcessHandle.current().pid())
                .hasMessageContaining("stop that one");
        assertThat(first.status().phase()).isEqualTo(Phase.RUNNING);

        first.stop(Duration.ZERO).block(SOON);
        assertEnds(storage);
    }

    @Test
    void aDirectoryThatAnotherProcessUsesIsRefused(@TempDir Path real) throws Exception {
        Path data = real.resolve("data");
        Process other = KilledReceiver.start("four", "none", real, data, real.resolve("said"), real.resolve("out"));
        try {
            await().until(() -> KilledReceiver.uses(data, other));
            StorageException refused = refusal(Storage.directory(data));
            assertThat(refused.reason()).isEqualTo(Reason.LOCKED);
            assertThat(refused)
                    .hasMessageContaining(data.toString())
                    .hasMessageContaining("in use by process " + other.pid())
                    .hasMessageContaining("KilledReceiver");
        } finally {
            other.destroyForcibly().waitFor();
        }
        assertEnds(Storage.directory(data));
    }

    @Test
    void aDirectoryOfOtherThingsIsLeftAlone(@TempDir Path real) throws IOException {
        Files.writeString(real.resolve("thesis.txt"), "chapter one");
        StorageException refused = refusal(Storage.directory(real));
        assertThat(refused.reason()).isEqualTo(Reason.NOT_A_DATA_DIRECTORY);
        assertThat(refused).hasMessageContaining(real.toString()).hasMessageContaining("thesis.txt");
        try (var files = Files.list(real)) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void aDirectoryWithoutAParentIsRefused(@TempDir Path real) {
        StorageException refused = refusal(Storage.directory(real.resolve("no").resolve("data")));
        assertThat(refused.reason()).isEqualTo(Reason.MISSING);
        assertThat(refused).hasMessageContaining(real.resolve("no").toString()).hasMessageContaining("create it");
    }

    @Test
    void aFileInItsPlaceIsRefused(@TempDir Path real) throws IOException {
        StorageException refused = refusal(Storage.directory(Files.writeString(real.resolve("data"), "a file")));
        assertThat(refused).hasMessageContaining(real.resolve("data").toString());
    }

    @Test
    void aReadOnlyDirectoryIsRefused() {
        assertEnds(storage().build());
        disk.readOnly(true);
        StorageException refused = refusal(storage().build());
        assertThat(refused.reason()).isEqualTo(Reason.NOT_WRITABLE);
        assertThat(refused).hasMessageContaining("/data").hasMessageContaining("Read-only file system");
        disk.readOnly(false);
        assertEnds(storage().build());
    }

    @Test
    void anotherSchemaIsRefusedWithTheDifference() {
        assertEnds(storage().build());
        SignalSchema other = SignalSchema.of(SignalType.exponential(0, "view", Duration.ofDays(8)));
        Throwable refused = catchThrowable(() -> SegmentReceiver.create(
                        Transport.of(Flux.empty()),
                        InMemorySignalLedger.create(other),
                        other,
                        storage().build())
                .receive()
                .blockLast(SOON));
        assertThat(refused)
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.OTHER_SCHEMA));
        assertEnds(storage().build());
    }

    @Test
    void anAdoptedSchemaLeavesTwoCheckpointsOfEveryLogThatWereTakenUnderTheOldOne() throws IOException {
        replay(Leader.segment(A, 1, 300), Leader.segment(B, 1, 300));
        SignalSchema more = SignalSchema.of(
                SignalType.exponential(0, "view", Duration.ofDays(7)),
                SignalType.exponential(1, "like", Duration.ofDays(30)),
                SignalType.exponential(2, "share", Duration.ofDays(1)),
                SignalType.exponential(3, "skip", Duration.ofHours(1)),
                SignalType.exponential(4, "save", Duration.ofHours(1)));
        SegmentReceiver.create(
                        Transport.of(Flux.empty()),
                        InMemorySignalLedger.create(more),
                        more,
                        storage().adoptsSchemaChanges(true).build())
                .receive()
                .blockLast(SOON);
        for (LogId log : List.of(A, B)) {
            assertThat(disk.list(folder(log)))
                    .filteredOn(name -> name.startsWith("checkpoint-") && name.contains("00000000000000000300"))
                    .hasSize(2);
        }
    }

    // ---- recovery

    @Test
    void whileItRecoversItSaysHowFarItIsAndWhoWaitsIsToldWhenItIsThere() throws Exception {
        replay(Leader.segment(A, 1, 300), Leader.segment(A, 301, 300), Leader.segment(A, 601, 300));
        HookedDisk hooked = new HookedDisk(disk);
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        hooked.hook = (operation, path) -> {
            if (operation.equals("read") && path.toString().contains("601.seg")) {
                reached.countDown();
                awaitLatch(goOn);
            }
        };
        ScriptedTransport transport = new ScriptedTransport(Flux.never());
        SegmentReceiver receiver = start(transport, hooked);
        assertThat(reached.await(2, TimeUnit.MINUTES)).isTrue();

        assertThat(receiver.status().phase()).isEqualTo(Phase.RECOVERING);
        assertThat(status(receiver, A).state()).isEqualTo(LogState.RECOVERING);
        RecoveryStatus recovery = receiver.status().recovery().orElseThrow();
        assertThat(recovery.doneBytes()).isPositive().isLessThan(recovery.totalBytes());
        assertThat(recovery.remaining()).isPresent();
        Mono<Void> recovered = receiver.awaitApplied(A, 900, SOON);
        Sinks.Empty<Void> told = Sinks.empty();
        recovered.subscribe(never -> {}, told::tryEmitError, told::tryEmitEmpty);

        goOn.countDown();
        told.asMono().block(SOON);
        await().until(() -> receiver.status().phase() == Phase.RUNNING);
        assertThat(receiver.status().recovery()).isEmpty();
        await().until(() -> !transport.positions.read().isEmpty());
        assertThat(transport.positions.read()).containsEntry(A, 900L);
        assertHolds(900, A);
    }

    @Test
    void aStopWhileItRecoversOrOpensEndsItAndGivesTheDirectoryBack() throws Exception {
        replay(Leader.segment(A, 1, 300), Leader.segment(B, 1, 300), Leader.segment(A, 301, 300));
        for (String at : List.of("tryLock", "list", "read", "write", "syncDirectory", "delete", "rename", "sync")) {
            for (int how = 0; how < 3; how++) {
                HookedDisk hooked = new HookedDisk(disk);
                Semaphore reached = new Semaphore(0);
                CountDownLatch goOn = new CountDownLatch(1);
                hooked.hook = (operation, path) -> {
                    if (operation.equals(at)) {
                        reached.release();
                        awaitLatch(goOn);
                    }
                };
                InMemorySignalLedger into = InMemorySignalLedger.create(Schemas.FOUR_TYPES);
                AtomicBoolean asked = new AtomicBoolean();
                SegmentReceiver receiver = SegmentReceiver.create(
                        new ScriptedTransport(Flux.<WalSegmentPayload>never().doOnSubscribe(s -> asked.set(true))),
                        into,
                        Schemas.FOUR_TYPES,
                        storage().disk(hooked).build());
                Sinks.Empty<Void> ended = Sinks.empty();
                Disposable subscription =
                        receiver.receive().subscribe(never -> {}, ended::tryEmitError, ended::tryEmitEmpty);
                boolean there =
                        reached.tryAcquire(at.equals("delete") || at.equals("rename") ? 1 : 120, TimeUnit.SECONDS);
                switch (how) {
                    case 0 -> subscription.dispose();
                    case 1 -> receiver.stop(Duration.ZERO).subscribe();
                    default -> receiver.stop(SOON).subscribe();
                }
                goOn.countDown();
                StopReport report = receiver.stop(SOON).block(SOON);
                assertThat(report.status().phase()).isEqualTo(Phase.STOPPED);
                if (how == 2) {
                    ended.asMono().block(SOON);
                }
                assertThat(there || at.equals("delete") || at.equals("rename"))
                        .as(at)
                        .isTrue();
                if (there) {
                    assertThat(asked)
                            .as("the transport was asked from unknown positions: %s, %s", at, how)
                            .isFalse();
                }
                assertThat(disk.openFiles()).as("%s, %s", at, how).isZero();
                assertEnds(storage().build()); // the lock was given back
            }
        }
        start(new ScriptedTransport(Flux.never()));
        awaitRecovered();
        assertThat(readings(ledger)).hasSameSizeAs(expected(600, A, B));
    }

    @Test
    void aLogThatCannotBeReadStopsNoOtherAndHealsWhenItCan() {
        replay(Leader.segment(A, 1, 300), Leader.segment(B, 1, 300));
        disk.failReads(path -> isOf(A, path));
        Sinks.Many<WalSegmentPayload> source = Sinks.many().unicast().onBackpressureBuffer();
        ScriptedTransport transport = new ScriptedTransport(source.asFlux());
        SegmentReceiver receiver = start(transport);
        awaitState(receiver, A, LogState.IO_FAILED);
        source.tryEmitNext(Leader.segment(B, 301, 100)).orThrow();
        awaitDurable(receiver, B, 400);
        assertThat(status(receiver, A).cause().orElseThrow()).contains("Input/output error");

        disk.repair();
        awaitDurable(receiver, A, 300); // nothing came for it
        assertThat(transport.acknowledged).containsEntry(A, 300L);
    }

    @Test
    void whatHasRottenIsSaidAndHealedByAResend() {
        replay(Leader.segment(A, 1, 300), Leader.segment(B, 1, 300));
        Path file = folder(A).resolve(Leader.id(A, 1).fileName());
        disk.flipBit(file, 8L * (disk.content(file).length - 5));
        Sinks.Many<WalSegmentPayload> source = Sinks.many().unicast().onBackpressureBuffer();
        ScriptedTransport transport = new ScriptedTransport(source.asFlux());
        SegmentReceiver receiver = start(transport);

        awaitState(receiver, A, LogState.ROTTEN);
        assertThat(status(receiver, A).cause().orElseThrow())
                .contains(file.toString())
                .contains("201..300")
                .contains("bootstrap");
        assertThat(status(receiver, A).applied()).isEqualTo(200);
        assertThat(transport.positions.read()).containsEntry(A, 200L).containsEntry(B, 300L);
        await().until(() -> transport.said.contains(new ScriptedTransport.Said("request", A, 201)));

        source.tryEmitNext(Leader.segment(A, 201, 100)).orThrow();
        awaitDurable(receiver, A, 300);
        assertHolds(300, A, B);
    }

    @Test
    void aTornTailIsCutAndAskedForAgain() {
        try (ForgetfulLeader leader = ForgetfulLeader.of(1_000, 20, A)) {
            for (int seed = 0; seed < 10; seed++) {
                SegmentReceiver receiver = start(leader);
                long target = 90 * (seed + 1);
                await().until(() -> receiver.status()
                        .log(A)
                        .filter(log -> log.applied() >= target)
                        .isPresent());
                SimulatedDisk torn = disk.afterPowerLoss(new java.util.Random(seed));
                stopAll();
                disk = torn;
            }
            SegmentReceiver receiver = start(leader);
            awaitDurable(receiver, A, 1_000);
            assertHolds(1_000, A);
            assertThat(leader.askedForForgotten).hasValue(0);
        }
    }

    @Test
    void aLogGoesOnBehindWhatAnOperatorGaveUp() throws IOException {
        replay(Leader.segment(A, 1, 100));
        Skip skip = new Skip(101, 250, Instant.EPOCH, "the leader's disk was lost");
        new Skips(List.of(skip)).write(disk, folder(A));

        for (int run = 0; run < 2; run++) {
            Sinks.Many<WalSegmentPayload> source = Sinks.many().unicast().onBackpressureBuffer();
            ScriptedTransport transport = new ScriptedTransport(source.asFlux());
            SegmentReceiver receiver = start(transport);
            long stands = run == 0 ? 250 : 400;
            await().untilAsserted(() -> assertThat(transport.positions.read()).containsEntry(A, stands));
            assertThat(status(receiver, A).skips()).containsExactly(skip);
            assertThat(status(receiver, A).applied()).isEqualTo(stands);
            if (run == 0) {
                source.tryEmitNext(Leader.segment(A, 201, 200)).orThrow(); // straddles the end of the hole
                awaitDurable(receiver, A, 400);
            }
            receiver.stop(Duration.ZERO).block(SOON);
            assertThat(readings(ledger).stream()
                            .mapToLong(reading -> reading.allTime())
                            .sum())
                    .isEqualTo(250);
        }
    }

    // ---- for all

    private SegmentReceiver start(Transport transport, HookedDisk hooked) {
        ledger = InMemorySignalLedger.create(Schemas.FOUR_TYPES);
        return started(SegmentReceiver.create(
                transport,
                ledger,
                Schemas.FOUR_TYPES,
                storage().disk(hooked).build(),
                options().build()));
    }

    private void awaitRecovered() {
        await().until(() -> ledger.pairs() > 0);
    }

    private void replay(WalSegmentPayload... segments) {
        ledger = InMemorySignalLedger.create(Schemas.FOUR_TYPES);
        SegmentReceiver receiver = receiver(Transport.of(Flux.fromArray(segments)), ledger);
        receiver.receive().blockLast(SOON);
        assertThat(receiver.stop(Duration.ZERO).block(SOON).complete()).isTrue();
    }

    private static StorageException refusal(Storage storage) {
        SegmentReceiver receiver = SegmentReceiver.create(
                Transport.of(Flux.never()),
                InMemorySignalLedger.create(Schemas.FOUR_TYPES),
                Schemas.FOUR_TYPES,
                storage);
        Throwable refused = catchThrowable(() -> receiver.receive().blockLast(SOON));
        assertThat(receiver.status().phase()).isEqualTo(Phase.STOPPED);
        assertThat(refused).isInstanceOf(StorageException.class);
        return (StorageException) refused;
    }

    private static void assertEnds(Storage storage) {
        SegmentReceiver.create(
                        Transport.of(Flux.empty()),
                        InMemorySignalLedger.create(Schemas.FOUR_TYPES),
                        Schemas.FOUR_TYPES,
                        storage)
                .receive()
                .blockLast(SOON);
    }

    private static void awaitLatch(CountDownLatch latch) {
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
