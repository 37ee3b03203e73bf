package io.walreceiver.server.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.walreceiver.server.Main;
import io.walreceiver.storage.disk.Disk;
import io.walreceiver.storage.records.TextFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** {@code receiver replay --data}. */
class ReplayIntoDataTest extends DataFixture {

    private static final String SECOND_OF_1_1 = "wal-00001-00001-00000000000000003247.seg";

    @Test
    void secondRunAppliesNothingAndExportsTheSame() throws IOException {
        Path export = directory.resolve("out.csv");
        Run first = Run.of("replay", GENERATED, "--schema", schema, "--data", data, "--export", export, "--at", NOW);
        assertThat(first.exit()).as(first.toString()).isEqualTo(Exit.OK);
        assertThat(first.out())
                .contains("applied 27,687 events of 9 segments and 3 logs in ")
                .doesNotContain("there already");
        assertThat(export).hasContent(expectedExport());

        Run second = Run.of("replay", GENERATED, "--data", data, "--export", export, "--at", NOW);

        assertThat(second.exit()).isEqualTo(Exit.OK);
        assertThat(second.out()).contains("applied 0 events of ", "(27,687 were there already)");
        assertThat(export).hasContent(expectedExport());
    }

    @Test
    void jsonTellsWhatWasThereAlready() {
        fill();

        JsonNode again = Run.of("replay", GENERATED, "--data", data, "--json").json();

        assertThat(again.get("events").asLong()).isZero();
        assertThat(again.get("eventsThereAlready").asLong()).isEqualTo(27_687);
        assertThat(again.get("findings")).isEmpty();
        assertThat(again.get("complete").asBoolean()).isTrue();
        assertThat(Run.of("replay", GENERATED, "--schema", schema, "--json")
                        .json()
                        .has("eventsThereAlready"))
                .isFalse();
    }

    @Test
    void onlyWhatIsNewIsApplied() throws IOException {
        Path wal = without("gap", SECOND_OF_1_1);
        Run first = Run.of("replay", wal, "--schema", schema, "--data", data, "--commit", "50ms");
        assertThat(first.exit()).isEqualTo(Exit.INCOMPLETE);
        assertThat(first.err()).contains("log 1:1 stopped after event 3246 (gap)");
        Files.copy(GENERATED.resolve(SECOND_OF_1_1), wal.resolve(SECOND_OF_1_1));

        Run second = Run.of("replay", wal, "--data", data);

        assertThat(second.exit()).as(second.toString()).isEqualTo(Exit.OK);
        assertThat(second.out())
                .contains(" were there already)")
                .doesNotContain("applied 27,687")
                .doesNotContain("applied 0 ");
        assertThat(export(data)).isEqualTo(expectedExport());
    }

    @Test
    void tornTailIsCutAndToldAndAppliedAgain() throws IOException {
        fill();
        Path sealed = file("00001-00002", ".seg");
        // As a crash leaves it: not sealed, its end never made durable.
        Path open = sealed.resolveSibling(sealed.getFileName() + ".open");
        Files.move(sealed, open);
        Files.delete(data.resolve("positions"));
        damage(open, -1);

        Run run = Run.of("replay", GENERATED, "--data", data);

        assertThat(run.exit()).as(run.toString()).isEqualTo(Exit.OK);
        assertThat(run.err()).contains("warning: cut: " + open + ", byte ", "checksum", "needed again");
        assertThat(run.out()).contains(" were there already)").doesNotContain("applied 0 ");
        assertThat(export(data)).isEqualTo(expectedExport());
    }

    @Test
    void rotIsToldAndHealedFromTheSegments() throws IOException {
        fill();
        damage(file("00001-00002", ".seg"), -1);

        Run run = Run.of("replay", GENERATED, "--data", data, "--json");

        assertThat(run.exit()).as(run.toString()).isEqualTo(Exit.OK);
        assertThat(run.err()).contains("warning: rot: ");
        assertThat(run.json().get("findings").get(0).get("log").asString()).isEqualTo("1:2");
        assertThat(export(data)).isEqualTo(expectedExport());
        assertThat(Run.of("status", data).out()).contains("found rotten and set aside: ");
    }

