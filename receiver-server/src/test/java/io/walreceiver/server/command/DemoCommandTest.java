package io.walreceiver.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.server.demo.DemoData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class DemoCommandTest {

    private static final Path HISTORY = Run.VECTORS.resolve("reactor-core-history");

    @TempDir
    private Path directory;

    @Test
    void tellsWhatHappenedAndWhatToTry() {
        Run run = Run.of("demo");

        assertThat(run.exit()).as(run.toString()).isEqualTo(Exit.OK);
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .contains("each of 15 twice")
                .contains("refused   a copy of segment 1:")
                .contains("15 duplicates")
                .contains("66,210 of 66,210 events, in order, each exactly once")
                .contains("Hottest files on 2026-07-23")
                .contains("█")
                .contains("Try next:")
                .doesNotContain("\u001b");
    }

    @Test
    void jsonSaysTheSame() {
        JsonNode document = Run.of("demo", "--json").json();

        assertThat(document.get("deliveries").asInt()).isEqualTo(31);
        assertThat(document.get("applied").asInt()).isEqualTo(15);
        assertThat(document.get("duplicate").asInt()).isEqualTo(15);
        assertThat(document.get("refused").asInt()).isEqualTo(1);
        assertThat(document.get("events").asLong())
                .isEqualTo(document.get("eventsExpected").asLong())
                .isEqualTo(66_210);
        assertThat(document.get("touch").get(0).get("name").asString()).isEqualTo(".github/workflows/publish.yml");
        assertThat(document.get("complete").asBoolean()).isTrue();
    }

    @Test
    void theIndexNamesEveryFileOfTheDataSet() throws IOException {
        try (Stream<Path> wal = Files.list(HISTORY.resolve("wal"))) {
            Stream<String> segments = wal.map(file -> "wal/" + file.getFileName());
            assertThat(DemoData.files())
                    .containsExactlyInAnyOrderElementsOf(
                            Stream.concat(Stream.of("schema.yaml", "entities.csv"), segments)
                                    .toList());
        }
    }

    @Test
    void theFilesInTheJarAreTheVectors() throws IOException {
        Path unpacked = directory.resolve("history");
        assertThat(Run.of("demo", "--unpack", unpacked).exit()).isEqualTo(Exit.OK);

        for (String name : DemoData.files()) {
            if (!name.equals("schema.yaml")) {
                assertThat(unpacked.resolve(name)).hasSameBinaryContentAs(HISTORY.resolve(name));
            }
        }
    }

    @Test
    void whatItUnpacksCanBeReplayedAndNotOverwritten() throws IOException {
        Path unpacked = directory.resolve("history");
        Run unpack = Run.of("demo", "--unpack", unpacked);
        assertThat(unpack.out()).contains("receiver top " + unpacked);
        Path export = directory.resolve("export.csv");

        Run replay = Run.of(
                "replay",
                unpacked.resolve("wal"),
                "--schema",
                unpacked.resolve("schema.yaml"),
                "--export",
                export,
                "--at",
                "1784794900000000000");

        assertThat(replay.exit()).isEqualTo(Exit.OK);
        Expected.assertExport(export, HISTORY.resolve("expected.csv"));
        assertThat(Run.of("demo", "--unpack", unpacked).err()).contains("is not empty");
        Run inAFile = Run.of("demo", "--unpack", export.resolve("below"));
        assertThat(inAFile.exit()).isEqualTo(Exit.USAGE);
        assertThat(inAFile.err()).contains("--unpack: " + export + " is a file");
    }
}
