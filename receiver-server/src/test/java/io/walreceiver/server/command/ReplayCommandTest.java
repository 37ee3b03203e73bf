package io.walreceiver.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.server.console.Terminal;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

class ReplayCommandTest {

    private static final Path GENERATED = Run.VECTORS.resolve("generated/wal");

    @TempDir
    private Path directory;

    private Path schema = Path.of("");

    @BeforeEach
    void writeSchema() throws IOException {
        schema = Files.writeString(directory.resolve("schema.yaml"), """
                signals:
                  - {type: 0, name: a, half-life: 7d}
                  - {type: 1, name: b, half-life: 30d}
                  - {type: 2, name: c, half-life: 1d}
                  - {type: 3, name: d, half-life: 1h}
                """);
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void exportIsWhatAnIndependentProgramExpects(Path wal, Path expected, String now) throws IOException {
        Path export = directory.resolve("export.csv");

        Run run = Run.of("replay", wal, "--schema", schema, "--export", export, "--at", now);

        assertThat(run.exit()).as(run.toString()).isEqualTo(Exit.OK);
        Expected.assertExport(export, expected);
        assertThat(names(directory)).containsExactlyInAnyOrder("schema.yaml", "export.csv");
    }

    static Stream<Arguments> vectors() throws IOException {
        Path history = Run.VECTORS.resolve("reactor-core-history");
        Path windows = Run.VECTORS.resolve("windows");
        Path epoch = windows.resolve("epoch");
        return Stream.of(
                        Stream.of(
                                Arguments.of(
                                        GENERATED,
                                        Run.VECTORS.resolve("generated/expected.csv"),
                                        "1767960000000000000"),
                                Arguments.of(
                                        history.resolve("wal"),
                                        history.resolve("expected.csv"),
                                        "1784794900000000000")),
                        expectedAt(windows),
                        expectedAt(epoch))
                .flatMap(vectors -> vectors);
    }

    private static Stream<Arguments> expectedAt(Path vectors) throws IOException {
        return names(vectors).stream()
                .filter(name -> name.startsWith("expected-at-"))
                .map(name -> Arguments.of(vectors.resolve("wal"), vectors.resolve(name), name.replaceAll("\\D", "")));
    }

    @Test
    void summarySaysWhatWasApplied() {
        Run run = Run.of("replay", GENERATED, "--schema", schema);

        assertThat(run.exit()).isEqualTo(Exit.OK);
        assertThat(run.out())
                .contains("applied 27,687 events of 9 segments and 3 logs in ")
                .contains("events/s");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void jsonHasTheSameFiguresForEachRepeat() {
        Run run = Run.of("replay", GENERATED, "--schema", schema, "--json", "--repeat", 3);

        List<JsonNode> lines = run.jsonLines();
        assertThat(lines).hasSize(3);
        for (int i = 0; i < 3; i++) {
            JsonNode line = lines.get(i);
            assertThat(line.get("repeat").asInt()).isEqualTo(i + 1);
            assertThat(line.get("events").asLong()).isEqualTo(27_687);
            assertThat(line.get("segments").asLong()).isEqualTo(9);
            assertThat(line.get("outcomes").get("applied").asLong()).isEqualTo(9);
            assertThat(line.get("bytes").asLong()).isEqualTo(615_987);
            assertThat(line.get("seconds").asDouble()).isPositive();
            assertThat(line.get("eventsPerSecond").asDouble()).isPositive();
            assertThat(line.get("bytesPerSecond").asDouble()).isPositive();
            assertThat(line.get("complete").asBoolean()).isTrue();
            assertThat(line.get("logs")).hasSize(3);
        }
    }

    @Test
    void gapIsNamedAndExitsWithThree() throws IOException {
        Path wal = copy(GENERATED, "gap");
        Files.delete(wal.resolve("wal-00001-00001-00000000000000003247.seg"));

        Run run = Run.of("replay", wal, "--schema", schema, "--json");

        assertThat(run.exit()).isEqualTo(Exit.INCOMPLETE);
        assertThat(run.err())
                .contains("log 1:1 stopped after event 3246 (gap): events 3247..6046 are missing")
                .contains("next: copy the file that holds event 3247 of log 1:1")
                .doesNotContain("when they come");
        JsonNode summary = run.jsonLines().get(0);
        assertThat(summary.get("complete").asBoolean()).isFalse();
        assertThat(summary.get("outcomes").get("abandoned").asLong()).isEqualTo(1);
        assertThat(summary.get("logs").get(1).get("state").asString()).isEqualTo("gap");
        assertThat(summary.get("logs").get(1).get("applied").asLong()).isEqualTo(3246);
        assertThat(summary.get("logs").get(2).get("applied").asLong()).isEqualTo(8947);
    }

    @Test
    void corruptFileIsNamedAndExitsWithThree() throws IOException {
        Path wal = copy(GENERATED, "corrupt");
        Path file = wal.resolve("wal-00001-00002-00000000000000003130.seg");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);

        Run run = Run.of("replay", wal, "--schema", schema);

        assertThat(run.exit()).isEqualTo(Exit.INCOMPLETE);
        assertThat(run.err())
                .contains("log 1:2 stopped after event 3129 (corrupt): " + file + ": segment 1:2:3130, batch ")
                .contains("checksum")
                .contains("next: replace " + file + " with a good copy")
                .contains("inspect " + file)
                .doesNotContain("heals");
    }

    @Test
    void goodCopyInASecondDirectoryHealsACorruptFile() throws IOException {
        Path wal = copy(GENERATED, "corrupt");
        Path file = wal.resolve("wal-00001-00002-00000000000000003130.seg");
        byte[] bytes = Files.readAllBytes(file);
        bytes[200] ^= 1;
        Files.write(file, bytes);

        Run run = Run.of("replay", wal, GENERATED, "--schema", schema, "--json");

        assertThat(run.exit()).as(run.toString()).isEqualTo(Exit.OK);
        assertThat(run.jsonLines().get(0).get("events").asLong()).isEqualTo(27_687);
        assertThat(run.err()).contains("warning: a copy was refused, and a good one applied: segment 1:2:3130, batch ");
    }

    @Test
    void fileThatCannotBeReadIsAFailureOfItsOwnLogAlone() throws IOException {
        Path wal = copy(GENERATED, "large");
        try (RandomAccessFile file = new RandomAccessFile(
                wal.resolve("wal-00001-00003-00000000000000000001.seg").toFile(), "rw")) {
            file.setLength(65 << 20);
        }

        Run run = Run.of("replay", wal, "--schema", schema);

        assertThat(run.exit()).isEqualTo(Exit.FAILED);
        assertThat(run.out()).contains("applied 27,687 events of 9 segments and 3 logs in ");
        assertThat(run.err())
                .contains("log 1:3 stopped after event 0 (unreadable): ")
                .contains("too large")
                .doesNotContain("raise maxSegmentBytes")
                .contains("next: ")
                .doesNotContain("\tat ");
        Run json = Run.of("replay", wal, "--schema", schema, "--json");
        JsonNode summary = json.jsonLines().get(0);
        assertThat(summary.get("complete").asBoolean()).isFalse();
        JsonNode log = summary.get("logs").get(3);
        assertThat(log.get("log").asString()).isEqualTo("1:3");
        assertThat(log.get("state").asString()).isEqualTo("unreadable");
        assertThat(log.get("cause").asString()).contains("wal-00001-00003-").contains("too large");
    }

    @Test
    void logThatStopsAtAnUnreadableFileIsNotRunning() throws IOException {
        Path wal = copy(GENERATED, "half");
        try (RandomAccessFile file = new RandomAccessFile(
                wal.resolve("wal-00001-00001-00000000000000003247.seg").toFile(), "rw")) {
            file.setLength(65 << 20);
        }

        Run run = Run.of("replay", wal, "--schema", schema, "--json");

        assertThat(run.exit()).isEqualTo(Exit.FAILED);
        JsonNode log = run.jsonLines().get(0).get("logs").get(1);
        assertThat(log.get("applied").asLong()).isEqualTo(3246);
        assertThat(log.get("state").asString()).isEqualTo("unreadable");
        assertThat(log.get("cause").asString()).contains("wal-00001-00001-00000000000000003247.seg");
        assertThat(run.err()).containsOnlyOnce("error: ").contains("log 1:1 stopped after event 3246 (unreadable): ");
    }

    @Test
    void directoryNamedTwiceIsReadOnce() {
        Path again = GENERATED.resolve("../wal");

        Run run = Run.of("replay", GENERATED, again, GENERATED, "--schema", schema, "--json");

        assertThat(run.exit()).isEqualTo(Exit.OK);
        JsonNode summary = run.jsonLines().get(0);
        assertThat(summary.get("segments").asLong()).isEqualTo(9);
        assertThat(run.err())
                .contains("warning: " + again + " is " + GENERATED + " again, and is read once")
                .contains("warning: " + GENERATED + " is named twice, and is read once");
    }

    @Test
    void exportBeforeTheEventsSaysHowManyPairsAreLater() {
        Path export = directory.resolve("export.csv");

        Run early = Run.of("replay", GENERATED, "--schema", schema, "--export", export, "--at", "2020-01-01T00:00:00Z");
        Run late = Run.of("replay", GENERATED, "--schema", schema, "--export", export, "--at", "newest");

        assertThat(early.exit()).isEqualTo(Exit.OK);
        assertThat(early.err())
                .containsPattern(
                        "note: ([\\d,]+) of \\1 pairs have later events; each of them was written as of its newest");
        assertThat(late.err()).doesNotContain("note: ");
    }

    @Test
    void noLogIsOneTooMany() {
        Path wal = directory.resolve("wal");
        Run.of("generate", "--out", wal, "--logs", 4_200, "--segments", 1, "--events", 4_200);

        Run run = Run.of("replay", wal, "--schema", schema);

        assertThat(run.exit()).as(run.toString()).isEqualTo(Exit.OK);
        assertThat(run.out()).contains("applied 4,200 events of 4,200 segments and 4,200 logs in ");
    }

    @Test
    void unknownSignalTypeIsNamedAndExitsWithThree() throws IOException {
        Files.writeString(schema, "signals: [{type: 0, name: a, half-life: 7d}]\n");

        Run run = Run.of("replay", GENERATED, "--schema", schema);

        assertThat(run.exit()).isEqualTo(Exit.INCOMPLETE);
        assertThat(run.err())
                .contains("(invalid event)")
                .contains("signal_type")
                .contains("add the signal type to the schema");
    }

    @Test
    void badArgumentsAreToldBeforeAnythingIsDone() throws IOException {
        Path empty = Files.createDirectory(directory.resolve("empty"));
        assertUsage("no segments in", empty, "--schema", schema);
        assertUsage("there is no such file", directory.resolve("none"), "--schema", schema);
        assertUsage("is a file", schema, "--schema", schema);
        assertUsage("--schema", GENERATED);
        assertUsage("there is no such file", GENERATED, "--schema", directory.resolve("none.yaml"));
        assertUsage("--repeat: found 0", GENERATED, "--schema", schema, "--repeat", 0);
        assertUsage("--at", GENERATED, "--schema", schema, "--at", "yesterday");
        assertUsage("--at: nothing is read without --export", GENERATED, "--schema", schema, "--at", "newest");
        assertUsage("--export", GENERATED, "--schema", schema, "--export", directory);
        assertUsage(
                "--export: there is no directory",
                GENERATED,
                "--schema",
                schema,
                "--export",
                directory.resolve("no/where.csv"));
        assertUsage("is a file", GENERATED, "--schema", schema, "--export", schema.resolve("where.csv"));
    }

    @Test
    void onATerminalThereIsAProgressBarOnStandardErrorOnly() {
        Run run = Run.on(new Terminal(true, true, true, 100), "replay", GENERATED, "--schema", schema);

        assertThat(run.err()).contains("replaying");
        assertThat(run.out()).contains("applied \u001b[1m27,687 events").doesNotContain("replaying");
    }

    private void assertUsage(String message, Object... args) {
        Run run = Run.of(Stream.concat(Stream.of("replay"), Stream.of(args)).toArray());

        assertThat(run.exit()).as(run.toString()).isEqualTo(Exit.USAGE);
        assertThat(run.err()).contains(message).contains("next: ");
        assertThat(run.out()).isEmpty();
    }

    private Path copy(Path from, String name) throws IOException {
        Path to = Files.createDirectory(directory.resolve(name));
        for (String file : names(from)) {
            Files.copy(from.resolve(file), to.resolve(file));
        }
        return to;
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