    @Test
    void damagedCheckpointIsToldAndNotNeeded() throws IOException {
        fill();
        assertThat(Run.of("checkpoint", data).exit()).isEqualTo(Exit.OK);
        damage(file("00001-00000", ".ckpt"), 5_000);

        Run run = Run.of("replay", GENERATED, "--data", data);

        assertThat(run.exit()).as(run.toString()).isEqualTo(Exit.OK);
        assertThat(run.err()).contains("warning: damaged checkpoint: log 1:0: ");
        assertThat(run.out()).contains("(27,687 were there already)");
        assertThat(export(data)).isEqualTo(expectedExport());
    }

    @Test
    void otherSchemaIsRefusedWithTheDifference() throws IOException {
        fill();
        Files.writeString(schema, SCHEMA + "  - {type: 4, name: e, half-life: 1h}\n");

        Run wider = fails(Exit.USAGE, "replay", GENERATED, "--data", data, "--schema", schema);
        assertThat(wider.err())
                .contains("compatible:   signal type 4: stored nothing, wanted e", "receiver schema apply");

        Files.writeString(schema, SCHEMA.replace("7d", "8d"));
        Run other = fails(Exit.USAGE, "replay", GENERATED, "--data", data, "--schema", schema);
        assertThat(other.err()).contains("incompatible: signal type 0", "PT168H", "PT192H");
    }

    @Test
    void badArgumentsAreTold() throws IOException {
        assertThat(fails(Exit.USAGE, "replay", GENERATED, "--data", data).err())
                .contains("--schema: it is missing, and " + data + " holds none yet");
        assertThat(fails(Exit.USAGE, "replay", GENERATED, "--data", data, "--schema", schema, "--repeat", 2)
                        .err())
                .contains("--repeat: with --data nothing is applied twice");
        assertThat(fails(Exit.USAGE, "replay", GENERATED, "--schema", schema, "--commit", "commit")
                        .err())
                .contains("--commit: nothing is made durable without --data");
        for (String commit : List.of("sometimes", "0s", "2h")) {
            assertThat(fails(Exit.USAGE, "replay", GENERATED, "--schema", schema, "--data", data, "--commit", commit)
                            .err())
                    .contains("found \"" + commit + "\", expected commit, or a duration up to 1h");
        }
        assertThat(data).doesNotExist();
        Path deep = directory.resolve("no/where");
        assertThat(fails(Exit.USAGE, "replay", GENERATED, "--schema", schema, "--data", deep)
                        .err())
                .contains("there is no directory " + directory.resolve("no"));
        assertThat(fails(Exit.USAGE, "replay", GENERATED, "--schema", schema, "--data", directory)
                        .err())
                .contains("holds other things");
    }

    @Test
    void damagedMarkerIsRefused() throws IOException {
        fill();
        Path marker = data.resolve("receiver-data");
        String before = Files.readString(marker);
        Files.writeString(marker, before.replace("half", "hole").replace("signal 1", "signal 9"));

        for (String command : List.of("status", "checkpoint")) {
            assertThat(fails(Exit.FAILED, command, data).err()).contains(marker + ": last line", "restore the file");
        }
        assertThat(fails(Exit.FAILED, "replay", GENERATED, "--data", data).err())
                .contains("restore the file");
    }

    @Test
    void markerOfALaterVersionIsRefused() throws IOException {
        fill();
        TextFile.write(
                Disk.ofOperatingSystem(),
                data.resolve("receiver-data"),
                List.of("walreceiver data directory", "format 2", "what nobody knows yet"));

        for (Run run : List.of(
                fails(Exit.USAGE, "status", data),
                fails(Exit.USAGE, "log", "drop", data, "1:1", "--yes"),
                fails(Exit.USAGE, "replay", GENERATED, "--data", data))) {
            assertThat(run.err())
                    .contains("written by a later version: expected format 1 or lower, found format 2")
                    .contains("next: use the version that wrote it");
        }
    }

