package io.walreceiver.server.web.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.handler.codec.http.HttpMethod;
import io.walreceiver.log.LogState;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.server.admin.AuditLog;
import io.walreceiver.server.schemafile.SchemaFile;
import io.walreceiver.server.web.admin.Served.Got;
import io.walreceiver.storage.StoredData;
import io.walreceiver.transport.netty.security.SecuredServer;
import io.walreceiver.transport.netty.security.ServerSecurity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What operators have done over HTTP by a receiver that runs: log 1:2 lacks a file, or has a broken one. */
class AdminFeatureTest {

    private static final Path GENERATED = Path.of(System.getProperty("vectors")).resolve("generated/wal");
    private static final String SCHEMA = """
            signals:
              - {type: 0, name: a, half-life: 7d}
              - {type: 1, name: b, half-life: 30d}
              - {type: 2, name: c, half-life: 1d}
              - {type: 3, name: d, half-life: 1h}
            """;
    private static final String SKIP = "/v1/admin/logs/1/2/skip";
    private static final String OPERATOR = "Bearer operator-operator-operator";
    private static final String READER = "Bearer reader-reader-reader-reader";

    @TempDir
    private Path directory;

    private final SignalSchema schema = SchemaFile.parse("schema.yaml", SCHEMA);
    private Path wal = Path.of("");
    private Path data = Path.of("");
    private Path second = Path.of("");
    private long next;
    private ServerSecurity security = ServerSecurity.NONE;
    private final List<AutoCloseable> opened = new ArrayList<>();

