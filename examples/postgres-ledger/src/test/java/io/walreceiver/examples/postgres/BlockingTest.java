package io.walreceiver.examples.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.SegmentReceiver;
import io.walreceiver.transport.directory.DirectoryTransport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.blockhound.BlockHound;
import reactor.blockhound.BlockingOperationError;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Nothing blocks an event loop, a replay thread or the parallel scheduler. In a virtual machine of its own: see the build. */
@Tag("blockhound")
class BlockingTest {

    private static final Queue<Throwable> BLOCKED = new ConcurrentLinkedQueue<>();

    private final PostgresServer server = PostgresServer.shared();

    @BeforeAll
    static void watch() {
        BlockHound.builder()
                .loadIntegrations()
                .allowBlockingCallsInside("java.util.concurrent.ForkJoinPool", "awaitWork") // has nothing to do
                .allowBlockingCallsInside("java.util.concurrent.ForkJoinPool", "deactivate") // the same, on newer Javas
                // The locks of executors' queues are held for a moment.
                .allowBlockingCallsInside("java.util.concurrent.LinkedBlockingQueue", "offer")
                .allowBlockingCallsInside("java.util.concurrent.ScheduledThreadPoolExecutor$DelayedWorkQueue", "remove")
                .allowBlockingCallsInside("java.util.concurrent.ScheduledThreadPoolExecutor$DelayedWorkQueue", "offer")
                // Netty's allocator holds a lock of its own for a moment, when threads have come into each other's way.
                .allowBlockingCallsInside("io.netty.buffer.AdaptivePoolingAllocator$Magazine", "free")
                .blockingMethodCallback(method -> BLOCKED.add(new BlockingOperationError(method)))
                .install();
    }

    @Test
    void neitherReplayNorReadsBlock() {
        replayAndRead(); // classes are read when they are first used
        Mono.fromRunnable(BlockingTest::sleep)
                .subscribeOn(Schedulers.parallel())
                .block();
        assertThat(BLOCKED).as("that it looks").isNotEmpty();
        BLOCKED.clear();

        replayAndRead();
        assertThat(BLOCKED).isEmpty();
    }

    private void replayAndRead() {
        Path wal = Path.of(System.getProperty("vectors"), "generated", "wal");
        PostgresLedger ledger = PostgresLedger.connect(server.newSchema(), Model.SCHEMA, "watched")
                .subscribeOn(Schedulers.parallel())
                .block();
        SegmentReceiver.create(DirectoryTransport.of(wal), ledger, Model.SCHEMA)
                .receive()
                .subscribeOn(Schedulers.parallel())
                .blockLast();
        assertThat(ledger.topByScore(0, 10, 0)
                        .flatMap(pair -> ledger.read(pair.entityId(), 0, 0))
                        .subscribeOn(Schedulers.parallel())
                        .collectList()
                        .block())
                .hasSize(10);
        ledger.close().subscribeOn(Schedulers.parallel()).block();
    }

    private static void sleep() {
        try {
            Thread.sleep(Duration.ofMillis(1).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
