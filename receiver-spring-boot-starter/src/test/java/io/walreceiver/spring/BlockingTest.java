package io.walreceiver.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walreceiver.SegmentReceiver;
import io.walreceiver.test.Segments;
import io.walreceiver.transport.inprocess.InProcessLeader;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.blockhound.BlockHound;
import reactor.blockhound.BlockingOperationError;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Nothing blocks an event loop or a parallel thread while an application reads, waits for positions and asks the actuator. Needs a virtual
 * machine of its own, with {@code -XX:+AllowRedefinitionToAddDeleteMethods}; the build gives it one.
 */
@Tag("blockhound")
class BlockingTest {

    private static final Queue<Throwable> BLOCKED = new ConcurrentLinkedQueue<>();

    @BeforeAll
    static void watch() {
        BlockHound.builder()
                .loadIntegrations()
                .markAsBlocking("sun.nio.ch.FileChannelImpl", "force", "(Z)V")
                // The locks of executors' queues are held for a moment.
                .allowBlockingCallsInside("java.util.concurrent.LinkedBlockingQueue", "offer")
                .allowBlockingCallsInside("java.util.concurrent.ScheduledThreadPoolExecutor$DelayedWorkQueue", "remove")
                // Netty's allocator holds a lock of its own for a moment, when threads have come into each other's way.
                .allowBlockingCallsInside("io.netty.buffer.AdaptivePoolingAllocator$Magazine", "free")
                // Loading a class reads a file, once.
                .allowBlockingCallsInside("java.lang.ClassLoader", "loadClass")
                .blockingMethodCallback(method -> BLOCKED.add(new BlockingOperationError(method)))
                .install();
    }

    @Test
    void blockingIsCaught() {
        Mono.fromRunnable(() -> {
                    try {
                        Thread.sleep(1);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                })
                .subscribeOn(Schedulers.parallel())
                .block(Generated.LONG);
        assertThat(BLOCKED).isNotEmpty();
        BLOCKED.clear();
    }

    @Test
    void anApplicationBlocksNothing(@TempDir Path folder) {
        try (ReactiveWebServerApplicationContext context = WholeApplication.start(
                "wal-receiver.data=" + folder.resolve("data"), "management.endpoints.web.exposure.include=*")) {
            SegmentReceiver receiver = context.getBean(SegmentReceiver.class);
            InProcessLeader leader = context.getBean(InProcessLeader.class);
            Segments segments = Segments.of(WholeApplication.LOG);
            WebClient client = WholeApplicationTest.client(context);
            read(client).block(Generated.LONG); // classes are loaded
            BLOCKED.clear();

            for (int i = 1; i <= 20; i++) {
                Mono<Void> waits = client.get()
                        .uri("/api/count/1")
                        .header("Positions", WholeApplication.LOG + "=" + 100 * i)
                        .retrieve()
                        .toBodilessEntity()
                        .then();
                Mono.when(waits, leader.send(segments.next(100)), read(client)).block(Generated.LONG);
            }

            await().atMost(Generated.LONG)
                    .until(() -> receiver.durable(WholeApplication.LOG).orElse(0) == 2_000);
            assertThat(BLOCKED).isEmpty();
        }
    }

    private static Mono<Void> read(WebClient client) {
        return Flux.just(
                        "/api/count/1",
                        "/actuator/health",
                        "/actuator/walreceiver",
                        "/actuator/metrics/walreceiver.logs")
                .flatMap(path -> client.get().uri(path).exchangeToMono(response -> response.releaseBody()))
                .then();
    }
}
