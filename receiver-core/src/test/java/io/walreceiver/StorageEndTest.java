package io.walreceiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.log.LogState;
import io.walreceiver.storage.CommitPolicy;
import io.walreceiver.storage.DirectoryStorage;
import io.walreceiver.storage.Storage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.test.scheduler.VirtualTimeScheduler;

/** How a durable receiver ends: what it holds is durable and acknowledged, its directory free, its threads gone. */
class StorageEndTest extends DurableCase {

    private static final int EVENTS = 500;

    @Test
    void whenItCompletesEverythingIsDurableAndTheDirectoryCanBeOpenedAtOnce(@TempDir Path real) {
        Storage storage = Storage.directory(real.resolve("data"));
        for (int run = 0; run < 20; run++) {
            ScriptedTransport transport = new ScriptedTransport(Flux.range(0, 5)
                    .map(i -> Leader.segment(i % 2 == 0 ? A : B, 1 + 10L * (i / 2), 10)));
            ledger = InMemorySignalLedger.create(Schemas.FOUR_TYPES);
            SegmentReceiver receiver = SegmentReceiver.create(transport, ledger, Schemas.FOUR_TYPES, storage);
            receiver.receive().blockLast(SOON); // the next one follows at once
            assertThat(transport.acknowledged).containsEntry(A, 30L).containsEntry(B, 20L);
            assertThat(receiver.stop(Duration.ZERO).block(SOON).complete()).isTrue();
        }
    }

    @Test
    void aGracefulStopMakesEverythingThatCameDurableEvenIfItWasToWaitAnHour() {
        ScriptedTransport transport =
                new ScriptedTransport(Flux.just(Leader.segment(A, 1, 100)).concatWith(Flux.never()));
        SegmentReceiver receiver = started(SegmentReceiver.create(
                transport,
                ledger,
                Schemas.FOUR_TYPES,
                storage()
                        .commitPolicy(CommitPolicy.interval(Duration.ofHours(1)))
                        .build()));
        receiver.awaitApplied(A, 100, SOON).block();
        assertThat(transport.acknowledged).isEmpty();

        StopReport report = receiver.stop(SOON).block(SOON);

        assertThat(report.complete()).isTrue();
        assertThat(transport.acknowledged).containsEntry(A, 100L);
    }

    @Test
    void aCancelOrAStopWithoutPatienceGivesTheDirectoryBackSoonAndALaterReceiverGoesOn() {
        try (ForgetfulLeader leader = ForgetfulLeader.of(EVENTS, 5, A, B)) {
            for (int run = 1; run <= 8; run++) {
                ledger = InMemorySignalLedger.create(Schemas.FOUR_TYPES);
                SegmentReceiver receiver = receiver(leader, ledger);
                Disposable subscription = receiver.receive().subscribe();
                receiver.awaitApplied(A, 50L * run, SOON).block();
                if (run % 2 == 0) {
                    subscription.dispose();
                }
                receiver.stop(Duration.ZERO).block(SOON);
            }
            SegmentReceiver last = start(leader);
            awaitDurable(last, A, EVENTS);
            awaitDurable(last, B, EVENTS);
            assertHolds(EVENTS, A, B);
            assertThat(leader.askedForForgotten).hasValue(0);
        }
    }

    @Test
    void noThreadIsLeft(@TempDir Path real) {
        for (int how = 0; how < 3; how++) {
            SegmentReceiver receiver = SegmentReceiver.create(
                    new ScriptedTransport(how == 0 ? Flux.just(Leader.segment(A, 1, 10)) : Flux.never()),
                    InMemorySignalLedger.create(Schemas.FOUR_TYPES),
                    Schemas.FOUR_TYPES,
                    Storage.directory(real.resolve("data")));
            Disposable subscription = receiver.receive().subscribe();
            await().until(() -> receiver.status().phase() != ReceiverStatus.Phase.RECOVERING);
            if (how == 1) {
                subscription.dispose();
            } else if (how == 2) {
                receiver.stop(SOON).block(SOON);
            }
            await().until(() -> receiver.status().phase() == ReceiverStatus.Phase.STOPPED);
            receiver.stop(Duration.ZERO).block(SOON);
        }
        await().until(() -> receiverThreads().isEmpty());
    }

