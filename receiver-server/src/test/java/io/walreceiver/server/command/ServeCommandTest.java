package io.walreceiver.server.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walreceiver.format.LogId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** {@code serve} as people run it: what it says, and how it ends. */
class ServeCommandTest extends NetworkFixture {

    private static final long SOME = 10_000;
    private static final Path HISTORY = Run.VECTORS.resolve("reactor-core-history/wal");

    @Test
    void toldToStopWhileItIsSentToItDrainsAndSaysHowFarItIs() throws Exception {
        Path wal = directory.resolve("wal");
        assertThat(Run.of("generate", "--out", wal, "--events", 400_000, "--logs", 4)
                        .exit())
                .isEqualTo(Exit.OK);
        Object[] serve = {
            "serve",
            "--listen",
            "http://127.0.0.1:" + freePort(),
            "--data",
            data,
            "--schema",
            wal.resolve("schema.yaml")
        };
        Child first = start(serve);
        Child shipping = start("ship", wal, "--to", address(first, "listening"));
        await().atMost(Child.SOON).until(() -> progress(data, 30) > SOME);

        first.stop();

        JsonNode stopped = first.says("stopped");
        assertThat(stopped.get("drained").asBoolean()).as(first::toString).isTrue();
        assertThat(stopped.get("inTime").asBoolean()).isTrue();
        assertThat(stopped.get("droppedLogs")).isEmpty();
        assertThat(durable(stopped)).isEqualTo(ends(data));
        assertThat(first.says("stopping").get("deadlineMillis").asLong()).isEqualTo(25_000);

        Child second = start(serve);
        String address = address(second, "listening");
        shipping.exit(); // it may have given up, or have waited for the follower
        assertThat(Run.of("ship", wal, "--to", address).exit()).isEqualTo(Exit.OK);
        second.stop();
        Path model = directory.resolve("model");
        assertThat(Run.of("replay", wal, "--data", model, "--schema", wal.resolve("schema.yaml"))
                        .exit())
                .isEqualTo(Exit.OK);
        assertThat(export(data)).isEqualTo(export(model));
    }

    @Test
    void aPortThatIsTakenIsToldBeforeAnythingIsDone() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            String web = "http://127.0.0.1:" + taken.getLocalPort();

            Run run = Run.of("serve", "--web", web, "--listen", ANY_HTTP, "--data", data, "--schema", schema);

            assertThat(run.exit()).isEqualTo(Exit.FAILED);
            assertThat(run.err()).contains("error: cannot listen on " + web, " next: ");
            assertThat(data).doesNotExist();
        }
    }

    @Test
    void theFirstRunNeedsASchema() {
        Run run = Run.of("serve", "--web", "off", "--listen", ANY_HTTP, "--data", data);

        assertThat(run.exit()).isEqualTo(Exit.USAGE);
        assertThat(run.err()).contains("--schema: it is missing", "add --schema FILE", "serve --demo");
        assertThat(data).doesNotExist();
    }

    @Test
    void theDemoIsFollowedToItsEnd() throws Exception {
        Path model = directory.resolve("model");
        Path historySchema = directory.resolve("history/schema.yaml");
        assertThat(Run.of("demo", "--unpack", directory.resolve("history")).exit())
                .isEqualTo(Exit.OK);
        assertThat(Run.of("replay", HISTORY, "--data", model, "--schema", historySchema)
                        .exit())
                .isEqualTo(Exit.OK);

        Child demo = start("serve", "--demo", "--pace", 100_000, "--data", data);
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(address(demo, "web") + "/nothing/here"))
                                .build(),
                        BodyHandlers.ofString());
        demo.says("demo-through");
        awaitEnds(data, ends(model), demo);
        demo.stop();
        Child again = start("serve", "--demo", "--pace", 1, "--data", data);
        again.says("demo-through"); // the leader is where its follower is
        again.says("state", "CONNECTED");
        again.stop();

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(export(data)).isEqualTo(export(model));
        assertThat(again.says("stopped").get("events").asLong()).isZero();
    }

    @Test
    void theConfigurationIsPrintedAndChecked() throws IOException {
        Path file = Files.writeString(directory.resolve("serve.yaml"), "web: {listen: 'http://127.0.0.1:7500'}\n");

        Run printed = Run.of("serve", "--config", file, "--set", "health.max-lag=5s", "--print-config");
        Run checked = Run.of("serve", "--config", file, "--check-config");
        Run wrong = Run.of("serve", "--config", file, "--set", "health.max-leg=5s", "--pace", "fast", "--check-config");

        assertThat(printed.exit()).as(printed.err()).isEqualTo(Exit.OK);
        assertThat(printed.out())
                .contains("  listen: http://127.0.0.1:7500  # " + file + ":1", "  max-lag: 5s  # --set health.max-lag");
        assertThat(checked).isEqualTo(new Run(Exit.OK, "the configuration is good\n", ""));
        assertThat(wrong.exit()).isEqualTo(Exit.USAGE);
        assertThat(wrong.err())
                .contains(
                        "error: the configuration: 2 mistakes; nothing was done",
                        "--set health.max-leg: unknown option; is health.max-lag meant?",
                        "--pace: demo.pace: found \"fast\", expected a number from 1 to 1000000");
    }

    private static Map<LogId, Long> durable(JsonNode stopped) {
        Map<LogId, Long> durable = new TreeMap<>();
        stopped.get("durable")
                .properties()
                .forEach(log ->
                        durable.put(LogId.parse(log.getKey()), log.getValue().asLong()));
        return durable;
    }
}