    @Test
    void directoryThatCannotBeWrittenToCanBeReadAllTheSame() throws IOException {
        fill();
        assumeTrue(data.toFile().setWritable(false) && !Files.isWritable(data), "not for root");
        try {
            assertThat(fails(Exit.USAGE, "checkpoint", data).err()).contains("cannot be written to");
            assertThat(export(data)).isEqualTo(expectedExport());
        } finally {
            assertThat(data.toFile().setWritable(true)).isTrue();
        }
    }

    @Test
    void anotherProcessIsNamed() throws Exception {
        fill();
        Process holder = java(LockHolder.class, data.toString());
        try {
            assertThat(holder.inputReader().readLine()).isEqualTo("locked");

            for (Run run : List.of(
                    fails(Exit.FAILED, "replay", GENERATED, "--data", data),
                    fails(Exit.FAILED, "checkpoint", data),
                    fails(Exit.FAILED, "skip", data, "--log", "1:1", "--through", 1_000_000, "--reason", "x"),
                    fails(Exit.FAILED, "quarantine", "drop", data, "--all"),
                    fails(Exit.FAILED, "log", "drop", data, "1:1", "--yes"))) {
                assertThat(run.err())
                        .contains("is in use by process " + holder.pid() + " on ", "(since ", "LockHolder")
                        .contains("next: stop that one, or name another directory");
            }
            assertThat(Run.of("status", data).out()).contains("in use     yes, by process " + holder.pid() + " on ");
            assertThat(export(data)).isEqualTo(expectedExport());
        } finally {
            holder.destroyForcibly().waitFor();
        }
        assertThat(Run.of("status", data).out())
                .contains("in use     no; the last was process " + holder.pid() + " on ");
        assertThat(Run.of("replay", GENERATED, "--data", data).exit()).isEqualTo(Exit.OK);
    }

    @Test
    void interruptMakesDurableWhatWasApplied() throws Exception {
        Path wal = directory.resolve("wal");
        assertThat(Run.of("generate", "--out", wal, "--logs", 2, "--segments", 40, "--events", 1_500_000)
                        .exit())
                .isEqualTo(Exit.OK);
        Process replay = java(
                Main.class,
                "replay",
                wal.toString(),
                "--schema",
                wal + "/schema.yaml",
                "--data",
                data.toString(),
                "--commit",
                "1h");
        while (replay.isAlive() && bytes(data) < 1_000_000) {
            Thread.onSpinWait();
        }
        replay.destroy();
        int exit = replay.waitFor();

        JsonNode again = Run.of("replay", wal, "--data", data, "--json").json();

        // On a machine so quick that it was over by then, there was nothing to interrupt.
        assertThat(exit).isIn(143, Exit.OK);
        assertThat(again.get("eventsThereAlready").asLong()).isGreaterThan(40_000);
        assertThat(again.get("eventsThereAlready").asLong()
                        + again.get("events").asLong())
                .isEqualTo(1_500_000);
        assertThat(again.get("findings")).isEmpty();
        assertThat(again.get("complete").asBoolean()).isTrue();
    }

    private static long bytes(Path data) throws IOException {
        Path logs = data.resolve("logs");
        if (!Files.exists(logs)) {
            return 0;
        }
        try (Stream<Path> files = Files.walk(logs)) {
            return files.filter(file -> file.toString().contains(".seg"))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    private Process java(Class<?> main, String... args) throws IOException {
        List<String> command = Stream.concat(
                        Stream.of(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                main.getName()),
                        Stream.of(args))
                .toList();
        Path errors = directory.resolve("errors.txt");
        Files.write(errors, new byte[0], StandardOpenOption.CREATE);
        return new ProcessBuilder(command).redirectError(errors.toFile()).start();
    }
}
