package io.walreceiver.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.walreceiver.format.LogId;
import io.walreceiver.ledger.VectorFiles.Expected;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The vectors' expected files, written by an independent program from the closed form. */
class LedgerVectorsTest {

    private static final SignalSchema HISTORY_SCHEMA = SignalSchema.of(
            SignalType.exponential(0, "touch", Duration.ofDays(7)),
            SignalType.exponential(1, "churn", Duration.ofDays(30)));

    static Stream<Path> expectedAtInstants() throws IOException {
        List<Path> files = new ArrayList<>();
        for (String folder : List.of("windows", "windows/epoch")) {
            try (Stream<Path> all = Files.list(VectorFiles.folder(folder))) {
                all.filter(file -> file.getFileName().toString().startsWith("expected-at-"))
                        .forEach(files::add);
            }
        }
        assertThat(files).hasSizeGreaterThan(9);
        return files.stream().sorted();
    }

    @ParameterizedTest
    @MethodSource("expectedAtInstants")
    void windowsAgreeAtEveryInstant(Path expected) {
        String name = expected.getFileName().toString();
        long now = Long.parseLong(name.replaceAll("\\D", ""));
        assertAgrees(VectorFiles.SCHEMA, expected.getParent(), expected, now);
    }

    @Test
    void generatedLogsAgree() {
        Path folder = VectorFiles.folder("generated");
        assertAgrees(VectorFiles.SCHEMA, folder, folder.resolve("expected.csv"), 1767960000000000000L);
    }

    @Test
    void realHistoryAgrees() {
        Path folder = VectorFiles.folder("reactor-core-history");
        assertAgrees(HISTORY_SCHEMA, folder, folder.resolve("expected.csv"), 1784794900000000000L);
    }

    private static void assertAgrees(SignalSchema schema, Path folder, Path expectedFile, long now) {
        InMemorySignalLedger ledger = InMemorySignalLedger.create(schema);
        MapLedger plain = new MapLedger(schema);
        Map<LogId, LedgerPart> parts = new HashMap<>();
        VectorFiles.replay(folder, (log, batch) -> {
            parts.computeIfAbsent(log, ledger::open).apply(batch, batch.lastSeq());
            plain.apply(log, batch);
        });
        List<Expected> expected = VectorFiles.expected(expectedFile, now);
        List<SignalReading> all = new ArrayList<>();
        ledger.forEach(now, all::add);

        assertThat(all).hasSameSizeAs(expected).isEqualTo(plain.readAll(now));
        for (int i = 0; i < all.size(); i++) {
            assertAgrees(all.get(i), expected.get(i));
            assertThat(ledger.read(all.get(i).entityId(), all.get(i).signalType(), now))
                    .isEqualTo(all.get(i));
        }
    }

    private static void assertAgrees(SignalReading actual, Expected expected) {
        double score = expected.reading().score();
        assertThat(withScore(actual, score)).isEqualTo(expected.reading());
        assertThat(actual.score())
                .as("score of %s", expected.reading())
                .isCloseTo(score, within(1e-9 * expected.magnitude() + 1e-280));
    }

    private static SignalReading withScore(SignalReading reading, double score) {
        return new SignalReading(
                reading.entityId(),
                reading.signalType(),
                reading.asOfNanos(),
                score,
                reading.allTime(),
                reading.lastHour(),
                reading.lastDay(),
                reading.lastWeek());
    }
}