    private static Set<String> receiverThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("receiver-"))
                .collect(Collectors.toSet());
    }

    // ---- commit policies

    @Test
    void anIntervalGathersManySegmentsForOneSync() {
        VirtualTimeScheduler timer = VirtualTimeScheduler.create();
        HookedDisk hooked = new HookedDisk(disk);
        AtomicInteger syncs = new AtomicInteger();
        hooked.hook = (operation, path) -> {
            if (operation.equals("sync") && path.toString().contains(".seg")) {
                syncs.incrementAndGet();
            }
        };
        ScriptedTransport transport = new ScriptedTransport(Flux.range(0, 50)
                .<WalSegmentPayload>map(i -> Leader.segment(A, 1 + 10L * i, 10))
                .concatWith(Flux.never()));
        DirectoryStorage storage = DirectoryStorage.builder(DATA)
                .disk(hooked)
                .commitPolicy(CommitPolicy.interval(Duration.ofSeconds(5)))
                .build();
        SegmentReceiver receiver = started(SegmentReceiver.create(
                transport,
                ledger,
                Schemas.FOUR_TYPES,
                storage,
                options().timer(timer).build()));
        await().until(() ->
                receiver.status().log(A).filter(log -> log.applied() == 500).isPresent());
        timer.advanceTimeBy(Duration.ofSeconds(5).minusNanos(1));
        assertThat(transport.acknowledged).isEmpty();
        assertThat(status(receiver, A).durable()).isZero();
        assertThat(syncs).hasValue(0);

        timer.advanceTimeBy(Duration.ofNanos(1));
        await().until(() -> transport.acknowledged.getOrDefault(A, 0L) == 500);
        assertThat(syncs).hasValue(1);
        stopAll();
        timer.dispose();
    }

    // ---- ledgers

    @Test
    void aLedgerThatKeepsItsOwnPositionsNeedsNoDurableLog() throws Exception {
        TableLedger table = new TableLedger().holding(A, 100);
        for (long from : new long[] {101, 201}) {
            ScriptedTransport transport = new ScriptedTransport(Flux.just(Leader.segment(A, from, 100)));
            SegmentReceiver receiver = receiver(transport, table);
            receiver.receive().blockLast(SOON);
            StopReport report = receiver.stop(Duration.ZERO).block(SOON);
            assertThat(report.complete()).isTrue();
            assertThat(report.status().log(A).orElseThrow().durable()).isEqualTo(from + 99);
            assertThat(transport.acknowledged).containsEntry(A, from + 99);
        }
        assertThat(table.row(A)).isEqualTo(new TableLedger.Row(300, TableLedger.events(300)));
        assertThat(disk.exists(folder(A))).isFalse();
    }

    @Test
    void aLedgerThatCannotBeCheckpointedIsRebuiltFromTheFirstEventAndNothingIsPruned() throws Exception {
        int files = 0;
        for (int run = 0; run < 3; run++) {
            CountingLedger counting = new CountingLedger();
            ScriptedTransport transport = new ScriptedTransport(
                    Flux.just(Leader.segment(A, 1 + 300L * run, 300)).concatWith(Flux.never()));
            SegmentReceiver receiver = started(receiver(transport, counting));
            awaitDurable(receiver, A, 300L * (run + 1));
            receiver.checkpoint().block(SOON);
            receiver.checkpoint().block(SOON);
            receiver.stop(Duration.ZERO).block(SOON);
            assertThat(counting.wrong).hasValue(0);
            assertThat(counting.events).hasValue(300L * (run + 1));
            assertThat(disk.list(folder(A)))
                    .hasSizeGreaterThan(files)
                    .allMatch(name -> name.endsWith(".seg"))
                    .contains(Leader.id(A, 1).fileName());
            files = disk.list(folder(A)).size();
        }
    }

    // ---- checkpoints

    @Test
    void checkpointsOfABusyLogChangeNothingAndBoundWhatIsReplayed() throws Exception {
        try (ForgetfulLeader leader = ForgetfulLeader.of(20_000, 40, A, B)) {
            SegmentReceiver receiver = start(leader);
            do {
                receiver.checkpoint().onErrorComplete().block(SOON); // it may not run yet
            } while (receiver.status()
                    .log(A)
                    .filter(log -> log.durable() == 20_000)
                    .isEmpty());
            awaitDurable(receiver, A, 20_000);
            awaitDurable(receiver, B, 20_000);
            receiver.checkpoint().block(SOON);
            receiver.checkpoint().block(SOON);
            assertHolds(20_000, A, B);
            receiver.stop(SOON).block(SOON);
            assertThat(disk.list(folder(A)).stream().filter(name -> name.endsWith(".seg")))
                    .hasSizeLessThanOrEqualTo(1);
            SegmentReceiver again = start(leader);
            awaitDurable(again, B, 20_000);
            assertHolds(20_000, A, B);
        }
    }

    @Test
    void aCheckpointThatFailsLeavesTheLogGoing() {
        try (ForgetfulLeader leader = ForgetfulLeader.of(EVENTS, 20, A)) {
            disk.failWrites(path -> path.toString().contains("checkpoint-"));
            SegmentReceiver receiver = start(leader);
            awaitDurable(receiver, A, EVENTS);
            Throwable failed = catchThrowable(() -> receiver.checkpoint().block(SOON));
            assertThat(failed).hasMessageContaining("Input/output error");
            assertThat(status(receiver, A).state()).isEqualTo(LogState.RUNNING);

            disk.repair();
            receiver.checkpoint().block(SOON);
            leader.log(B, EVENTS, 20);
            awaitDurable(receiver, B, EVENTS);
            assertHolds(EVENTS, A, B);
        }
    }

    @Test
    void aCheckpointThatTheEndCutsShortFails() throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        HookedDisk hooked = new HookedDisk(disk);
        hooked.hook = (operation, path) -> {
            if (operation.equals("create") && path.toString().contains("checkpoint-")) {
                reached.countDown();
                await().until(() -> goOn.getCount() == 0);
            }
        };
        SegmentReceiver receiver = started(SegmentReceiver.create(
                new ScriptedTransport(Flux.just(Leader.segment(A, 1, 100)).concatWith(Flux.never())),
                ledger,
                Schemas.FOUR_TYPES,
                storage().disk(hooked).build()));
        awaitDurable(receiver, A, 100);
        Sinks.Empty<Void> told = Sinks.empty();
        receiver.checkpoint().subscribe(never -> {}, told::tryEmitError, told::tryEmitEmpty);
        assertThat(reached.await(2, TimeUnit.MINUTES)).isTrue();
        receiver.stop(Duration.ZERO).subscribe();
        goOn.countDown();

        Throwable failed = catchThrowable(() -> told.asMono().block(SOON));
        assertThat(failed).hasMessageContaining("no checkpoint was made");
        receiver.stop(Duration.ZERO).block(SOON);
        assertThat(disk.openFiles()).isZero();
    }

    @Test
    void twoCheckpointsAskedForAtOnceAreTwo() throws Exception {
        SegmentReceiver receiver =
                start(new ScriptedTransport(Flux.just(Leader.segment(A, 1, 100)).concatWith(Flux.never())));
        awaitDurable(receiver, A, 100);
        Flux.merge(receiver.checkpoint(), receiver.checkpoint()).blockLast(SOON);
        assertThat(disk.list(folder(A)).stream().filter(name -> name.endsWith(".ckpt")))
                .hasSize(2);
    }
}