    @BeforeEach
    void copy() throws IOException {
        data = directory.resolve("data");
        wal = Files.createDirectory(directory.resolve("wal"));
        List<Path> files;
        try (Stream<Path> all = Files.list(GENERATED)) {
            files = all.sorted().toList();
        }
        for (Path file : files) {
            Files.copy(file, wal.resolve(file.getFileName()));
        }
        List<Path> ofLog = files.stream()
                .filter(file -> file.getFileName().toString().matches("wal-0*1-0*2-.*"))
                .toList();
        second = wal.resolve(ofLog.get(1).getFileName());
        next = Long.parseLong(ofLog.get(2).getFileName().toString().replaceAll("wal-\\d+-\\d+-0*(\\d+).seg", "$1"));
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable one : opened) {
            one.close();
        }
    }

    private Served serve(AdminOptions options) {
        Served served = new Served(wal, data, schema, security, options);
        opened.add(0, served);
        return served;
    }

    private Served serveWithGap() throws IOException {
        Files.delete(second);
        return inState(serve(AdminOptions.defaults()), LogState.GAP);
    }

    private static Served inState(Served served, LogState state) {
        await().atMost(Served.SOON)
                .until(() -> served.receiver.status().logs().stream()
                        .anyMatch(log -> log.log().shard() == 2 && log.state() == state && log.heldSegments() > 0));
        return served;
    }

    private void known() throws Exception {
        Path identities = Files.writeString(
                directory.resolve("identities"),
                "operator token-file=operator admin\nreader token-file=reader read=*\n");
        Files.writeString(directory.resolve("operator"), "operator-operator-operator\n");
        Files.writeString(directory.resolve("reader"), "reader-reader-reader-reader\n");
        SecuredServer secured = SecuredServer.builder().identities(identities).open();
        opened.add(secured);
        security = secured;
    }

    private String wish() {
        return "{\"through\": " + (next - 1) + ", \"reason\": \"the leader's disk was lost\"}";
    }

    private List<JsonNode> audit() throws IOException {
        JsonMapper mapper = new JsonMapper();
        Path file = data.resolve(AuditLog.FILE);
        return Files.exists(file)
                ? Files.readAllLines(file).stream().map(mapper::readTree).toList()
                : List.of();
    }

    @Test
    void aSkipMovesTheLogAndIsAuditedAndAnsweredAgain() throws Exception {
        known();
        Served served = serveWithGap();

        Got made = served.post(SKIP, wish(), "Authorization", OPERATOR);

        assertThat(made.status()).as(made.text()).isEqualTo(200);
        assertThat(made.json().get("log").asString()).isEqualTo("1:2");
        assertThat(made.json().get("skip").get("through").asLong()).isEqualTo(next - 1);
        await().atMost(Served.SOON).until(() -> served.log("1:2").state() == LogState.RUNNING);
        assertThat(served.log("1:2").applied()).isGreaterThan(next);
        assertThat(served.log("1:2").skips()).hasSize(1);
        List<JsonNode> lines = audit();
        assertThat(lines).extracting(line -> line.get("outcome").asString()).containsExactly("begun", "done");
        assertThat(lines).allSatisfy(line -> {
            assertThat(line.get("who").asString()).isEqualTo("operator");
            assertThat(line.get("from").asString()).startsWith("/127.0.0.1:");
            assertThat(line.get("action").asString()).isEqualTo("skip");
            assertThat(line.get("id")).isEqualTo(lines.get(0).get("id"));
            assertThat(line.get("parameters").get("log").asString()).isEqualTo("1:2");
            assertThat(line.get("parameters").get("through").asLong()).isEqualTo(next - 1);
            assertThat(line.get("parameters").get("reason").asString()).isEqualTo("the leader's disk was lost");
        });
        assertThat(served.post(SKIP, wish(), "Authorization", OPERATOR).text()).isEqualTo(made.text());
        assertThat(served.log("1:2").skips()).hasSize(1);
    }

    @Test
    void whoIsNoOperatorGetsNothingAndThatIsAudited() throws Exception {
        known();
        Served served = serveWithGap();

        Got refused = served.post(SKIP, wish(), "Authorization", READER);

        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.headers()).containsEntry("type", "application/problem+json");
        assertThat(refused.json().get("detail").asString()).contains("reader is none");
        assertThat(audit()).singleElement().satisfies(line -> {
            assertThat(line.get("who").asString()).isEqualTo("reader");
            assertThat(line.get("outcome").asString()).isEqualTo("refused");
            assertThat(line.get("parameters").get("log").asString()).isEqualTo("1:2");
        });
        for (String path : List.of("/v1/admin/audit", "/v1/admin/schema", "/v1/admin/logs/1/2/quarantine/x/bytes")) {
            assertThat(served.get(path, "Authorization", READER).status())
                    .as(path)
                    .isEqualTo(403);
        }
        for (String path : List.of("/v1/admin/checkpoint", "/v1/admin/schema/check")) {
            assertThat(served.post(path, "{}", "Authorization", READER).status())
                    .as(path)
                    .isEqualTo(403);
        }
        assertThat(served.post(SKIP, wish()).status()).isEqualTo(401);
        assertThat(served.log("1:2").skips()).isEmpty();
        assertThat(audit().size()).as("at most one a second").isLessThanOrEqualTo(1 + 5);
    }

    @Test
    void pagesOfOtherSitesChangeNothingAndReadNothing() throws Exception {
        Served served = serveWithGap();
        String own = "127.0.0.1:" + served.address.port();

        assertThat(served.post(SKIP, wish(), "Origin", "https://evil.example").status())
                .isEqualTo(403);
        assertThat(served.post(SKIP, wish(), "Origin", "null").status()).isEqualTo(403);
        assertThat(served.post(SKIP, wish(), "Origin", "http://127.0.0.1:1").status())
                .isEqualTo(403);
        assertThat(served.post(SKIP, wish(), "Sec-Fetch-Site", "cross-site").status())
                .isEqualTo(403);
        assertThat(served.post(SKIP, wish(), "Sec-Fetch-Site", "same-site").status())
                .isEqualTo(403);
        assertThat(served.post(SKIP, wish(), "Content-Type", "text/plain").status())
                .isEqualTo(415);
        for (String host : List.of("evil.example", "127.0.0.1.evil.example:80", "localhost.evil.example", "")) {
            assertThat(served.post(SKIP, wish(), "Host", host).status())
                    .as(host)
                    .isEqualTo(421);
            assertThat(served.get("/v1/admin/schema", "Host", host).status())
                    .as(host)
                    .isEqualTo(421);
        }
        assertThat(served.log("1:2").skips()).isEmpty();
        assertThat(audit())
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line.get("outcome").asString()).isEqualTo("refused"));

        for (String host : List.of("localhost", "LOCALHOST.:80", "a.localhost:1", "[::1]:7", "follower.example:443")) {
            assertThat(served.get("/v1/admin/schema", "Host", host).status())
                    .as(host)
                    .isEqualTo(200);
        }
        Got made = served.post(SKIP, wish(), "Host", own, "Origin", "http://" + own, "Sec-Fetch-Site", "same-origin");
        assertThat(made.status()).as(made.text()).isEqualTo(200);
    }

    @Test
    void whatMakesNoSenseIsAProblemThatSaysWhatToDo() throws Exception {
        Served served = serveWithGap();
        long received = served.log("1:2").received();

        Got holds = served.post(SKIP, "{\"through\": 1, \"reason\": \"x\"}");
        assertThat(holds.status()).isEqualTo(409);
        assertThat(holds.json().get("detail").asString())
                .isEqualTo("log 1:2 holds its events through " + received + ": expected a position beyond it, found 1");
        assertThat(served.post(SKIP, "{\"through\": " + next + ", \"reason\": \"x\"}")
                        .json()
                        .get("detail")
                        .asString())
                .contains("holds verified events from " + next + " on");
        assertThat(served.post(SKIP, "{\"through\": 1}").status()).isEqualTo(400);
        assertThat(served.post(SKIP, "{\"through\": -1, \"reason\": \"x\"}").status())
                .isEqualTo(400);
        assertThat(served.post(SKIP, "{\"through\": 1, \"reason\": \"x\", \"force\": true}")
                        .status())
                .isEqualTo(400);
        assertThat(served.post(SKIP, "nonsense").status()).isEqualTo(400);
        assertThat(served.post(SKIP, " ".repeat(20_000)).status()).isEqualTo(413);
        assertThat(served.post("/v1/admin/logs/9/9/skip", wish()).status()).isEqualTo(404);
        assertThat(served.post("/v1/admin/logs/nine/9/skip", wish()).status()).isEqualTo(404);
        assertThat(audit())
                .filteredOn(line -> line.get("outcome").asString().equals("failed"))
                .extracting(line -> line.get("detail").asString())
                .first()
                .isEqualTo(holds.json().get("detail").asString());
    }

    @Test
    void checkpointsAreMadeOfEveryLog() {
        Served served = serve(AdminOptions.defaults());
        await().atMost(Served.SOON)
                .until(() -> served.receiver.status().logs().stream()
                                .mapToLong(log -> log.applied())
                                .sum()
                        == 27_687);
        JsonNode logs = served.post("/v1/admin/checkpoint", "{}").json().get("logs");
        assertThat(logs).hasSize(3);
        assertThat(logs.get(1).get("log").asString()).isEqualTo("1:1");
        assertThat(logs.get(1).get("checkpoint").get("position").asLong())
                .isEqualTo(served.log("1:1").applied());
    }

    @Test
    void whatIsKeptAsideIsDownloadedAndDropped() throws Exception {
        byte[] bytes = Files.readAllBytes(second);
        bytes[bytes.length - 1] ^= 1;
        Files.write(second, bytes);
        Served served = serve(AdminOptions.defaults());
        await().atMost(Served.SOON)
                .until(() -> served.receiver.status().logs().stream().anyMatch(log -> log.keptAside() == 1));
        String name = StoredData.in(data)
                .log(served.log("1:2").log())
                .keptAside()
                .kept()
                .get(0)
                .name();
        String kept = "/v1/admin/logs/1/2/quarantine/" + name;

        Got download = served.get(kept + "/bytes");
        assertThat(download.status()).isEqualTo(200);
        assertThat(download.bytes()).isEqualTo(bytes);
        assertThat(download.headers())
                .containsEntry("type", "application/octet-stream")
                .containsEntry("disposition", "attachment; filename=\"" + name + ".seg\"");

        Got dropped = served.send(HttpMethod.DELETE, kept, null);
        assertThat(dropped.status()).as(dropped.text()).isEqualTo(200);
        assertThat(dropped.json().get("kept").get("name").asString()).isEqualTo(name);
        assertThat(audit())
                .extracting(line -> line.get("action").asString() + " "
                        + line.get("outcome").asString())
                .containsExactly(
                        "quarantine download begun",
                        "quarantine download done",
                        "quarantine drop begun",
                        "quarantine drop done");
        assertThat(served.get("/v1/admin/logs/1/2/quarantine/..%2f..%2fskips/bytes")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void aSchemaIsComparedWithTheStoredOne() {
        Served served = serve(AdminOptions.defaults());
        JsonNode stored = served.get("/v1/admin/schema").json();
        assertThat(stored.get("signals").get(3).get("halfLifeMillis").asLong()).isEqualTo(3_600_000);

        JsonNode wider = check(served, SCHEMA + "  - {type: 9, name: e, half-life: permanent}\n")
                .json();
        assertThat(wider.get("compatible").asBoolean()).isTrue();
        assertThat(wider.get("same").asBoolean()).isFalse();
        assertThat(wider.get("next").asString()).contains("receiver schema apply");
        JsonNode other = check(served, SCHEMA.replace("7d", "8d")).json();
        assertThat(other.get("compatible").asBoolean()).isFalse();
        assertThat(other.get("changes").get(0).get("text").asString()).contains("half-life");
        assertThat(check(served, SCHEMA).json().get("same").asBoolean()).isTrue();
        Got wrong = check(served, "signals: [{type: -1}]");
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.json().get("mistakes")).isNotEmpty();
    }

    private static Got check(Served served, String text) {
        return served.post("/v1/admin/schema/check", new JsonMapper().writeValueAsString(Map.of("schema", text)));
    }

    @Test
    void whatCannotBeAuditedIsNotDone() throws Exception {
        Served served = serveWithGap();
        Files.createDirectory(data.resolve(AuditLog.FILE)); // nobody can write a line to that
        Got refused = served.post(SKIP, wish());
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.json().get("type").asString()).isEqualTo("urn:walreceiver:not-audited");
        assertThat(served.log("1:2").skips()).isEmpty();

        Files.delete(data.resolve(AuditLog.FILE));
        assertThat(served.post(SKIP, wish()).status()).isEqualTo(200);
    }

    @Test
    void aReceiverThatDoesNotRunSaysSo() throws Exception {
        Served served = serveWithGap();
        served.receiver.stop(Duration.ZERO).block(Served.SOON);
        Got refused = served.post(SKIP, wish());
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.headers()).containsEntry("retryAfter", "5");
        assertThat(refused.json().get("detail").asString())
                .isEqualTo("a skip needs a receiver that runs: it is stopped");
    }

    @Test
    void theLatestOfTheAuditIsShownTheLastFirst() {
        Served served = serve(AdminOptions.defaults());
        served.post("/v1/admin/checkpoint", "{}");
        JsonNode entries = served.get("/v1/admin/audit?limit=1").json().get("entries");
        assertThat(entries).hasSize(1);
        assertThat(entries.get(0).get("outcome").asString()).isEqualTo("done");
        assertThat(entries.get(0).get("who").asString()).isEqualTo("anyone");
        assertThat(entries.get(0).get("detail").isNull()).isTrue();
        assertThat(served.get("/v1/admin/audit?limit=0").status()).isEqualTo(400);
    }
}
