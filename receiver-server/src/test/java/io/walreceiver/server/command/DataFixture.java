package io.walreceiver.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** For tests of commands over a data directory: three generated logs (1:0 to 1:2, 27,687 events) and their schema. */
abstract class DataFixture {

    static final Path GENERATED = Run.VECTORS.resolve("generated/wal");
    static final String NOW = "1767960000000000000";
    static final String SCHEMA = """
            signals:
              - {type: 0, name: a, half-life: 7d}
              - {type: 1, name: b, half-life: 30d}
              - {type: 2, name: c, half-life: 1d}
              - {type: 3, name: d, half-life: 1h}
            """;

    @TempDir
    Path directory = Path.of("");

    Path schema = Path.of("");
    Path data = Path.of("");

    @BeforeEach
    void writeSchema() throws IOException {
        schema = Files.writeString(directory.resolve("schema.yaml"), SCHEMA);
        data = directory.resolve("data");
    }

    /** Replays everything into the data directory. */
    void fill() {
        fill(GENERATED, data);
    }

    void fill(Path wal, Path into) {
        Run run = Run.of("replay", wal, "--schema", schema, "--data", into);
        assertThat(run.exit()).as(run.toString()).isIn(Exit.OK, Exit.INCOMPLETE);
    }

    /** A copy of the segments without some. */
    Path without(String name, String... missing) throws IOException {
        Path to = Files.createDirectory(directory.resolve(name));
        for (String file : names(GENERATED)) {
            if (!List.of(missing).contains(file)) {
                Files.copy(GENERATED.resolve(file), to.resolve(file));
            }
        }
        return to;
    }

    /** What a replay in memory would export. */
    String expectedExport() throws IOException {
        Path export = directory.resolve("expected.csv");
        assertThat(Run.of("replay", GENERATED, "--schema", schema, "--export", export, "--at", NOW)
                        .exit())
                .isEqualTo(Exit.OK);
        return Files.readString(export);
    }

    String export(Path from) throws IOException {
        Path export = directory.resolve("export.csv");
        Run run = Run.of("export", from, "--out", export, "--at", NOW);
        assertThat(run.exit()).as(run.toString()).isEqualTo(Exit.OK);
        return Files.readString(export);
    }

    /** The one file of a log whose name ends so. */
    Path file(String log, String ending) throws IOException {
        Path folder = data.resolve("logs").resolve(log);
        return folder.resolve(names(folder).stream()
                .filter(name -> name.endsWith(ending))
                .reduce((first, second) -> {
                    throw new AssertionError("two files: " + first + ", " + second);
                })
                .orElseThrow());
    }

    /** Turns a bit. */
    static void damage(Path file, int at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[at < 0 ? bytes.length + at : at] ^= 1;
        Files.write(file, bytes);
    }

    static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    static Run fails(int exit, Object... args) {
        Run run = Run.of(args);
        assertThat(run.exit()).as(run.toString()).isEqualTo(exit);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("error: ", " next: ").doesNotContain("\tat ", "unexpected");
        return run;
    }
}
