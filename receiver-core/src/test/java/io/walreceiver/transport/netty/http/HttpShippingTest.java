package io.walreceiver.transport.netty.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.transport.TransportClosedException;
import io.walreceiver.transport.directory.DirectoryTransport;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/** Directories of segments are shipped to real receivers, by the shipper and by a shell. */
class HttpShippingTest {

    private static final Duration SOON = Duration.ofMinutes(2);
    private static final LogId A = new LogId(0, 0);
    private static final LogId B = new LogId(1, 30);
    private static final LogId C = new LogId(65_535, 7);
    private static final int SEGMENTS = 20;

    private static final ListAppender<ILoggingEvent> LEAKS = new ListAppender<>();
    private static final ResourceLeakDetector.Level LEVEL = ResourceLeakDetector.getLevel();

    @TempDir
    Path directory;

    @BeforeAll
    static void watchForLeaks() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        LEAKS.start();
        ((Logger) LoggerFactory.getLogger(ResourceLeakDetector.class)).addAppender(LEAKS);
    }

    @AfterAll
    static void nothingHasLeaked() {
        for (int i = 0; i < 5; i++) { // leaks are told of when buffers are taken after a collection
            System.gc();
            ByteBufAllocator.DEFAULT.buffer(1).release();
        }
        ResourceLeakDetector.setLevel(LEVEL);
        ((Logger) LoggerFactory.getLogger(ResourceLeakDetector.class)).detachAppender(LEAKS);
        assertThat(LEAKS.list).isEmpty();
    }

    @AfterEach
    void noThreadIsLeft() {
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("wal-http")));
    }

    private Path segments() {
        return directory.resolve("segments");
    }

    private Path data() {
        return directory.resolve("data");
    }

    /** Some segments are large enough to be asked for first. */
    private void write() {
        for (LogId log : List.of(A, B, C)) {
            long next = 1;
            for (int i = 0; i < SEGMENTS; i++) {
                int events = i % 5 == 4 ? 4_000 : 50;
                put(PushedTo.segment(log, next, events));
                next += events;
            }
        }
    }

    private static long last() {
        return SEGMENTS / 5 * (4 * 50 + 4_000);
    }

    private void put(WalSegmentPayload segment) {
        try {
            Files.createDirectories(segments());
            Files.write(segments().resolve(segment.id().fileName()), segment.bytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static HttpShipper shipper(Follower to) {
        return HttpShipper.to(to.uri())
                .backoff(Duration.ofMillis(5), Duration.ofMillis(100))
                .build();
    }

    private Mono<ShipReport> ship(HttpShipper shipper) {
        return new DirectoryShipper(DirectoryTransport.of(segments()), shipper).ship();
    }

    private void assertAgrees(Follower follower) {
        assertThat(new HashSet<>(follower.readings()))
                .isEqualTo(new HashSet<>(Follower.readings(DirectoryTransport.of(segments()))));
    }

    @Test
    void aDirectoryIsShippedAndNotShippedAgain() {
        write();
        try (Follower follower = new Follower(data(), 0);
                HttpShipper shipper = shipper(follower)) {
            ShipReport report = ship(shipper).block(SOON);
            assertThat(report.failures()).isEmpty();
            assertThat(report.segments()).isEqualTo(3 * SEGMENTS);
            assertThat(report.durable()).isEqualTo(Map.of(A, last(), B, last(), C, last()));
            assertThat(shipper.positions().block(SOON)).isEqualTo(report.durable());
            assertAgrees(follower);
            assertThat(ship(shipper).block(SOON).segments()).isZero();

            shipper.head(B, last() + 7, 5).block(SOON);
            assertThat(follower.transport.head(B)).hasValue(last() + 7);
        }
    }

    @Test
    void severalSendersOfTheSameLogsDoNoHarm() {
        write();
        try (Follower follower = new Follower(data(), 0);
                HttpShipper one = shipper(follower);
                HttpShipper other = shipper(follower)) {
            List<ShipReport> reports =
                    Mono.zip(ship(one), ship(other), List::of).block(SOON);
            assertThat(reports).allSatisfy(report -> {
                assertThat(report.failures()).isEmpty();
                assertThat(report.durable()).isEqualTo(Map.of(A, last(), B, last(), C, last()));
            });
            assertAgrees(follower);
        }
    }

    /** Seeds: {@code -Dhttp.restarts.seed}; how many runs: {@code -Dhttp.restarts.runs}. */
    @Test
    void aFollowerThatIsKilledAndStartedAnewMissesNothing() throws IOException {
        long first = Long.getLong("http.restarts.seed", System.nanoTime());
        for (long seed = first; seed < first + Integer.getInteger("http.restarts.runs", 2); seed++) {
            System.out.println("http restarts: seed " + seed);
            Random random = new Random(seed);
            Path data = directory.resolve("data-" + seed);
            write();
            Follower follower = new Follower(data, 0);
            int port = follower.port();
            try (HttpShipper shipper = shipper(follower)) {
                DirectoryShipper shipping = new DirectoryShipper(DirectoryTransport.of(segments()), shipper);
                CompletableFuture<ShipReport> report = shipping.ship().toFuture();
                for (int kill = 0; kill < 3; kill++) {
                    long until = shipping.progress().segments() + random.nextInt(15);
                    await().until(() -> report.isDone() || shipping.progress().segments() >= until);
                    follower.close();
                    follower = new Follower(data, port);
                }
                ShipReport shipped = Mono.fromFuture(report).block(SOON);
                assertThat(shipped.failures()).as("seed %s", seed).isEmpty();
                assertThat(shipped.durable()).as("seed %s", seed).isEqualTo(Map.of(A, last(), B, last(), C, last()));
                assertAgrees(follower);
            } finally {
                follower.close();
            }
        }
    }

    @Test
    void aCorruptFileStopsItsLogAndNoOther() throws IOException {
        write();
        Path file = segments().resolve(PushedTo.segment(B, 51, 50).id().fileName());
        byte[] bytes = Files.readAllBytes(file);
        bytes[200] ^= 1;
        Files.write(file, bytes);
        try (Follower follower = new Follower(data(), 0);
                HttpShipper shipper = shipper(follower)) {
            ShipReport report = ship(shipper).block(SOON);
            assertThat(report.failures()).containsOnlyKeys(B);
            assertThat(report.failures().get(B)).isInstanceOfSatisfying(SegmentRejectedException.class, rejected -> {
                assertThat(rejected.status()).isEqualTo(422);
                assertThat(rejected.problem()).isEqualTo("corrupt");
                assertThat(rejected.expected()).hasValue(51);
                assertThat(rejected).hasMessageContaining("checksum");
            });
            assertThat(report.durable()).isEqualTo(Map.of(A, last(), B, 50L, C, last()));
        }
    }

    @Test
    void aMissingFileStopsItsLogAndNoOther() throws IOException {
        write();
        Files.delete(segments().resolve(PushedTo.segment(B, 51, 50).id().fileName()));
        try (Follower follower = new Follower(data(), 0);
                HttpShipper shipper = shipper(follower)) {
            ShipReport report = ship(shipper).block(SOON);
            assertThat(report.failures()).containsOnlyKeys(B);
            assertThat(report.failures().get(B)).hasMessageContaining("gap").hasMessageContaining("expected event 51");
            assertThat(report.durable()).isEqualTo(Map.of(A, last(), B, 50L, C, last()));
        }
    }

    @Test
    void aDirectoryIsFollowed() {
        write();
        try (Follower follower = new Follower(data(), 0);
                HttpShipper shipper = shipper(follower)) {
            DirectoryTransport source = DirectoryTransport.builder()
                    .directory(segments())
                    .follow(true)
                    .rescanInterval(Duration.ofMillis(20))
                    .build();
            DirectoryShipper shipping = new DirectoryShipper(source, shipper);
            CompletableFuture<ShipReport> report = shipping.ship().toFuture();
            await().until(() -> shipping.progress().segments() >= 3 * SEGMENTS); // some may be sent twice
            put(PushedTo.segment(A, last() + 1, 50));
            await().until(() -> shipping.progress().durable().get(A) == last() + 50);
            report.cancel(true);
        }
    }

    @Test
    void aFollowedFileThatIsPutRightIsSentAgain() throws IOException {
        write();
        WalSegmentPayload next = PushedTo.segment(A, last() + 1, 50);
        Path file = segments().resolve(next.id().fileName());
        Files.write(file, Arrays.copyOf(next.bytes(), 1000)); // a leader that does not rename
        try (Follower follower = new Follower(data(), 0);
                HttpShipper shipper = shipper(follower)) {
            DirectoryShipper shipping = new DirectoryShipper(
                    DirectoryTransport.builder()
                            .directory(segments())
                            .follow(true)
                            .rescanInterval(Duration.ofMillis(20))
                            .build(),
                    shipper);
            CompletableFuture<ShipReport> report = shipping.ship().toFuture();
            await().until(() -> shipping.progress().failures().containsKey(A));
            Files.write(file, next.bytes());
            await().until(() -> shipping.progress().durable().get(A) == last() + 50);
            assertThat(shipping.progress().failures()).isEmpty();
            report.cancel(true);
        }
    }

    @RepeatedTest(10) // closing at the moment when a connection is being made once left one waiting for ever
    void closingFailsWhatWaits() {
        try (PushedTo follower = new PushedTo()) {
            HttpShipper shipper = HttpShipper.to(URI.create(
                            "http://127.0.0.1:" + follower.server.address().getPort()))
                    .build();
            CompletableFuture<Void> send = shipper.send(PushedTo.segment(1, 10)).toFuture();
            shipper.close();
            assertThatThrownBy(send::join).hasRootCauseInstanceOf(TransportClosedException.class);
            assertThatThrownBy(() -> shipper.send(PushedTo.segment(1, 10)).block(SOON))
                    .isInstanceOf(TransportClosedException.class);
        }
    }

    @Test
    void aShellShipsADirectoryAndGoesOnWhereItStopped() throws Exception {
        assumeTrue(curlIsThere(), "curl");
        write();
        try (Follower follower = new Follower(data(), 0)) {
            assertThat(shell(follower)).isEqualTo("0\n");
            assertAgrees(follower);
            put(PushedTo.segment(A, last() + 1, 50));
            assertThat(shell(follower)).isEqualTo("0\n");
            assertAgrees(follower);
        }
    }

    @Test
    void aShellStopsWithTheFollowersWords() throws Exception {
        assumeTrue(curlIsThere(), "curl");
        put(PushedTo.segment(A, 1, 50));
        put(PushedTo.segment(A, 101, 50));
        try (Follower follower = new Follower(data(), 0)) {
            assertThat(shell(follower)).startsWith("1\n").contains("urn:walreceiver:gap", "expected event 51", "409");
            byte[] corrupt = PushedTo.segment(A, 51, 50).bytes();
            corrupt[200] ^= 1;
            put(new WalSegmentPayload(PushedTo.segment(A, 51, 50).id(), corrupt, 50));
            assertThat(shell(follower)).startsWith("1\n").contains("urn:walreceiver:corrupt", "checksum", "422");
        }
    }

    @Test
    void aShellComesAgainWhenTheFollowerCannotTakeASegment() throws Exception {
        assumeTrue(curlIsThere(), "curl");
        put(PushedTo.segment(PushedTo.LOG, 1, 50));
        try (PushedTo follower = new PushedTo()) {
            CompletableFuture<String> shell = CompletableFuture.supplyAsync(
                    () -> shell("http://127.0.0.1:" + follower.server.address().getPort()));
            follower.subscribe(0); // 503 before, then nobody asks for it
            follower.transport.hold(PushedTo.LOG, 1); // 429
            await().until(() -> !shell.isDone());
            follower.transport.request(PushedTo.LOG, 1);
            follower.subscriber.request(1);
            await().until(() -> follower.received.size() == 1);
            follower.transport.acknowledge(PushedTo.LOG, 50);
            assertThat(shell.join()).isEqualTo("0\n");
        }
    }

    private static boolean curlIsThere() {
        return List.of(System.getenv("PATH").split(File.pathSeparator)).stream()
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "curl")));
    }

    private String shell(Follower follower) {
        return shell(follower.uri().toString());
    }

    /** Exit code, line break, and what it printed. */
    private String shell(String to) {
        try {
            Process process = new ProcessBuilder(
                            "sh", "../examples/ship.sh", segments().toString(), to)
                    .redirectErrorStream(true)
                    .start();
            String printed = new String(process.getInputStream().readAllBytes());
            return process.waitFor() + "\n" + printed;
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
