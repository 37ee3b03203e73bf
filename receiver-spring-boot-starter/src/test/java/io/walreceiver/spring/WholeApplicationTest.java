package io.walreceiver.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walreceiver.ReceiverStatus.Phase;
import io.walreceiver.SegmentReceiver;
import io.walreceiver.test.Segments;
import io.walreceiver.transport.inprocess.InProcessLeader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

class WholeApplicationTest {

    private final Segments segments = Segments.of(WholeApplication.LOG);

    @Test
    void theReceiverStopsFirstAndOpenStreamsHoldUpNothing(@TempDir Path folder) {
        ReactiveWebServerApplicationContext context = WholeApplication.start(
                "server.shutdown=graceful",
                "spring.lifecycle.timeout-per-shutdown-phase=2s",
                "wal-receiver.data=" + folder.resolve("data"));
        SegmentReceiver receiver = context.getBean(SegmentReceiver.class);
        InProcessLeader leader = context.getBean(InProcessLeader.class);
        leader.send(segments.next(100)).block(Generated.LONG);
        receiver.awaitApplied(WholeApplication.LOG, 100, Generated.LONG).block(Generated.LONG);
        WebClient client = client(context);
        List<String> told = new CopyOnWriteArrayList<>();
        CompletableFuture<Void> live = client.get()
                .uri("/live")
                .retrieve()
                .bodyToFlux(String.class)
                .doOnNext(told::add)
                .then()
                .toFuture();
        List<String> ticks = new CopyOnWriteArrayList<>();
        Disposable ticking =
                client.get().uri("/ticks").retrieve().bodyToFlux(String.class).subscribe(ticks::add, e -> {});
        await().atMost(Generated.LONG).until(() -> !told.isEmpty() && !ticks.isEmpty());

        Mono.fromRunnable(context::close).block(Generated.LONG);

        assertThat(live)
                .as("the stream of the receiver's status has ended in order")
                .isCompleted();
        assertThat(told.get(told.size() - 1)).contains(Phase.STOPPED.name());
        assertThat(receiver.status().phase()).isEqualTo(Phase.STOPPED);
        assertThat(receiver.durable(WholeApplication.LOG)).hasValue(100);
        ticking.dispose();
    }

    @Test
    void theProbesFollowTheReceiver() {
        try (ReactiveWebServerApplicationContext context = WholeApplication.start()) {
            InProcessLeader leader = context.getBean(InProcessLeader.class);
            leader.send(segments.next(100)).block(Generated.LONG);
            await().atMost(Generated.LONG).until(() -> status(context, "readiness") == 200);
            assertThat(status(context, "liveness")).isEqualTo(200);

            context.getBean(SegmentReceiver.class).stop(Duration.ZERO).block(Generated.LONG);

            await().atMost(Generated.LONG).until(() -> status(context, "readiness") == 503);
            assertThat(status(context, "liveness")).isEqualTo(200);
        }
    }

    private static int status(ReactiveWebServerApplicationContext context, String probe) {
        HttpStatusCode status = client(context)
                .get()
                .uri("/actuator/health/" + probe)
                .exchangeToMono(response -> response.releaseBody().thenReturn(response.statusCode()))
                .block(Generated.LONG);
        return status == null ? 0 : status.value();
    }

    static WebClient client(ReactiveWebServerApplicationContext context) {
        return WebClient.create("http://127.0.0.1:" + WholeApplication.port(context));
    }
}
