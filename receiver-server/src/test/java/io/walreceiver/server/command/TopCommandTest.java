package io.walreceiver.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.server.console.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class TopCommandTest {

    private static final Path HISTORY = Run.VECTORS.resolve("reactor-core-history");

    @TempDir
    private Path directory;

    private Path schema = Path.of("");

    @BeforeEach
    void writeSchema() throws IOException {
        Files.copy(HISTORY.resolve("entities.csv"), directory.resolve("entities.csv"));
        schema = Files.writeString(directory.resolve("schema.yaml"), """
                signals:
                  - {type: 0, name: touch, half-life: 7d}
                  - {type: 1, name: churn, half-life: 30d}
                entities: entities.csv
                """);
    }

    @Test
    void mostTouchedFilesOfAllTimeAreNamed() {
        Run run = top("--by", "all", "-k", 3);

        assertThat(run.exit()).isEqualTo(Exit.OK);
        List<String> lines = run.out().lines().toList();
        assertThat(lines.get(0)).startsWith("touch by events of all time, as of 2026-07-23 ");
        assertThat(lines).hasSize(5);
        assertThat(lines.get(2)).matches("  1  \\S+\\.(java|gradle|properties|md|yml) +[\\d,]+  █+.?");
        assertThat(lines).allMatch(line -> line.length() <= 100);
    }

    @Test
    void jsonRanksByWhatWasAsked() {
        JsonNode document = top("--by", "7d", "--json").json();

        assertThat(document.get("by").asString()).isEqualTo("7d");
        assertThat(document.get("events").asLong()).isEqualTo(66_210);
        JsonNode top = document.get("top");
        assertThat(top.get(0).get("name").asString()).isEqualTo(".github/workflows/publish.yml");
        for (int i = 1; i < top.size(); i++) {
            assertThat(top.get(i).get("count7d").asLong())
                    .isPositive()
                    .isLessThanOrEqualTo(top.get(i - 1).get("count7d").asLong());
        }
    }

    @Test
    void longNamesAreCutToTheTerminal() {
        Run run = Run.on(
                new Terminal(true, false, false, 60),
                "top",
                HISTORY.resolve("wal"),
                "--schema",
                schema,
                "--signal",
                "churn",
                "--by",
                "all");

        assertThat(run.out()).contains("…").contains("█");
        assertThat(run.out().lines().skip(1)).allMatch(line -> line.length() <= 60);
    }

    @Test
    void entitiesWithoutNameAreShownByTheirUnsignedNumber() throws IOException {
        Files.writeString(
                schema, "signals: [{type: 0, name: touch, half-life: 7d}, {type: 1, name: c, half-life: 7d}]\n");

        assertThat(top("-k", 50).out()).containsPattern(" 1\\d{19} ");
    }

    @Test
    void timeBeforeTheEventsIsSaid() {
        Run early = top("--by", "24h", "--at", "2020-01-01T00:00:00Z");
        JsonNode json =
                top("--by", "24h", "--at", "2020-01-01T00:00:00Z", "--json").json();

        assertThat(early.out())
                .containsPattern(
                        "note: [\\d,]+ of [\\d,]+ entities have later events; each of them is shown as of its");
        assertThat(json.get("entitiesWithLaterEvents").asLong()).isPositive();
        assertThat(json.get("asOf").asString()).isEqualTo("2020-01-01T00:00:00Z");
        assertThat(json.get("top").get(0).get("asOf").asString()).isGreaterThan("2020-01-01T00:00:00Z");
        assertThat(top().out()).doesNotContain("note: ");
    }

    @Test
    void whereNothingWasAppliedThereIsNoDate() throws IOException {
        Path wal = Files.createDirectory(directory.resolve("late"));
        String last = "wal-00001-00001-00000000000000005001.seg";
        Files.copy(HISTORY.resolve("wal").resolve(last), wal.resolve(last));
        Object[] args = {"top", wal, "--schema", schema, "--signal", "touch"};

        Run run = Run.of(args);
        JsonNode json = Run.of(
                        Stream.concat(Stream.of(args), Stream.of("--json")).toArray())
                .json();

        assertThat(run.exit()).isEqualTo(Exit.INCOMPLETE);
        assertThat(run.out()).contains("no events were applied").doesNotContain("1970");
        assertThat(json.has("asOf")).isFalse();
        assertThat(json.get("events").asLong()).isZero();
    }

    @Test
    void nothingInTheWindowIsSaid() {
        assertThat(top("--by", "1h", "--at", "2030-01-01T00:00:00Z").out()).contains("none: no such event");
    }

    @Test
    void unknownSignalIsAUsageErrorThatNamesTheKnownOnes() {
        Run run = Run.of("top", HISTORY.resolve("wal"), "--schema", schema, "--signal", "view");

        assertThat(run.exit()).isEqualTo(Exit.USAGE);
        assertThat(run.err()).contains("no signal named view").contains("touch, churn");
        assertThat(top("--by", "year").err()).contains("expected score, 1h, 24h, 7d, all");
        assertThat(top("-k", 0).exit()).isEqualTo(Exit.USAGE);
        assertThat(top("--count", 0).err()).contains("--count: found 0");
    }

    private Run top(Object... options) {
        Object[] args = {"top", HISTORY.resolve("wal"), "--schema", schema, "--signal", "touch"};
        return Run.of(Stream.of(args, options).flatMap(Stream::of).toArray());
    }
}
