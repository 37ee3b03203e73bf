package io.walreceiver.server.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class GenerateCommandTest {

    private static final int GOLDEN_HASH = -1360010064;

    @TempDir
    private Path directory;

    @Test
    void sameSeedSameBytes() throws IOException {
        generate("a", "--seed", 7);
        generate("b", "--seed", 7);
        generate("c", "--seed", 8);

        assertThat(digest("a")).isEqualTo(digest("b")).isNotEqualTo(digest("c"));
    }

    @Test
    void bytesAreTheSameOnEveryMachine() throws IOException {
        generate("a", "--seed", 7);

        assertThat(Arrays.hashCode(Files.readAllBytes(directory.resolve("a/wal-00001-00000-00000000000000000001.seg"))))
                .isEqualTo(GOLDEN_HASH);
    }

    @Test
    void generatedSegmentsVerify() {
        Run generated = generate("a", "--segments", 3, "--late", "0.5", "--region", 65535);
        assertThat(generated.exit()).isEqualTo(Exit.OK);

        Run verified = Run.of("verify", directory.resolve("a"), "--schema", directory.resolve("a/schema.yaml"));

        assertThat(verified.exit()).as(verified.toString()).isEqualTo(Exit.OK);
        assertThat(verified.err()).contains("6 ok; 2,001 events");
    }

    @Test
    void generatedSegmentsReplay() {
        generate("a", "--late", "0.5");

        Run replayed =
                Run.of("replay", directory.resolve("a"), "--schema", directory.resolve("a/schema.yaml"), "--json");

        assertThat(replayed.exit()).as(replayed.toString()).isEqualTo(Exit.OK);
        assertThat(replayed.jsonLines().get(0).get("events").asLong()).isEqualTo(2001);
    }

    @Test
    void jsonSumsUp() {
        JsonNode summary = generate("a", "--json").json();

        assertThat(summary.get("events").asLong()).isEqualTo(2001);
        assertThat(summary.get("segments").asLong()).isEqualTo(8);
        assertThat(summary.get("next").asString()).contains("replay").contains("schema.yaml");
    }

    @Test
    void directoryWithSegmentsIsRefused() {
        generate("a");

        Run again = generate("a");

        assertThat(again.exit()).isEqualTo(Exit.USAGE);
        assertThat(again.err()).contains("holds segments already").contains("next:");
    }

    @Test
    void directoryThatCannotBeWrittenToIsNamed() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "");
        Path closed = Files.createDirectory(directory.resolve("closed"));
        assertThat(generate("file/below").exit()).isEqualTo(Exit.USAGE);
        assertThat(generate("file/below").err()).contains("--out: " + file + " is a file");
        assertThat(generate("file").err()).contains("--out: " + file + " is a file");

        assumeTrue(closed.toFile().setWritable(false) && !Files.isWritable(closed), "root may write anywhere");
        assertThat(generate("closed/new").exit()).isEqualTo(Exit.USAGE);
        assertThat(generate("closed/new").err())
                .contains("--out: " + closed + " cannot be written to: access is denied")
                .contains("next: see who may write to it");
    }

    @Test
    void impossibleOptionsAreNamed() {
        assertThat(generate("a", "--zipf", "-1").err()).contains("--zipf: found -1.0, expected 0..10");
        assertThat(generate("a", "--events", "3").err()).contains("--events: found 3, expected at least one event");
        assertThat(generate("a", "--events", "100000000", "--segments", 1).err())
                .contains("--segments: found 1");
        assertThat(generate("a", "--start", "2262-04-11T00:00:00Z").err()).contains("--start: found 2262");
        assertThat(generate("a", "--span", "soon").err()).contains("expected a duration such as");
        assertThat(directory.resolve("a")).doesNotExist();
    }

    @Test
    void hotEntitiesStandOut() {
        generate("flat", "--zipf", 0, "--entities", 10, "--segments", 1);
        generate("steep", "--zipf", 2, "--entities", 10, "--segments", 1);

        assertThat(shareOfFirst("flat")).isBetween(0.05, 0.15);
        assertThat(shareOfFirst("steep")).isBetween(0.6, 0.7);
    }

    private double shareOfFirst(String name) {
        Path file = directory.resolve(name).resolve("wal-00001-00000-00000000000000000001.seg");
        JsonNode document = Run.of("inspect", file, "--events", "--json").json();
        long first = 0;
        for (JsonNode batch : document.get("batches")) {
            for (JsonNode event : batch.get("items")) {
                first += event.get("entity").asString().equals("1") ? 1 : 0;
            }
        }
        return (double) first / document.get("events").asLong();
    }

    private Run generate(String name, Object... options) {
        Object[] fixed = {"generate", "--out", directory.resolve(name), "--logs", 2};
        Stream<Object> events = Arrays.asList(options).contains("--events") ? Stream.of() : Stream.of("--events", 2001);
        return Run.of(Stream.of(Stream.of(fixed), events, Stream.of(options))
                .flatMap(words -> words)
                .toArray());
    }

    private Map<String, Integer> digest(String name) throws IOException {
        Map<String, Integer> digests = new TreeMap<>();
        try (Stream<Path> files = Files.list(directory.resolve(name))) {
            for (Path file : files.toList()) {
                digests.put(file.getFileName().toString(), Arrays.hashCode(Files.readAllBytes(file)));
            }
        }
        return digests;
    }
}
