package io.walreceiver;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.storage.DataLayout;
import io.walreceiver.storage.DirectoryStorage;
import io.walreceiver.storage.disk.Disk;
import io.walreceiver.storage.disk.DiskFile;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.directory.DirectoryTransport;
import io.walreceiver.transport.inprocess.InProcessLeader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.blockhound.BlockHound;
import reactor.blockhound.BlockingOperationError;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Nothing blocks a thread that must not: BlockHound watches them, with rules of our own for what a disk does. Needs a virtual machine
 * of its own, with {@code -XX:+AllowRedefinitionToAddDeleteMethods}; the build gives it one.
 */
@Tag("blockhound")
class BlockingTest extends DurableCase {

    private static final Queue<Throwable> BLOCKED = new ConcurrentLinkedQueue<>();

    @TempDir
    Path real;

    @BeforeAll
    static void watch() {
        String path = "(Lsun/nio/fs/UnixPath;)V";
        String twoPaths = "(Lsun/nio/fs/UnixPath;Lsun/nio/fs/UnixPath;)V";
        BlockHound.builder()
                .loadIntegrations()
                .allowBlockingCallsInside("java.util.concurrent.ForkJoinPool", "awaitWork") // has nothing to do
                .allowBlockingCallsInside("java.util.concurrent.ForkJoinPool", "deactivate") // the same, on newer Javas
                .markAsBlocking("java.io.RandomAccessFile", "write", "([BII)V")
                .markAsBlocking("java.io.RandomAccessFile", "read", "([BII)I")
                .markAsBlocking("java.io.RandomAccessFile", "setLength", "(J)V")
                .markAsBlocking("java.io.FileDescriptor", "sync", "()V")
                .markAsBlocking("sun.nio.ch.SimpleAsynchronousFileChannelImpl", "force", "(Z)V")
                .markAsBlocking("sun.nio.ch.FileChannelImpl", "force", "(Z)V")
                .markAsBlocking("sun.nio.fs.UnixNativeDispatcher", "rename", twoPaths)
                .markAsBlocking("sun.nio.fs.UnixNativeDispatcher", "unlink", path)
                // The locks of executors' queues are held for a moment.
                .allowBlockingCallsInside("java.util.concurrent.LinkedBlockingQueue", "offer")
                .allowBlockingCallsInside("java.util.concurrent.ScheduledThreadPoolExecutor$DelayedWorkQueue", "remove")
                // Written down, not thrown: what is thrown changes the course of things, or is caught.
                .blockingMethodCallback(method -> BLOCKED.add(new BlockingOperationError(method)))
                .install();
    }

    @Test
    void diskWorkOnAParallelThreadIsCaught() throws IOException {
        Disk files = Disk.ofOperatingSystem();
        Path path = real.resolve("file");
        try (DiskFile file = files.create(path)) {
            byte[] bytes = new byte[10];
            assertCaught(() -> file.write(0, bytes, 0, 10));
            assertCaught(() -> file.read(0, bytes, 0, 10));
            assertCaught(file::sync);
            assertCaught(() -> file.truncate(1));
            assertCaught(() -> files.syncDirectory(real));
            assertCaught(() -> files.rename(path, real.resolve("other")));
            assertCaught(() -> files.delete(real.resolve("other")));
        }
        BLOCKED.clear();
    }

    @Test
    void aDurableReceiverDoesNoDiskWorkOnThreadsThatMustNotBlock() {
        HookedDisk hooked = new HookedDisk(Disk.ofOperatingSystem());
        AtomicInteger syncs = new AtomicInteger();
        Path data = real.resolve("data");
        hooked.hook = (operation, path) -> {
            boolean log = operation.equals("sync") && path.toString().contains(".seg");
            if (log && syncs.incrementAndGet() % 20 == 7) {
                throw new IOException("Input/output error");
            }
        };
        BLOCKED.clear();
        for (int run = 0; run < 3; run++) {
            int from = 1 + run * 2_000;
            InProcessLeader leader = InProcessLeader.create();
            Transport follower = leader.follower();
            Flux.range(0, 200)
                    .flatMapIterable(i -> Stream.of(A, B)
                            .flatMap(log -> Stream.of(Leader.segment(log, from + 10L * i, 10))
                                    .flatMap(good ->
                                            i % 50 == 9 ? Stream.of(Leader.corrupt(good), good) : Stream.of(good)))
                            .toList())
                    .publishOn(Schedulers.parallel())
                    .concatMap(leader::send)
                    .subscribe();
            InMemorySignalLedger into = InMemorySignalLedger.create(Schemas.FOUR_TYPES);
            SegmentReceiver receiver = started(SegmentReceiver.create(
                    follower,
                    into,
                    Schemas.FOUR_TYPES,
                    DirectoryStorage.builder(data)
                            .disk(hooked)
                            .maxFileBytes(4_000)
                            .build(),
                    options()
                            .replayScheduler(Schedulers.parallel())
                            .timer(Schedulers.parallel())
                            .build()));
            Disposable checkpoints = Mono.defer(receiver::checkpoint)
                    .onErrorResume(e -> Mono.empty())
                    .then(Mono.delay(Duration.ofMillis(5)))
                    .repeat()
                    .subscribe();
            for (LogId log : List.of(A, B)) {
                awaitDurable(receiver, log, from + 1_999);
            }
            checkpoints.dispose();
            receiver.stop(run == 0 ? SOON : Duration.ZERO).block(SOON);
            leader.close();
            assertThat(readings(into)).isEqualTo(expected(from + 1_999, A, B));
        }
        assertThat(syncs).hasValueGreaterThan(20);
        assertThat(DataLayout.quarantine(DataLayout.log(data, A))).exists();
        assertThat(BLOCKED).isEmpty();
    }

    @Test
    void whoeverLeavesADirectoryDoesNotWaitForItsWatch() throws IOException {
        WalSegmentPayload segment = Leader.segment(A, 1, 10);
        Files.write(real.resolve(segment.id().fileName()), segment.bytes());
        DirectoryTransport follows =
                DirectoryTransport.builder().directory(real).follow(true).build();
        BLOCKED.clear();
        // The watch is open when the first segment comes; take cancels on the thread that is under watch here.
        follows.segments(Map::of).publishOn(Schedulers.parallel()).take(1).blockLast(SOON);

        assertThat(BLOCKED).isEmpty();
    }

    private interface DiskWork {
        void run() throws IOException;
    }

    private static void assertCaught(DiskWork work) {
        BLOCKED.clear();
        Mono.fromCallable(() -> {
                    work.run();
                    return true;
                })
                .subscribeOn(Schedulers.parallel())
                .block(SOON);
        assertThat(BLOCKED).isNotEmpty();
    }
}
