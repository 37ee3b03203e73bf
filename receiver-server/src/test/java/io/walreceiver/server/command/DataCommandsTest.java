package io.walreceiver.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.storage.disk.Disk;
import io.walreceiver.storage.records.Epoch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Commands over a data directory. */
class DataCommandsTest extends DataFixture {

    private static final String LAST_OF_1_1 = "wal-00001-00001-00000000000000006047.seg";
    private static final String SECOND_OF_1_2 = "wal-00001-00002-00000000000000003130.seg";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "status",
                "export",
                "checkpoint",
                "skip",
                "diff",
                "quarantine ls",
                "quarantine show",
                "quarantine drop",
                "log drop",
                "schema show",
                "schema apply"
            })
    void everyCommandHasHelpExitCodesAndJson(String command) {
        Run run = Run.of((Object[]) (command + " --help").split(" "));

        assertThat(run.exit()).isEqualTo(Exit.OK);
        assertThat(run.out()).contains("Usage: receiver " + command, "--json", "Exit codes:", "With --json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"quarantine", "log", "schema"})
    void groupWithoutACommandSaysWhatThereIs(String group) {
        assertThat(fails(Exit.USAGE, group).err()).contains("a command is missing after " + group + ": one of ");
        assertThat(Run.of(group, "--help").exit()).isEqualTo(Exit.OK);
    }

    @Test
    void directoriesThatHoldNoDataAreRefusedByEveryCommand() throws IOException {
        Path none = directory.resolve("none");
        Path empty = Files.createDirectory(directory.resolve("empty"));
        Object[][] commands = {
            {"status"},
            {"export", "--out", directory.resolve("out.csv")},
            {"checkpoint"},
            {"skip", "--log", "1:1", "--through", 5, "--reason", "x"},
            {"quarantine", "ls"},
            {"quarantine", "show", "NAME"},
            {"quarantine", "drop", "NAME"},
            {"log", "drop", "1:1", "--yes"},
            {"schema", "show"},
            {"schema", "apply", "--schema", schema},
            {"diff", data}
        };
        fill();
        for (Object[] command : commands) {
            assertThat(fails(Exit.USAGE, with(command, none)).err())
                    .contains(none + ": there is no such file or directory");
            assertThat(fails(Exit.USAGE, with(command, empty)).err())
                    .contains(
                            "directory " + empty, "it is not a data directory", "next: name one that a receiver made");
            assertThat(fails(Exit.USAGE, with(command, schema)).err()).contains(schema + " is a file");
        }
        assertThat(empty).isEmptyDirectory();
        assertThat(none).doesNotExist();
    }

    /** The data directory comes first among what follows the command's own words. */
    private static Object[] with(Object[] command, Path data) {
        boolean group = List.of("quarantine", "log", "schema").contains(command[0]);
        Object[] args = new Object[command.length + 1];
        int words = group ? 2 : 1;
        System.arraycopy(command, 0, args, 0, words);
        args[words] = data;
        System.arraycopy(command, words, args, words + 1, command.length - words);
        return args;
    }

    @Test
    void statusTellsWhereEachLogStands() {
        fill();
        Run run = Run.of("status", data);

        assertThat(run.exit()).isEqualTo(Exit.OK);
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .contains("directory  " + data, "format     1", "0 a (7d), 1 b (30d), 2 c (1d), 3 d (1h)")
                .contains("which stopped in order")
                .containsPattern("\n1:2 +- +([\\d,]+) +\\1 +1 ");
        JsonNode json = Run.of("status", data, "--json").json();
        assertThat(json.get("stoppedInOrder").asBoolean()).isTrue();
        assertThat(json.get("use").asString()).isEqualTo("ended");
        assertThat(json.get("signals")).hasSize(4);
        assertThat(json.get("logs")).hasSize(3);
        JsonNode log = json.get("logs").get(0);
        assertThat(log.get("end").asLong())
                .isEqualTo(log.get("knownDurable").asLong())
                .isPositive();
        assertThat(log.has("checkpoint")).isFalse();
        assertThat(log.has("epoch")).isFalse();
        assertThat(Run.of("status", data, "--quick", "--json")
                        .json()
                        .get("logs")
                        .get(0)
                        .has("end"))
                .isFalse();
    }

    @Test
    void statusTellsWhichLeaderIsFollowed() throws IOException {
        fill();
        assertThat(Run.of("status", data).out()).containsPattern("\n1:2 .* unfenced\n");
        new Epoch(7, 12).write(Disk.ofOperatingSystem(), data.resolve("logs").resolve("00001-00002"));

        assertThat(Run.of("status", data).out()).containsPattern("\n1:2 .* 7\n").containsPattern("\n1:1 .* unfenced\n");
        JsonNode epoch =
                Run.of("status", data, "--json").json().get("logs").get(2).get("epoch");
        assertThat(epoch.get("number").asLong()).isEqualTo(7);
        assertThat(epoch.get("start").asLong()).isEqualTo(12);
    }

    @Test
    void statusTellsOfRot() throws IOException {
        fill();
        damage(file("00001-00002", ".seg"), -1);

        Run run = Run.of("status", data);

        assertThat(run.exit()).isEqualTo(Exit.FAILED);
        assertThat(run.err()).contains("warning: log 1:2: rot: ", "error: log 1:2 ends with event ", "were durable");
        assertThat(Run.of("export", data, "--out", directory.resolve("out.csv")).exit())
                .isEqualTo(Exit.INCOMPLETE);
    }

    @Test
    void readingCommandsChangeNothing() throws IOException {
        fill();
        List<String> before = names(data);
        byte[] owner = Files.readAllBytes(data.resolve("owner"));

        assertThat(export(data)).isEqualTo(expectedExport());
        for (String command : List.of("status", "quarantine ls", "schema show")) {
            Object[] args = (command + " " + data).split(" ");
            assertThat(Run.of(args).exit()).isEqualTo(Exit.OK);
        }

        assertThat(names(data)).isEqualTo(before);
        assertThat(data.resolve("owner")).hasBinaryContent(owner);
    }

    @Test
    void exportIsThatOfReplayAlsoFromACheckpoint() throws IOException {
        fill();
        assertThat(export(data)).isEqualTo(expectedExport());
        assertThat(Run.of("checkpoint", data).exit()).isEqualTo(Exit.OK);
        assertThat(export(data)).isEqualTo(expectedExport());
        JsonNode json = Run.of("export", data, "--out", directory.resolve("out.csv"), "--json")
                .json();
        assertThat(json.get("events").asLong()).isEqualTo(27_687);
        assertThat(json.get("complete").asBoolean()).isTrue();
        assertThat(fails(Exit.USAGE, "export", data).err()).contains("--out");
        assertThat(fails(Exit.USAGE, "export", data, "--out", directory.resolve("no/where.csv"))
                        .err())
                .contains("--out: there is no directory");
    }

    @Test
    void checkpointTellsPositionAndSize() {
        fill();
        Run run = Run.of("checkpoint", data);

        assertThat(run.exit()).as(run.toString()).isEqualTo(Exit.OK);
        assertThat(run.out())
                .containsPattern("log 1:2: checkpoint at event [\\d,]+, [\\d.]+ kB; 0 bytes of log files dropped");
        List<JsonNode> again = Run.of("checkpoint", data, "--json").jsonLines();
        assertThat(again).hasSize(3);
        assertThat(again.get(0).get("checkpoint").get("number").asLong()).isEqualTo(2);
        JsonNode status = Run.of("status", data, "--json").json().get("logs").get(0);
        assertThat(status.get("checkpoint").get("position").asLong())
                .isEqualTo(status.get("end").asLong());
        assertThat(status.get("checkpoints").asLong()).isEqualTo(2);
    }

    @Test
    void skipLetsALogGoOn() throws IOException {
        Path wal = without("gap", SECOND_OF_1_2);
        fill(wal, data);
        long next = Long.parseLong(names(GENERATED).stream()
                .filter(name -> name.compareTo(SECOND_OF_1_2) > 0)
                .findFirst()
                .orElseThrow()
                .replaceAll("wal-\\d+-\\d+-0*(\\d+).seg", "$1"));
        assertThat(fails(Exit.USAGE, "skip", data, "--log", "1:2", "--through", 3129, "--reason", "lost")
                        .err())
                .contains(
                        "--through: log 1:2 holds its events through 3129: expected a position beyond it, found 3129");
        assertThat(fails(Exit.USAGE, "skip", data, "--log", "1:2", "--through", next - 1, "--reason", " ")
                        .err())
                .contains("--reason: it is empty");
        assertThat(fails(Exit.USAGE, "skip", data, "--log", "one", "--through", 1, "--reason", "x")
                        .err())
                .contains("found \"one\", expected REGION:SHARD");

        Run run = Run.of("skip", data, "--log", "1:2", "--through", next - 1, "--reason", "lost at the leader");

        assertThat(run.exit()).as(run.toString()).isEqualTo(Exit.OK);
        assertThat(run.out())
                .contains("log 1:2: events 3130.." + (next - 1) + " are given up")
                .contains("it goes on with event " + next);
        Run replay = Run.of("replay", wal, "--data", data);
        assertThat(replay.exit()).as(replay.toString()).isEqualTo(Exit.OK);
        assertThat(replay.out()).doesNotContain("applied 0 ");
        assertThat(Run.of("checkpoint", data).exit()).isEqualTo(Exit.OK);
        Run status = Run.of("status", data);
        assertThat(status.exit()).isEqualTo(Exit.OK);
        assertThat(status.out())
                .contains("log 1:2: events 3130.." + (next - 1) + " were given up at ", ": lost at the leader");
        assertThat(Run.of("replay", wal, "--data", data).out()).contains("applied 0 ");
        JsonNode itself = Run.of("diff", data, data, "--json").jsonLines().get(2);
        assertThat(itself.get("verdict").asString()).isEqualTo("equal");
        assertThat(itself.get("eventsCompared").asLong())
                .isEqualTo(itself.get("position").asLong() - (next - 3130));
    }

    @Test
    void quarantineShowsWhatWasRefusedUntilItIsDropped() throws IOException {
        assertThat(damagedFill().exit()).isEqualTo(Exit.INCOMPLETE);
        JsonNode kept = Run.of("quarantine", "ls", data, "--json").jsonLines().get(0);
        String name = kept.get("kept").get("name").asString();
        assertThat(kept.get("log").asString()).isEqualTo("1:2");

        assertThat(Run.of("quarantine", "ls", data).out()).contains("1:2 ", name, "checksum");
        assertThat(Run.of("status", data).out()).contains("log 1:2: kept aside " + name, "checksum");
        Path saved = directory.resolve("saved.seg");
        Run show = Run.of("quarantine", "show", data, name.substring(0, 22), "--out", saved);
        assertThat(show.exit()).as(show.toString()).isEqualTo(Exit.OK);
        assertThat(show.out()).contains("cause   segment 1:2:3130, batch ", "seen    ", "WRONG", "batch     at byte");
        assertThat(saved).hasSameBinaryContentAs(directory.resolve("bad").resolve(SECOND_OF_1_2));
        assertThat(Run.of("quarantine", "show", data, name, "--json")
                        .json()
                        .get("inspect")
                        .get("verdict")
                        .asString())
                .isEqualTo("corrupt");
        assertThat(fails(Exit.USAGE, "quarantine", "show", data, "7").err())
                .contains("nothing of the name 7 is kept aside");
        assertThat(fails(Exit.USAGE, "quarantine", "show", data, name, "--log", "1:7")
                        .err())
                .contains("log 1:7: nothing of it is stored");
        assertThat(fails(Exit.USAGE, "quarantine", "drop", data).err()).contains("NAME is missing");

        long last = 1_000_000;
        JsonNode skip = Run.of("skip", data, "--log", "1:2", "--through", last, "--reason", "no good copy", "--json")
                .json();
        assertThat(skip.get("keptAside").get(0).get("name").asString()).isEqualTo(name);

        assertThat(Run.of("quarantine", "drop", data, name).out()).contains("dropped " + name + " of log 1:2");
        assertThat(Run.of("quarantine", "ls", data).out()).contains("nothing is kept aside");
        assertThat(Run.of("quarantine", "drop", data, "--all").out()).contains("nothing is kept aside");
    }

    private Run damagedFill() throws IOException {
        Path wal = without("bad");
        damage(wal.resolve(SECOND_OF_1_2), -1);
        return Run.of("replay", wal, "--schema", schema, "--data", data);
    }

    @Test
    void droppedLogStartsAnewWithoutRot() throws IOException {
        fill();
        assertThat(fails(Exit.USAGE, "log", "drop", data, "1:2").err()).contains("cannot be undone", "next: add --yes");
        assertThat(fails(Exit.USAGE, "log", "drop", data, "1:7", "--yes").err())
                .contains("log 1:7: nothing of it is stored", "name one of 1:0, 1:1, 1:2");

        assertThat(Run.of("log", "drop", data, "1:2", "--yes").out()).contains("dropped log 1:2: 1 file, ");

        assertThat(Run.of("status", data, "--json").json().get("logs")).hasSize(2);
        assertThat(names(data.resolve("logs"))).containsExactly("00001-00000", "00001-00001");
        Run replay = Run.of("replay", GENERATED, "--data", data);
        assertThat(replay.exit()).as(replay.toString()).isEqualTo(Exit.OK);
        assertThat(replay.err()).isEmpty();
        assertThat(export(data)).isEqualTo(expectedExport());
    }

    @Test
    void schemaIsShownAsItIsReadAndChangedIfCompatible() throws IOException {
        fill();
        Files.writeString(schema, Run.of("schema", "show", data).out());
        assertThat(Run.of("schema", "apply", data, "--schema", schema).out()).contains("nothing to change");
        Files.writeString(
                schema, SCHEMA.replace("name: d", "name: \"no: [x]\"") + "  - {type: 9, name: e, half-life: 90m}\n");

        Run run = Run.of("schema", "apply", data, "--schema", schema);

        assertThat(run.exit()).as(run.toString()).isEqualTo(Exit.OK);
        assertThat(run.out())
                .contains("is the stored schema now", "compatible:   signal type 9: stored nothing, wanted e");
        String shown = Run.of("schema", "show", data).out();
        assertThat(shown).contains("name: \"no: [x]\"", "name: e, half-life: 1h30m");
        Files.writeString(schema, shown);
        assertThat(Run.of("replay", GENERATED, "--data", data, "--schema", schema)
                        .exit())
                .isEqualTo(Exit.OK);
        assertThat(Run.of("status", data, "--json")
                        .json()
                        .get("logs")
                        .get(0)
                        .get("checkpoints")
                        .asLong())
                .isEqualTo(2);
        assertThat(export(data)).isEqualTo(expectedExportBeforeTheChange());
    }

    private String expectedExportBeforeTheChange() throws IOException {
        Files.writeString(schema, SCHEMA);
        return expectedExport();
    }

    @Test
    void incompatibleSchemaIsRefused() throws IOException {
        fill();
        Files.writeString(schema, SCHEMA.replace("7d", "8d"));

        Run run = fails(Exit.USAGE, "schema", "apply", data, "--schema", schema);

        assertThat(run.err()).contains("incompatible: signal type 0", "PT168H", "receiver schema show ");
        assertThat(Run.of("schema", "show", data).out()).contains("half-life: 7d");
    }

    @Test
    void copiesThatCutTheirBatchesElsewhereAreEqual() throws IOException {
        fill();
        assertThat(Run.of("checkpoint", data).exit()).isEqualTo(Exit.OK);
        Path other = directory.resolve("other");
        Path behind = directory.resolve("behind");
        fill(GENERATED, other);
        fill(without("some", LAST_OF_1_1), behind);

        Run equal = Run.of("diff", data, other);
        assertThat(equal.exit()).as(equal.toString()).isEqualTo(Exit.OK);
        assertThat(equal.out())
                .containsPattern("log 1:1: equal: [\\d,]+ pairs at event ([\\d,]+), \\1 events that both hold");
        Run ahead = Run.of("diff", other, behind, "--json");
        assertThat(ahead.exit()).as(ahead.toString()).isEqualTo(Exit.OK);
        JsonNode log = ahead.jsonLines().get(1);
        assertThat(log.get("position").asLong()).isEqualTo(6046);
        assertThat(log.get("pairsCompared").asLong()).isPositive();
        // The only checkpoint lies ahead, but the log is there from event 1 on.
        assertThat(Run.of("diff", data, behind).exit()).isEqualTo(Exit.OK);
        assertThat(Run.of("log", "drop", behind, "1:0", "--yes").exit()).isEqualTo(Exit.OK);
        Run less = Run.of("diff", data, behind);
        assertThat(less.exit()).isEqualTo(Exit.NOT_COMPARABLE);
        assertThat(less.out()).contains("log 1:0: not comparable: nothing of it is stored in " + behind);
    }

    @Test
    void whatCannotBeReadAtTheSamePositionIsNotCompared() throws IOException {
        Path behind = directory.resolve("behind");
        fill(without("some", LAST_OF_1_1), behind);
        fill();
        assertThat(Run.of("checkpoint", data).exit()).isEqualTo(Exit.OK);
        // As if it had been dropped below two checkpoints.
        Files.delete(file("00001-00001", ".seg"));

        Run run = Run.of("diff", data, behind);

        assertThat(run.exit()).as(run.toString()).isEqualTo(Exit.NOT_COMPARABLE);
        assertThat(run.out())
                .contains("log 1:1: not comparable: the pairs at event 6046: " + data + " cannot be read there")
                .contains("log 1:2: equal: ");
    }

    @Test
    void firstEventThatDiffersIsNamed() throws IOException {
        fill();
        Path made = directory.resolve("made");
        Path one = directory.resolve("one");
        Path two = directory.resolve("two");
        for (Path into : List.of(one, two)) {
            Path wal = made.resolve(into.getFileName());
            Files.createDirectories(made);
            Run.of(
                    "generate",
                    "--out",
                    wal,
                    "--logs",
                    1,
                    "--segments",
                    2,
                    "--events",
                    1_000,
                    "--seed",
                    into.equals(one) ? 1 : 2);
            Run replay = Run.of("replay", wal, "--schema", wal.resolve("schema.yaml"), "--data", into);
            assertThat(replay.exit()).as(replay.toString()).isEqualTo(Exit.OK);
        }

        Run run = Run.of("diff", one, two);

        assertThat(run.exit()).isEqualTo(Exit.DIFFERENT);
        assertThat(run.out()).containsPattern("different: event \\d+: (entity|batch time) .* against ");
    }
}
