package io.walreceiver.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.server.input.Csv;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class VerifyCommandTest {

    private static final Path VERDICTS = Run.VECTORS.resolve("verdicts");
    private static final Path MANIFEST = VERDICTS.resolve("manifest.csv");
    private static final Path GENERATED = Run.VECTORS.resolve("generated/wal");

    @TempDir
    private Path directory;

    @Test
    void everyFileOfTheManifestGetsItsVerdict() throws IOException {
        Run run = Run.of("verify", "--manifest", MANIFEST, "--schema", schema(), "--json");

        Map<String, JsonNode> lines = new HashMap<>();
        run.jsonLines()
                .forEach(line -> lines.put(
                        Path.of(line.get("file").asString()).getFileName().toString(), line));
        List<List<String>> rows =
                Files.readAllLines(MANIFEST).stream().skip(1).map(Csv::fields).toList();
        assertThat(lines).hasSize(rows.size());
        for (List<String> row : rows) {
            JsonNode line = Objects.requireNonNull(lines.get(row.get(0)), row.get(0));
            assertThat(line.get("verdict").asString()).as(row.toString()).isEqualTo(row.get(5));
            assertThat(line.get("reason").asString().isEmpty())
                    .as(row.toString())
                    .isEqualTo(row.get(5).equals("ok"));
        }
        assertThat(run.err()).contains("8 ok, 26 corrupt, 5 invalid-event");
        assertThat(run.exit()).isEqualTo(Exit.FAILED);
    }

    @Test
    void directoryWithManifestTakesIdentitiesFromIt() throws IOException {
        Run run = Run.of("verify", VERDICTS, "--manifest", MANIFEST, "--schema", schema(), "--json");

        assertThat(run.jsonLines()).hasSize(39);
        assertThat(run.err()).doesNotContain("expects");
    }

    @Test
    void withoutSchemaAnyTypeWillDoButOtherRulesHold() {
        Run run = Run.of("verify", VERDICTS, "--manifest", MANIFEST);

        assertThat(run.out())
                .containsPattern("ok +\\S+invalid-unknown-signal.seg +3 events +<- the manifest expects invalid-event")
                .containsPattern("invalid-event +\\S+invalid-weight-nan.seg");
        assertThat(run.err()).contains("other than").contains("expects: 1");
        assertThat(run.exit()).isEqualTo(Exit.FAILED);
    }

    @Test
    void failedChecksumIsConfirmedByTheSecondImplementation() {
        Run run = Run.of("verify", VERDICTS.resolve("corrupt-payload-bit.seg"));

        assertThat(run.out())
                .contains("checksum: expected")
                .contains("two independent implementations of BLAKE3 agree");
    }

    @Test
    void directoryNamedTwiceDoesNotOverlapItself() {
        Run run = Run.of("verify", GENERATED, GENERATED.resolve("../wal"));

        assertThat(run.exit()).isEqualTo(Exit.OK);
        assertThat(run.out()).doesNotContain("overlap");
        assertThat(run.err()).contains("again, and is read once");
    }

    @Test
    void intactDirectoryIsOk() {
        Run run = Run.of("verify", GENERATED);

        assertThat(run.exit()).isEqualTo(Exit.OK);
        assertThat(run.out().lines()).hasSize(9).allMatch(line -> line.startsWith("ok "));
        assertThat(run.err()).isEqualToIgnoringNewLines("9 ok; 27,687 events");
    }

    @Test
    void missingFileIsAHole() throws IOException {
        copy(GENERATED);
        Files.delete(directory.resolve("wal-00001-00001-00000000000000003247.seg"));

        Run run = Run.of("verify", directory, "--json");

        assertThat(run.exit()).isEqualTo(Exit.FAILED);
        JsonNode hole = run.jsonLines().get(8);
        assertThat(hole.get("file").asString()).isEqualTo(directory.toString());
        assertThat(hole.get("verdict").asString()).isEqualTo("hole");
        assertThat(hole.get("log").asString()).isEqualTo("1:1");
        assertThat(hole.get("events").asLong()).isEqualTo(2800);
        assertThat(hole.get("reason").asString()).contains("3247..6046");
    }

    @Test
    void missingFirstFileIsAHole() throws IOException {
        copy(GENERATED);
        Files.delete(directory.resolve("wal-00001-00002-00000000000000000001.seg"));

        assertThat(Run.of("verify", directory).out()).contains("log 1:2: events 1..3129 are in no intact file");
    }

    @Test
    void overlapIsToldAndHarmless() throws IOException {
        Path delivery = Run.VECTORS.resolve("delivery");
        Files.copy(delivery.resolve("001-010.seg"), directory.resolve("wal-00002-00003-00000000000000000001.seg"));
        Files.copy(delivery.resolve("006-025.seg"), directory.resolve("wal-00002-00003-00000000000000000006.seg"));

        Run run = Run.of("verify", directory);

        assertThat(run.out()).contains("overlap").contains("events 6..10 of");
        assertThat(run.exit()).isEqualTo(Exit.OK);
    }

    @Test
    void whatCannotBeVerifiedIsAUsageError() {
        assertThat(Run.of("verify").exit()).isEqualTo(Exit.USAGE);
        assertThat(Run.of("verify", directory).err()).contains("holds no segment files");
        assertThat(Run.of("verify", directory.resolve("none")).exit()).isEqualTo(Exit.USAGE);
    }

    @Test
    void everyMistakeOfAManifestIsTold() throws IOException {
        Path manifest = Files.writeString(
                directory.resolve("m.csv"),
                "file,region,shard,seqno,claimed_event_count\na.seg,1,2,x,5\nb.seg,1,2,3,many\nc.seg,1\n\"d.seg,1,2,3,4\n");

        Run run = Run.of("verify", "--manifest", manifest);

        assertThat(run.exit()).isEqualTo(Exit.USAGE);
        assertThat(run.err())
                .contains("4 mistakes")
                .contains("m.csv:2: region, shard and seqno: found 1:2:x")
                .contains("m.csv:3: claimed_event_count: found \"many\"")
                .contains("m.csv:4: found 2 fields, expected 5")
                .contains("m.csv:5: a double quote is not closed");
    }

    @Test
    void manifestThatIsNotThereIsABadArgument() {
        Run run = Run.of("verify", "--manifest", directory.resolve("none.csv"));

        assertThat(run.exit()).isEqualTo(Exit.USAGE);
        assertThat(run.err()).contains("none.csv: there is no such file").contains("next: check the spelling");
    }

    @Test
    void eventsAreCountedOnlyInFilesThatAreOk() {
        Run run = Run.of("verify", VERDICTS.resolve("ok-v2.seg"), VERDICTS.resolve("corrupt-payload-bit.seg"));

        assertThat(run.err()).isEqualToIgnoringNewLines("1 ok, 1 corrupt; 50 events");
    }

    @Test
    void fileThatTheManifestNamesButIsNotThereIsUnreadable() throws IOException {
        Path manifest = Files.writeString(
                directory.resolve("m.csv"), "file,region,shard,seqno,claimed_event_count\na.seg,1,2,3,5\n");

        Run run = Run.of("verify", "--manifest", manifest, "--json");

        assertThat(run.jsonLines().get(0).get("verdict").asString()).isEqualTo("unreadable");
        assertThat(run.exit()).isEqualTo(Exit.FAILED);
    }

    private Path schema() throws IOException {
        return Files.writeString(directory.resolve("schema.yaml"), """
                signals:
                  - {type: 0, name: a, half-life: 7d}
                  - {type: 1, name: b, half-life: 30d}
                  - {type: 2, name: c, half-life: 1d}
                  - {type: 3, name: d, half-life: 1h}
                """);
    }

    private void copy(Path from) throws IOException {
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, directory.resolve(file.getFileName()));
            }
        }
    }
}
