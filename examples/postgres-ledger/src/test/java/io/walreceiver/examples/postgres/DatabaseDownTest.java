package io.walreceiver.examples.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walreceiver.ReceiverOptions;
import io.walreceiver.SegmentReceiver;
import io.walreceiver.format.LogId;
import io.walreceiver.log.LogState;
import io.walreceiver.test.Segments;
import io.walreceiver.transport.directory.DirectoryTransport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The database is killed under a follower, and comes back. */
class DatabaseDownTest {

    private static final LogId A = new LogId(1, 0);
    private static final LogId B = new LogId(1, 1);
    private static final Duration SOON = Duration.ofSeconds(90);

    @TempDir
    Path wal;

    @Test
    void theLogsSaySoLoseNothingAndGoOnByThemselves() throws IOException {
        Map<LogId, Segments> logs = Map.of(A, Model.write(A, 1, 400, 30, wal), B, Model.write(B, 2, 400, 30, wal));
        PostgresServer server = PostgresServer.shared();
        String url = server.newSchema();
        PostgresLedger ledger = PostgresLedger.connect(url, Model.SCHEMA, "one").block(SOON);
        SegmentReceiver receiver = SegmentReceiver.create(
                DirectoryTransport.builder().directory(wal).follow(true).build(),
                ledger,
                Model.SCHEMA,
                ReceiverOptions.builder().maxResendDelay(Duration.ofSeconds(1)).build());
        receiver.receive().subscribe();

        await().atMost(SOON).until(() -> receiver.outcomes().applied() > 100);
        server.kill();
        try {
            await().atMost(SOON).untilAsserted(() -> {
                assertThat(receiver.status().logs()).hasSize(2).allSatisfy(log -> {
                    assertThat(log.state()).isEqualTo(LogState.FAILED);
                    assertThat(log.cause().orElseThrow()).contains("Cannot connect");
                });
            });
            assertThat(receiver.outcomes().applied()).isLessThan(800);
        } finally {
            server.restart();
        }
        receiver.awaitApplied(A, 12_000, SOON).block();
        receiver.awaitApplied(B, 12_000, SOON).block();
        receiver.stop(SOON).block();

        assertThat(receiver.status().logs()).allMatch(log -> log.cause().isEmpty());
        Tables tables = Tables.read(server, url);
        assertThat(tables.positions()).isEqualTo(Map.of(A, 12_000L, B, 12_000L));
        tables.assertEqual(Model.of(logs, tables.positions()), Model.SCHEMA, "after the restart");
        ledger.close().block(SOON);
    }
}
