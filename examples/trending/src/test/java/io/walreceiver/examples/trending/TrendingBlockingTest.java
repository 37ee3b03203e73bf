package io.walreceiver.examples.trending;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.blockhound.BlockHound;
import reactor.blockhound.BlockingOperationError;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Nothing blocks an event loop or a parallel thread in the application, whatever it is asked. Needs a virtual machine of its own, with
 * {@code -XX:+AllowRedefinitionToAddDeleteMethods}; the build gives it one.
 */
@Tag("blockhound")
class TrendingBlockingTest {

    private static final Queue<Throwable> BLOCKED = new ConcurrentLinkedQueue<>();

    @TempDir
    Path archive;

    @TempDir
    Path data;

    @BeforeAll
    static void watch() {
        Assertions.setMaxStackTraceElementsDisplayed(100); // who has blocked is far down
        BlockHound.builder()
                .loadIntegrations()
                // The locks of executors are held for a moment: to put a task into a queue or take it back, or to start
                // a thread.
                .allowBlockingCallsInside("java.util.concurrent.ArrayBlockingQueue", "offer")
                .allowBlockingCallsInside("java.util.concurrent.LinkedBlockingQueue", "offer")
                .allowBlockingCallsInside("java.util.concurrent.ScheduledThreadPoolExecutor$DelayedWorkQueue", "remove")
                .allowBlockingCallsInside("java.util.concurrent.ThreadPoolExecutor", "addWorker")
                // Netty's allocator holds a lock of its own for a moment, when threads have come into each other's way.
                .allowBlockingCallsInside("io.netty.buffer.AdaptivePoolingAllocator$Magazine", "free")
                .markAsBlocking("java.io.FileDescriptor", "sync", "()V")
                .markAsBlocking("sun.nio.ch.FileChannelImpl", "force", "(Z)V")
                // Written down, not thrown: what is thrown changes the course of things, or is caught.
                .blockingMethodCallback(method -> BLOCKED.add(new BlockingOperationError(method)))
                .install();
    }

    @Test
    void aBlockingCallOnAParallelThreadIsCaught() {
        Mono.fromRunnable(() -> LockSupport.parkNanos(1))
                .subscribeOn(Schedulers.parallel())
                .block(Client.LONG);

        assertThat(BLOCKED).isNotEmpty();
    }

    @Test
    void theApplicationBlocksNoThreadThatMustNotBlock() throws IOException {
        BLOCKED.clear();
        try (Leader leader = Leader.start(archive);
                Application application = Application.start(leader.address(), data, "--trending.every=50ms")) {
            Client client = application.client;
            leader.write(4);
            Iterator<String> live = client.live().body().iterator();
            for (String path : List.of("/", "/style.css", "/trending.js", "/icon.svg", "/nothing", "/api/like/1")) {
                assertThat(client.get(path).statusCode()).isIn(200, 404);
            }
            assertThat(client.get("/api/trending", "Positions", "1:0=5000").statusCode())
                    .isEqualTo(200);
            assertThat(client.get("/actuator/health").statusCode()).isIn(200, 503);
            leader.writeAll();
            await().atMost(Client.LONG).until(() -> client.trend().replica().appliedEvents() == leader.events());
            String last = "\"appliedEvents\":" + leader.events();
            await().atMost(Client.LONG).until(() -> live.next().contains(last));
        }
        assertThat(BLOCKED).isEmpty();
    }
}
