package io.walreceiver.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.walreceiver.ReceiverOptions;
import io.walreceiver.SegmentReceiver;
import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import io.walreceiver.transport.inprocess.InProcessLeader;
import io.walreceiver.transport.netty.tcp.TcpPublisher;
import io.walreceiver.transport.netty.tcp.TcpTransport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * A receiver that follows through a proxy which delays, stalls, drips, cuts, resets, truncates, duplicates, flips bits, half-closes and
 * delivers bytes of a connection that is over after its successor began: each run ends with every event applied once, in order, and no
 * buffer or thread is left. {@code -Dtest.argLine=-Dproxy.seeds=N} makes so many runs, with {@code -Dsurefire.timeout=SECONDS} if they take long.
 */
class TcpFaultsTest {

    private static final Duration SOON = Duration.ofMinutes(2);
    private static final int RUNS_AT_A_TIME = 8;
    private static final SignalSchema SCHEMA = SignalSchema.of(IntStream.range(0, 4)
            .mapToObj(type -> SignalType.permanent(type, "type" + type))
            .toList());
    private static final ReceiverOptions OPTIONS = ReceiverOptions.builder()
            .minResendDelay(Duration.ofMillis(5))
            .maxResendDelay(Duration.ofMillis(50))
            .build();

    @Test
    @Timeout(36_000)
    void whateverTheNetworkDoesEachEventIsAppliedOnce() {
        ListAppender<ILoggingEvent> leaks = new ListAppender<>();
        Logger detector = (Logger) LoggerFactory.getLogger(ResourceLeakDetector.class);
        detector.setLevel(Level.ERROR);
        leaks.start();
        detector.addAppender(leaks);
        ResourceLeakDetector.Level before = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        Map<FaultProxy.Fault, Integer> made = new EnumMap<>(FaultProxy.Fault.class);
        try {
            int runs = Integer.getInteger("proxy.seeds", 200);
            long first = Long.getLong("proxy.seed", System.nanoTime());
            System.out.println("faults: seeds " + first + ".." + (first + runs - 1)
                    + ", repeat one with -Dproxy.seeds=1 -Dproxy.seed=N");
            // Most of a run is waiting for timeouts.
            Flux.range(0, runs)
                    .flatMap(
                            i -> Mono.fromCallable(() -> run(first + i)).subscribeOn(Schedulers.boundedElastic()),
                            RUNS_AT_A_TIME)
                    .toIterable()
                    .forEach(run -> run.forEach((fault, count) -> made.merge(fault, count, Integer::sum)));
            if (runs >= 30) {
                assertThat(made).containsOnlyKeys(FaultProxy.Fault.values());
            }
            await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet().stream()
                            .map(Thread::getName)
                            .filter(name -> name.startsWith("receiver-tcp") || name.startsWith("receiver-publish")))
                    .isEmpty());
            System.gc();
            for (int i = 0; i < 200; i++) { // what was leaked is told of when something is allocated
                ByteBufAllocator.DEFAULT.buffer(64).release();
            }
            assertThat(leaks.list).isEmpty();
        } finally {
            ResourceLeakDetector.setLevel(before);
            detector.detachAppender(leaks);
        }
    }

    private static Map<FaultProxy.Fault, Integer> run(long seed) {
        Random random = new Random(seed);
        RecordingLedger ledger = RecordingLedger.create();
        InProcessLeader leader =
                InProcessLeader.builder().windowBytesPerLog(1 << 30).build();
        leader.follower(); // which acknowledges nothing, so that everything stays for those that come later
        List<Segments> logs = new ArrayList<>();
        List<WalSegmentPayload> written = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Segments log = Segments.of(new LogId(1, i)).seed(seed * 10 + i);
            logs.add(log);
            written.addAll(log.next(40, 20 + random.nextInt(400)));
        }
        Flux.fromIterable(written)
                .groupBy(WalSegmentPayload::log)
                .flatMap(log -> log.concatMap(leader::send))
                .subscribe();
        TcpPublisher.Running running =
                Objects.requireNonNull(TcpPublisher.builder(new SimplePublication(written, terms -> leader.follower()))
                        .heartbeatInterval(Duration.ofMillis(30))
                        .idleTimeout(Duration.ofSeconds(1))
                        .writeStallTimeout(Duration.ofSeconds(1))
                        .handshakeTimeout(Duration.ofSeconds(1))
                        .build()
                        .start()
                        .block(SOON));
        try (FaultProxy proxy = new FaultProxy(running.address(), seed, random.nextInt(12), 5 + random.nextInt(30))) {
            TcpTransport transport = TcpTransport.builder()
                    .host("127.0.0.1")
                    .port(proxy.port())
                    .windowBytesPerLog(1 << 20)
                    .handshakeTimeout(Duration.ofSeconds(1))
                    .idleTimeout(Duration.ofMillis(300))
                    .backoff(Duration.ofMillis(1), Duration.ofMillis(50))
                    .build();
            SegmentReceiver receiver = SegmentReceiver.create(transport, ledger, SCHEMA, OPTIONS);
            var completed = receiver.receive().then().toFuture();
            for (Segments log : logs) {
                LogId id = log.cut(1, 1).log();
                await("seed " + seed + ", log " + id)
                        .atMost(SOON)
                        .untilAsserted(() -> assertThat(ledger.position(id))
                                .as("%s, %s", transport.status(), receiver.status())
                                .isEqualTo(log.last()));
            }
            leader.complete();
            await("seed " + seed + ": the end").atMost(SOON).until(completed::isDone);
            for (Segments log : logs) {
                LogId id = log.cut(1, 1).log();
                assertThat(ledger.events(id)).as("seed %s, log %s", seed, id).isEqualTo(log.events());
            }
            return proxy.made();
        } finally {
            running.stop(false).block(SOON);
            leader.close();
        }
    }
}
