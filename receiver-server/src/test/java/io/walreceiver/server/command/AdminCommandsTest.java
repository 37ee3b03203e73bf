package io.walreceiver.server.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walreceiver.log.LogState;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.server.admin.AuditLog;
import io.walreceiver.server.schemafile.SchemaFile;
import io.walreceiver.server.web.admin.AdminOptions;
import io.walreceiver.server.web.admin.Served;
import io.walreceiver.storage.LockedData;
import io.walreceiver.storage.StoredData;
import io.walreceiver.storage.disk.Disk;
import io.walreceiver.transport.netty.security.SecuredServer;
import io.walreceiver.transport.netty.security.ServerSecurity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Commands over a data directory whose lock a server holds: it is asked to do what they would have done. */
class AdminCommandsTest extends DataFixture {

    private static final String SECOND_OF_1_2 = "wal-00001-00002-00000000000000003130.seg";
    private static final long BEFORE_THE_THIRD = 5_858;

    private Served serve(Path wal, ServerSecurity security) {
        SignalSchema types = SchemaFile.parse("schema.yaml", SCHEMA);
        return new Served(wal, data, types, security, AdminOptions.defaults());
    }

    private Served serveWithGap(ServerSecurity security) throws IOException {
        Served served = serve(without("gap", SECOND_OF_1_2), security).told(data);
        await().atMost(Served.SOON)
                .until(() -> served.receiver.status().logs().stream()
                        .anyMatch(log -> log.state() == LogState.GAP && log.heldSegments() == 1));
        return served;
    }

    private Object[] skip(Object... more) {
        return words(
                List.of("skip", data, "--log", "1:2", "--through", BEFORE_THE_THIRD, "--reason", "lost at the leader"),
                more);
    }

    private static Object[] words(List<Object> words, Object... more) {
        return Stream.concat(words.stream(), Arrays.stream(more)).toArray();
    }

    private List<JsonNode> audit() throws IOException {
        JsonMapper mapper = new JsonMapper();
        return Files.readAllLines(data.resolve(AuditLog.FILE)).stream()
                .map(mapper::readTree)
                .toList();
    }

    @Test
    void aSkipIsMadeByTheServerAndToldAsIfItHadBeenMadeHere() throws IOException {
        try (Served served = serveWithGap(ServerSecurity.NONE)) {
            Run run = Run.of(skip());

            assertThat(run.exit()).as(run.toString()).isEqualTo(Exit.OK);
            assertThat(run.out())
                    .isEqualTo("log 1:2: events 3130..5858 are given up (2,729 events); it goes on with event 5859"
                            + System.lineSeparator());
            await().atMost(Served.SOON).until(() -> served.log("1:2").state() == LogState.RUNNING);
            Run again = Run.of(skip("--json"));
            assertThat(again.exit()).as(again.toString()).isEqualTo(Exit.OK);
            assertThat(again.json().get("skip").get("from").asLong()).isEqualTo(3_130);
            assertThat(again.json().get("keptAside")).isEmpty();
            assertThat(fails(Exit.USAGE, "skip", data, "--log", "1:2", "--through", 5, "--reason", "x")
                            .err())
                    .contains("--through: log 1:2 holds its events through ", "expected a position beyond it, found 5");
        }
        assertThat(audit()).extracting(line -> line.get("who").asString()).containsOnly("anyone");
        Run status = Run.of("status", data);
        assertThat(status.out()).contains("log 1:2: events 3130..5858 were given up at ", ": lost at the leader");
        // The stopped server's address is still on record: the lock is free, so nobody asks there.
        assertThat(StoredData.in(data).owner().orElseThrow().web()).isPresent();
        Run here = Run.of(skip("--json"));
        assertThat(here.json().get("skip").get("from").asLong()).isEqualTo(3_130);
        assertThat(StoredData.in(data).owner().orElseThrow().web()).isEmpty();
        List<JsonNode> lines = audit();
        JsonNode last = lines.get(lines.size() - 1);
        assertThat(last.get("who").asString()).isEqualTo(System.getProperty("user.name"));
        assertThat(last.get("from").asString()).isEqualTo("command line");
        assertThat(last.get("outcome").asString()).isEqualTo("done");
    }

