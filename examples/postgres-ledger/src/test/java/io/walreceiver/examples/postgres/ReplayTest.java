package io.walreceiver.examples.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.walreceiver.SegmentReceiver;
import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.ledger.SignalReading;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.outcome.SegmentOutcome.Applied;
import io.walreceiver.outcome.SegmentOutcome.Duplicate;
import io.walreceiver.test.Segments;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.directory.DirectoryTransport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/** Segments through a receiver into a real database. */
class ReplayTest {

    private static final LogId LOG = new LogId(1, 0);

    private final PostgresServer server = PostgresServer.shared();
    private final String url = server.newSchema();
    private PostgresLedger ledger;

    @BeforeEach
    void connect() {
        ledger = PostgresLedger.connect(url, Model.SCHEMA, "replay").block();
    }

    @AfterEach
    void close() {
        ledger.close().block();
    }

    private static Path wal(String vectors) {
        return Path.of(System.getProperty("vectors"), vectors, "wal");
    }

    private List<SegmentOutcome> replay(Path wal) {
        return SegmentReceiver.create(DirectoryTransport.of(wal), ledger, Model.SCHEMA)
                .receive()
                .collectList()
                .block();
    }

    @ParameterizedTest
    @ValueSource(strings = {"generated", "reactor-core-history"})
    void theTablesHaveTheBitsOfTheBuiltInLedger(String vectors) {
        replay(wal(vectors));
        Tables.read(server, url).assertEqual(Model.of(wal(vectors)), Model.SCHEMA, vectors);
    }

    /** Answers that an independent program computed from the closed form. */
    @Test
    void answersAgreeWithTheVectors() throws IOException {
        replay(wal("reactor-core-history"));
        long now = 1_784_794_900_000_000_000L;
        List<String> lines =
                Files.readAllLines(Path.of(System.getProperty("vectors"), "reactor-core-history/expected.csv"));
        for (int line = 1; line < lines.size(); line += 50) {
            String[] fields = lines.get(line).split(",");
            PairReading answer = ledger.read(Long.parseUnsignedLong(fields[0]), Integer.parseInt(fields[1]), now)
                    .block();
            assertThat(answer.events()).as(lines.get(line)).isEqualTo(Long.parseLong(fields[2]));
            assertThat(answer.score())
                    .as(lines.get(line))
                    .isCloseTo(Double.parseDouble(fields[6]), within(1e-9 * Double.parseDouble(fields[7]) + 1e-280));
        }
    }

    @Test
    void theTopIsThatOfTheBuiltInLedger() {
        replay(wal("reactor-core-history"));
        InMemorySignalLedger model = Model.of(wal("reactor-core-history"));
        for (long now : new long[] {0, model.newestEventNanos(), Long.MAX_VALUE}) {
            for (int signal = 0; signal < 2; signal++) {
                List<PairReading> expected = model.topByScore(signal, 20, now).stream()
                        .map(ReplayTest::withoutWindows)
                        .toList();
                List<PairReading> top =
                        ledger.topByScore(signal, 20, now).collectList().block();
                assertThat(top).as("signal %d at %d", signal, now).isEqualTo(expected);
            }
        }
        assertThat(ledger.topByScore(0, 0, 0).collectList().block()).isEmpty();
        assertThat(ledger.topByScore(9, 10, 0).collectList().block()).isEmpty();
    }

    private static PairReading withoutWindows(SignalReading reading) {
        return new PairReading(
                reading.entityId(), reading.signalType(), reading.asOfNanos(), reading.score(), reading.allTime());
    }

    @Test
    void aSecondReplayChangesNothing() {
        replay(wal("generated"));
        Tables once = Tables.read(server, url);
        ledger.close().block();
        connect();
        assertThat(replay(wal("generated"))).allMatch(outcome -> outcome instanceof Duplicate);
        assertThat(Tables.read(server, url)).isEqualTo(once);
    }

    /** Duplicates, overlaps and other cuts in any order that leaves no gap for good. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void howeverTheLogIsCutAndRepeatedEachEventCountsOnce(long seed) {
        Random random = new Random(seed);
        Segments log = Segments.of(LOG).seed(seed).eventsPerBatch(10);
        log.next(2_000);
        List<WalSegmentPayload> sent = new ArrayList<>();
        for (long reached = 0; reached < log.last(); ) {
            long first = Math.max(1, reached + 1 - random.nextInt(60));
            long last = Math.min(log.last(), first + random.nextInt(120));
            sent.add(log.cut(first, last));
            if (random.nextInt(4) == 0) {
                sent.add(sent.get(random.nextInt(sent.size())));
            }
            reached = Math.max(reached, last);
        }
        List<SegmentOutcome> outcomes = SegmentReceiver.create(
                        Transport.of(Flux.fromIterable(sent)), ledger, Model.SCHEMA)
                .receive()
                .collectList()
                .block();
        assertThat(outcomes)
                .as("seed %d", seed)
                .hasSize(sent.size())
                .allMatch(outcome -> outcome instanceof Applied || outcome instanceof Duplicate);
        Map<LogId, Long> all = Map.of(LOG, log.last());
        Tables tables = Tables.read(server, url);
        assertThat(tables.positions()).isEqualTo(all);
        tables.assertEqual(Model.of(Map.of(LOG, log), all), Model.SCHEMA, "seed " + seed);
    }
}
