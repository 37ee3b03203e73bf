package io.walreceiver.server.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walreceiver.ReceiverStatus.Phase;
import io.walreceiver.SegmentReceiver;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.server.config.ConfigLoader;
import io.walreceiver.server.config.EffectiveConfig;
import io.walreceiver.server.demo.DemoStory;
import io.walreceiver.server.input.Endpoint;
import io.walreceiver.server.interrupt.StopSignal;
import io.walreceiver.storage.RecoveryFinding;
import io.walreceiver.transport.Transport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

/** The service in this process, with the demo's leader. */
class ServiceTest {

    private static final Duration SOON = Duration.ofMinutes(3);

    @TempDir
    private Path directory = Path.of("");

    private final Recorded events = new Recorded();
    private final Stop stop = new Stop();

    @Test
    void itEndsInOrderAndTellsEachPart() throws Exception {
        CompletableFuture<ServiceEnd> running = run("25s");
        await().atMost(SOON).until(() -> events.outcomes.size() > 3);

        stop.now();
        ServiceEnd end = running.get();

        assertThat(end.interrupted()).isTrue();
        assertThat(end.inTime()).isTrue();
        assertThat(end.replayed().report().drained()).isTrue();
        assertThat(events.told)
                .containsSubsequence(
                        "listens WEB",
                        "follows",
                        "stopping",
                        "closed receiver",
                        "closed listener for web",
                        "closed demo");
        assertThat(events.receiver.get().status().phase()).isEqualTo(Phase.STOPPED);
    }

    @Test
    void somethingThatHangsDoesNotKeepItFromEnding() throws Exception {
        CountDownLatch stuck = new CountDownLatch(1);
        events.beforeOutcome = () -> awaitQuietly(stuck);
        CompletableFuture<ServiceEnd> running = run("1s");
        await().atMost(SOON)
                .until(() -> events.receiver.get() != null
                        && events.receiver.get().status().inFlightBytes() > 0);

        stop.now();

        assertThat(running)
                .failsWithin(SOON)
                .withThrowableThat()
                .withRootCauseInstanceOf(ServiceFailure.class)
                .withMessageContaining("the receiver did not end within 1 s");
        stuck.countDown();
    }

    private CompletableFuture<ServiceEnd> run(String deadline) throws IOException {
        EffectiveConfig config = new ConfigLoader(Map.of())
                .set("demo.enabled", "true")
                .set("demo.pace", "2000")
                .set("data.directory", directory.resolve("data").toString())
                .set("web.listen", "http://127.0.0.1:0")
                .set("shutdown.deadline", deadline)
                .load();
        return CompletableFuture.supplyAsync(() -> {
            try {
                return new Service(config, events).run(stop);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class Stop implements StopSignal {

        private final CountDownLatch said = new CountDownLatch(1);

        void now() {
            said.countDown();
        }

        @Override
        public void await() {
            awaitQuietly(said);
        }

        @Override
        public boolean isInterrupted() {
            return said.getCount() == 0;
        }
    }

    private static final class Recorded implements ServiceEvents {

        private final ConcurrentLinkedQueue<String> told = new ConcurrentLinkedQueue<>();
        private final ConcurrentLinkedQueue<SegmentOutcome> outcomes = new ConcurrentLinkedQueue<>();
        private final AtomicReference<SegmentReceiver> receiver = new AtomicReference<>();
        private volatile Runnable beforeOutcome = () -> {};

        @Override
        public void listens(Listens what, Endpoint where) {
            told.add("listens " + what);
        }

        @Override
        public void demo(DemoStory story, int pace) {
            told.add("demo");
        }

        @Override
        public void demoIsThrough() {
            told.add("through");
        }

        @Override
        public void finding(RecoveryFinding finding) {
            told.add("finding");
        }

        @Override
        public Mono<Void> follows(SegmentReceiver follower, List<Transport> sources, long bytesToRecover) {
            told.add("follows");
            receiver.set(follower);
            return Mono.empty();
        }

        @Override
        public void outcome(SegmentOutcome outcome) {
            beforeOutcome.run();
            outcomes.add(outcome);
        }

        @Override
        public void stopping(Duration deadline) {
            told.add("stopping");
        }

        @Override
        public void closed(String what, Duration took, String failure) {
            told.add("closed " + what + failure);
        }
    }
}