    /** The server is gone at the moment when the hole is on record and nobody has been answered. */
    @Test
    void aServerThatDiesBeforeItAnswersLeavesAnActionThatHasBegunAndASkipThatMayBeAskedForAgain() throws Exception {
        Process server = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Dvectors=" + Run.VECTORS,
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        DyingServer.class.getName(),
                        without("gap", SECOND_OF_1_2).toString(),
                        data.toString(),
                        schema.toString())
                .redirectError(directory.resolve("server.err").toFile())
                .start();
        try {
            assertThat(server.inputReader().readLine()).isEqualTo("ready");
            assertThat(fails(Exit.FAILED, skip()).err())
                    .contains("which failed: ", "whether it was done, its audit says");
            assertThat(server.waitFor()).isEqualTo(DyingServer.DIED);
        } finally {
            server.destroyForcibly().waitFor();
        }
        assertThat(audit()).extracting(line -> line.get("outcome").asString()).containsExactly("begun");
        assertThat(Run.of("status", data).out()).contains("log 1:2: events 3130..5858 were given up at ");
        JsonNode again = Run.of(skip("--json")).json();
        assertThat(again.get("skip").get("from").asLong()).isEqualTo(3_130);
        assertThat(audit()).hasSize(3);
    }

    @Test
    void checkpointsAreMadeByTheServer() throws IOException {
        try (Served served = serve(GENERATED, ServerSecurity.NONE).told(data)) {
            await().atMost(Served.SOON)
                    .until(() -> served.receiver.status().logs().stream()
                                    .mapToLong(log -> log.applied())
                                    .sum()
                            == 27_687);
            Run run = Run.of("checkpoint", data);
            assertThat(run.exit()).as(run.toString()).isEqualTo(Exit.OK);
            assertThat(run.out()).contains("log 1:0: checkpoint at event ", "log 1:2: checkpoint at event ");
            List<JsonNode> rows = Run.of("checkpoint", data, "--json").jsonLines();
            assertThat(rows).hasSize(3);
            assertThat(rows.get(0).get("checkpoint").get("position").asLong())
                    .isEqualTo(served.log("1:0").applied());
        }
    }

    @Test
    void refusedSegmentsAreDroppedByTheServer() throws IOException {
        Path wal = without("bad");
        damage(wal.resolve(SECOND_OF_1_2), -1);
        try (Served served = serve(wal, ServerSecurity.NONE).told(data)) {
            await().atMost(Served.SOON)
                    .until(() -> served.receiver.status().logs().stream().anyMatch(log -> log.keptAside() == 1));
            assertThat(fails(Exit.USAGE, "quarantine", "drop", data, "7").err())
                    .contains("nothing of the name 7 is kept aside");
            Run run = Run.of("quarantine", "drop", data, "00000000000000003130");
            assertThat(run.exit()).as(run.toString()).isEqualTo(Exit.OK);
            assertThat(run.out()).startsWith("dropped 00000000000000003130-").contains(" of log 1:2");
            assertThat(audit())
                    .extracting(line -> line.get("action").asString())
                    .containsExactly("quarantine drop", "quarantine drop");
        }
    }

    @Test
    void whoIsNoOperatorIsToldWhatToShow() throws IOException {
        Path identities = Files.writeString(
                directory.resolve("identities"),
                "operator token-file=operator admin\nreader token-file=reader read=*\n");
        Path operator = Files.writeString(directory.resolve("operator"), "operator-operator-operator\n");
        Path reader = Files.writeString(directory.resolve("reader"), "reader-reader-reader-reader\n");
        try (SecuredServer security =
                        SecuredServer.builder().identities(identities).open();
                Served served = serveWithGap(security)) {
            assertThat(fails(Exit.FAILED, skip()).err())
                    .contains("is in use by process ", "at " + served.address + " it refuses", "next: show it")
                    .contains("--token FILE");
            assertThat(fails(Exit.FAILED, skip("--token", reader)).err()).contains("reader is none");
            assertThat(served.log("1:2").skips()).isEmpty();
            assertThat(audit()).singleElement().satisfies(line -> {
                assertThat(line.get("who").asString()).isEqualTo("reader");
                assertThat(line.get("outcome").asString()).isEqualTo("refused");
            });

            Run run = Run.of(skip("--token", operator));
            assertThat(run.exit()).as(run.toString()).isEqualTo(Exit.OK);
        }
    }

    @Test
    void whatAServerCannotDoWhileItRunsSaysWhy() throws IOException {
        Path wider =
                Files.writeString(directory.resolve("wider.yaml"), SCHEMA + "  - {type: 9, name: e, half-life: 90m}\n");
        try (Served served = serveWithGap(ServerSecurity.NONE)) {
            assertThat(fails(Exit.FAILED, "log", "drop", data, "1:2", "--yes").err())
                    .contains(
                            "is in use by process ",
                            "a log cannot be dropped while a receiver writes it",
                            "next: stop");
            assertThat(fails(Exit.FAILED, "schema", "apply", data, "--schema", wider)
                            .err())
                    .contains("a server keeps the schema that it started with; the change itself is compatible");
            assertThat(served.log("1:0").applied()).isPositive();
        }
        assertThat(Run.of("schema", "apply", data, "--schema", wider).exit()).isEqualTo(Exit.OK);
        assertThat(Run.of("log", "drop", data, "1:2", "--yes").exit()).isEqualTo(Exit.OK);
        assertThat(audit())
                .extracting(line -> line.get("action").asString() + " "
                        + line.get("outcome").asString())
                .containsExactly("schema apply done", "log drop begun", "log drop done");
    }

    @Test
    void anOwnerThatAnswersNobodyIsNamedWithWhatToDo() throws IOException {
        fill();
        try (LockedData locked = LockedData.take(data)) {
            assertThat(fails(Exit.FAILED, skip()).err())
                    .contains("is in use by process ", "next: stop that one, or name another directory; a server that")
                    .contains("--web ADDRESS");

            locked.stored()
                    .owner()
                    .orElseThrow()
                    .answeringAt("http://127.0.0.1:1")
                    .write(Disk.ofOperatingSystem(), data);
            assertThat(fails(Exit.FAILED, skip()).err())
                    .contains("is in use by process ", "it is to be asked at http://127.0.0.1:1, which failed: ")
                    .contains("; nothing was done");

            locked.stored().owner().orElseThrow().answeringAt("gopher://x").write(Disk.ofOperatingSystem(), data);
            assertThat(fails(Exit.FAILED, skip()).err()).contains("--web ADDRESS");
        }
    }
}
