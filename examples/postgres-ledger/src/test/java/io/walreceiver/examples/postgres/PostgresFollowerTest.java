package io.walreceiver.examples.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.walreceiver.format.LogId;
import io.walreceiver.test.Segments;
import io.walreceiver.transport.directory.DirectoryPublication;
import io.walreceiver.transport.netty.tcp.TcpPublisher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The program, as a process, behind a leader over TCP. */
class PostgresFollowerTest {

    private static final LogId LOG = new LogId(1, 0);
    private static final String SIGNALS = "view=P7D,like=P30D,share=P1D,skip=PT1H";
    private static final Duration SOON = Duration.ofSeconds(60);

    private final PostgresServer server = PostgresServer.shared();
    private final String url = server.newSchema();

    @TempDir
    Path wal;

    private Segments log;
    private TcpPublisher.Running leader;

    @BeforeEach
    void publish() throws IOException {
        log = Model.write(LOG, 1, 10, 100, wal);
        leader = TcpPublisher.builder(
                        DirectoryPublication.builder(wal).follow(true).build())
                .port(0)
                .build()
                .start()
                .block(SOON);
    }

    @AfterEach
    void close() {
        leader.stop(false).block(SOON);
    }

    private Child start() throws IOException {
        return Child.start(
                PostgresFollower.class, "tcp://127.0.0.1:" + leader.address().getPort(), url, SIGNALS);
    }

    private void append(int segments) throws IOException {
        for (int i = 0; i < segments; i++) {
            var segment = log.next(100);
            Path written = Files.write(wal.resolve("new.tmp"), segment.bytes());
            Files.move(written, wal.resolve(segment.id().fileName()));
        }
    }

    private void awaitTables(long events) {
        await().atMost(SOON).untilAsserted(() -> {
            assertThat(Tables.exist(server, url)).isTrue();
            assertThat(Tables.read(server, url).positions()).isEqualTo(Map.of(LOG, events));
        });
        Tables tables = Tables.read(server, url);
        tables.assertEqual(Model.of(Map.of(LOG, log), tables.positions()), Model.SCHEMA, "through " + events);
    }

    @Test
    void itFollowsTellsHowFarItIsAndGoesOnWhereItWasStopped() throws Exception {
        assumeFalse(OS.WINDOWS.isCurrentOs(), "Windows has no SIGTERM");
        try (Child first = start()) {
            first.awaitLine("1,000 events of 1 logs are in the table");
            append(2);
            first.awaitLine("1,200 events");
            first.process().destroy(); // SIGTERM
            assertThat(first.process().onExit().get().exitValue()).isEqualTo(143);
        }
        awaitTables(1_200);
        append(3);
        try (Child second = start()) {
            second.awaitLine("1,500 events");
            awaitTables(1_500);
        }
    }

    @Test
    void theOlderProcessEndsAndSaysWhy() throws Exception {
        try (Child older = start()) {
            older.awaitLine("1,000 events");
            try (Child newer = start()) {
                newer.awaitLine("1,000 events");
                append(1);
                newer.awaitLine("1,100 events");
                assertThat(older.process().onExit().get().exitValue()).isEqualTo(1);
            }
        }
        awaitTables(1_100);
    }

    @Test
    void whoIsTakenOverLetsTheLeaderGo() throws Exception {
        String source = "tcp://127.0.0.1:" + leader.address().getPort();
        CompletableFuture<Integer> older =
                CompletableFuture.supplyAsync(() -> PostgresFollower.run(source, url, SIGNALS));
        awaitTables(1_000);

        PostgresLedger newer = PostgresLedger.connect(url, Model.SCHEMA, "the newer one")
                .blockOptional(SOON)
                .orElseThrow();
        append(1); // which the older one cannot commit
        assertThat(older.get()).isEqualTo(1);

        await().atMost(SOON).untilAsserted(() -> assertThat(leader.followers()).isEmpty());
        newer.close().block(SOON);
    }

    @Test
    void wrongArgumentsAreRefused() {
        assertThat(PostgresFollower.run()).isEqualTo(2);
        assertThat(PostgresFollower.run("http://127.0.0.1:1", url, SIGNALS)).isEqualTo(2);
        assertThat(PostgresFollower.run("tcp://127.0.0.1", url, SIGNALS)).isEqualTo(2);
        assertThat(PostgresFollower.run("tcp://127.0.0.1:1", "postgres", SIGNALS))
                .isEqualTo(2);
        assertThat(PostgresFollower.run("tcp://127.0.0.1:1", url, "view")).isEqualTo(2);
    }

    @Test
    void aDatabaseThatCannotBeReachedEndsIt() {
        assertThat(PostgresFollower.run("tcp://127.0.0.1:1", "r2dbc:postgresql://nobody@127.0.0.1:1/nothing", SIGNALS))
                .isEqualTo(1);
    }
}
