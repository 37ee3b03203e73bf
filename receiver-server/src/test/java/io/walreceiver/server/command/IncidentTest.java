package io.walreceiver.server.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.walreceiver.server.command.Told.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a service says when things go wrong, on each of the ways in which somebody may look: health checks, API, dashboard and log; and
 * that it goes on by itself when they are put right. The table in docs/operating.md says the same.
 */
class IncidentTest extends NetworkFixture {

    private static final String LOG = "1:0";
    private static final String LOG_PATH = "1/0";
    private static final String SECOND = "wal-00001-00000-00000000000000003187.seg";
    private static final String TOP = "/v1/signals/0/top?by=score&k=3&asOf=2030-01-01T00:00:00Z";
    private static final String UNREACHABLE = "/v1/entities/1/signals?minPosition=1:0:99999&wait=";
    private static final String UP = "200 up";
    private static final String DEGRADED = "200 degraded";
    private static final String DOWN = "503 down";

    private Path segments = Path.of("");
    private Child leader;
    private Child follower;
    private Told told;

    // ---- the leader is gone

    @Test
    void theLeaderIsGoneAndComesBack() throws Exception {
        String address = "tcp://127.0.0.1:" + freePort();
        segments = without("leader");
        leader = start("publish", segments, "--listen", address);
        follow(address);
        awaitHealed();

        leader.kill();
        soon(() -> {
            assertThat(told.ready().word()).isEqualTo(DEGRADED);
            assertThat(told.ready().detail("source")).contains("connecting: ", "refused", "tried again by itself");
            assertThat(told.source().get("state").asString()).isEqualTo("connecting");
        });
        assertThat(told.live().word()).isEqualTo(UP);
        assertThat(told.log(LOG_PATH).get("state").asString()).isEqualTo("running");
        soon(() -> assertThat(told.sentence(LOG))
                .contains("It was caught up through event 9,510", "there may be more", "Source connecting: ")
                .endsWith(" -> See whether the leader lives, and whether it can be reached."));
        assertThat(told.get("/v1/entities/1/signals").status()).isEqualTo(200);
        assertThat(told.get("/v1/entities/1/signals?maxLag=1ms").word()).isEqualTo("503 lagging");
        assertThat(log()).contains("is over (LOST)", "it is tried again");
        follower.says("state", "CONNECTING");

        leader = start("publish", segments, "--listen", address);
        awaitHealed();
        assertThat(told.source().get("state").asString()).isEqualTo("connected");
        assertThat(told.source().get("reconnects").asLong()).isPositive();
    }

    // ---- the follower is killed

    @Test
    void theFollowerIsKilledAndStartedAgain() throws Exception {
        segments = directory.resolve("many");
        assertThat(Run.of("generate", "--out", segments, "--events", 1_500_000, "--logs", 1)
                        .exit())
                .isEqualTo(Exit.OK);
        schema = segments.resolve("schema.yaml");
        lead();
        await().atMost(Child.SOON)
                .untilAsserted(
                        () -> { // either may be ahead of the other
                            assertThat(told.log(LOG_PATH).path("durable").asLong())
                                    .isEqualTo(1_500_000);
                            assertThat(told.log(LOG_PATH).path("applied").asLong())
                                    .isEqualTo(1_500_000);
                        });
        Answer before = told.get(TOP);
        follower.kill();

        follow(leader.says("listening").get("address").asString());
        Set<String> phases = new HashSet<>();
        Set<String> reads = new HashSet<>();
        List<Answer> checks = new ArrayList<>();
        do {
            reads.add(told.get("/v1/entities/1/signals").word());
            phases.add(told.get("/v1/status").json().get("phase").asString());
            checks.add(told.ready());
            assertThat(told.live().word()).isEqualTo(UP);
            assertThat(follower.isAlive()).as(follower::toString).isTrue();
        } while (checks.get(checks.size() - 1).status() != 200);

        assertThat(phases).contains("recovering", "running");
        assertThat(reads).contains("503 recovering", "200");
        assertThat(checks.subList(0, checks.size() - 1))
                .isNotEmpty()
                .allSatisfy(check ->
                        assertThat(check.reasons().get(0)).isIn("not started", "recovering", "catching up", "source"));
        assertThat(told.get(TOP).json().get("top"))
                .hasSize(3)
                .isEqualTo(before.json().get("top"));
        assertThat(log()).contains("recovered 1 log");
        awaitHealed();
    }

    // ---- a log does not move

    @Test
    void aFileIsMissingAtTheLeader() throws Exception {
        segments = without("leader", SECOND);
        lead();
        soon(() -> {
            assertThat(told.ready().word()).isEqualTo(DEGRADED); // beyond the grace
            assertThat(told.ready().reasons()).containsExactly("gap");
        });
        assertThat(told.ready().detail("gap"))
                .isEqualTo("log 1:0: events 3187..6497 are missing; the log goes on when they come -> the missing"
                        + " events are asked for; if they do not come, let the source send them, or skip them");
        assertThat(told.live().word()).isEqualTo(UP);
        JsonNode log = told.log(LOG_PATH);
        assertThat(log.get("state").asString()).isEqualTo("gap");
        assertThat(log.get("applied").asLong()).isEqualTo(3186);
        assertThat(log.get("head").asLong()).isEqualTo(9510);
        assertThat(log.get("heldSegments").asInt()).isEqualTo(1);
        soon(() -> assertThat(told.sentence(LOG))
                .startsWith("It waits for events that are missing after event 3,186: events 3187..6497 are missing")
                .contains(" -> Wait: it is asked for again."));
        soon(() -> assertThat(told.sentence("1:1")).startsWith("It is caught up through event 9,230"));
        assertThat(told.get("/v1/entities/1/signals?minPosition=1:0:9510&wait=10ms")
                        .word())
                .isEqualTo("503 not-reached");
        assertThat(log()).contains("log 1:0 gap after event 3,186: ");

        heal();
        assertThat(log()).contains("log 1:0 running after event 9,510");
    }

    @Test
    void aSegmentIsCorruptAtTheLeader() throws Exception {
        segments = without("leader");
        damage(segments.resolve(SECOND), -1);
        lead();
        soon(() -> {
            assertThat(told.ready().word()).isEqualTo(DEGRADED);
            assertThat(told.ready().reasons()).containsExactly("source corrupt");
        });
        assertThat(told.ready().detail("source corrupt"))
                .contains("segment 1:0:3187, batch 59, byte 72184: checksum: expected ", "the same bytes came ")
                .endsWith(" -> heal the file at its source, or skip its events; it is asked for slowly");
        assertThat(told.live().word()).isEqualTo(UP);
        assertThat(told.log(LOG_PATH).get("state").asString()).isEqualTo("source corrupt");
        assertThat(told.log(LOG_PATH).get("keptAside").asInt()).isEqualTo(1);
        assertThat(told.get("/v1/logs/1/0/quarantine").json().toString()).contains("1:0:3187", "checksum");
        soon(() -> assertThat(told.sentence(LOG))
                .startsWith("It stands still, as its source holds a corrupt segment after event 3,186: ")
                .endsWith(
                        " -> Put a good copy where the source reads it. If there is none, skip the events, which stays on"
                                + " record."));
        assertThat(log()).contains("log 1:0 source corrupt after event 3,186: ");

        heal();
        assertThat(told.log(LOG_PATH).get("keptAside").asInt()).isEqualTo(1);
    }

    // ---- the disk is full

    @Test
    void theDiskIsFull() throws Exception {
        Path disk = Files.createDirectory(directory.resolve("disk"));
        assumeThat(run("mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", disk.toString()))
                .as("this needs the right to mount a small file system, which is not given here")
                .isZero();
        try {
            data = disk.resolve("data");
            segments = GENERATED;
            lead();
            soon(() -> {
                assertThat(told.ready().word()).isEqualTo(DEGRADED);
                assertThat(told.ready().reasons()).containsOnly("disk full");
            });
            assertThat(told.live().word()).isEqualTo(UP);
            assertThat(told.ready().detail("disk full"))
                    .contains("cannot write ", " bytes are usable there: make room; it goes on by itself -> ")
                    .doesNotContain("Exception");
            JsonNode full = told.get("/v1/logs")
                    .json()
                    .get("logs")
                    .valueStream()
                    .filter(log -> log.get("state").asString().equals("disk full"))
                    .findFirst()
                    .orElseThrow();
            soon(() -> assertThat(told.sentence(full.get("log").asString()))
                    .startsWith("It stands still, as its disk is full after event ")
                    .endsWith(" -> Make room on the disk: the log goes on by itself."));
            assertThat(log()).contains("could not be written", " disk full after event ");
            assertThat(told.get("/v1/entities/1/signals").status()).isEqualTo(200);

            assertThat(run("mount", "-o", "remount,size=64m", disk.toString())).isZero();
            awaitHealed();
            follower.stop();
            assertThat(export(data)).isEqualTo(expectedExport());
        } finally {
            follower.kill();
            assertThat(run("umount", disk.toString())).isZero();
        }
    }

    // ---- a certificate that nobody knows

    @Test
    void theLeaderDoesNotKnowTheCertificate() throws Exception {
        Path certs = directory.resolve("certs");
        Run made = Run.of("certs", "--out", certs, "--client", "edge-1", "--client", "edge-2", "--json");
        JsonNode lines = made.json().get("identities");
        Path identities =
                Files.writeString(directory.resolve("identities"), lines.get(0).asString() + "\n");
        leader = start(
                "publish",
                GENERATED,
                "--listen",
                ANY_TCP,
                "--identities",
                identities,
                "--tls-cert",
                certs.resolve("server.pem"),
                "--tls-key",
                certs.resolve("server-key.pem"),
                "--tls-ca",
                certs.resolve("ca.pem"));
        Path config = Files.writeString(directory.resolve("serve.yaml"), """
                sources:
                  - address: %s
                    tls: {certificate: certs/edge-2.pem, key: certs/edge-2-key.pem, ca: certs/ca.pem}
                """.formatted(address(leader, "listening")));
        follow("", "--config", config);

        soon(() -> assertThat(told.source().get("state").asString()).isEqualTo("refused"));
        soon(() -> assertThat(told.ready().reasons()).containsExactly("no log", "source"));
        assertThat(told.ready().word()).isEqualTo(DOWN);
        soon(() -> assertThat(told.ready().detail("source"))
                .contains("refused: ", "expected a certificate or a token that the publisher knows"));
        assertThat(told.live().word()).isEqualTo(UP);
        soon(() -> {
            JsonNode shown = told.dashboard();
            assertThat(shown.get("logCount").asInt()).isZero();
            assertThat(shown.get("sources").get(0).get("text").asString()).startsWith("refused: ");
        });
        assertThat(told.get("/v1/logs/1/0").word()).isEqualTo("404 not-found");
        assertThat(log()).contains("is over (REFUSED)");
        assertThat(leader.err()).contains("its certificate (CN=edge-2", "to let it in");

        // Read within 10 s; the follower comes back after 15 to 30 s.
        Files.writeString(
                identities, lines.get(0).asString() + "\n" + lines.get(1).asString() + "\n");
        awaitHealed();
    }

    // ---- it is told to stop

    @Test
    void itIsToldToStopWhileSomebodyReads() throws Exception {
        leader = start("publish", GENERATED, "--listen", ANY_TCP);
        follow(address(leader, "listening"), "--set", "reads.max-waiters=1", "--set", "reads.max-wait=5m");
        awaitHealed();
        CountDownLatch open = new CountDownLatch(1);
        try (Stream<String> lines = told.stream()) {
            CompletableFuture<List<String>> watched = CompletableFuture.supplyAsync(
                    () -> lines.peek(line -> open.countDown()).toList());
            assertThat(open.await(Child.SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
            CompletableFuture<Answer> waiting = somebodyWaits();

            follower.stop();

            assertThat(watched.get(Child.SOON.toSeconds(), TimeUnit.SECONDS)).contains("event: status", "event: bye");
            Answer answer = waiting.get(Child.SOON.toSeconds(), TimeUnit.SECONDS);
            assertThat(answer.word()).isEqualTo("503 not-reached");
            assertThat(answer.json().get("detail").asString()).contains("the receiver has ended");
        }
        JsonNode stopped = follower.says("stopped");
        assertThat(stopped.get("drained").asBoolean()).isTrue();
        assertThat(stopped.get("inTime").asBoolean()).isTrue();
        assertThat(stopped.get("durable").get(LOG).asLong()).isEqualTo(9510);
        assertThat(log()).contains("stopping: no more is taken", "stopped: 27,687 events applied and durable");
        assertThat(export(data)).isEqualTo(expectedExport());
    }

    /** The only one who may; whoever asks whether it is there can be in its way. */
    private CompletableFuture<Answer> somebodyWaits() {
        AtomicReference<CompletableFuture<Answer>> waiting = new AtomicReference<>(told.later(UNREACHABLE + "5m"));
        soon(() -> {
            if (waiting.get().isDone()) {
                waiting.set(told.later(UNREACHABLE + "5m"));
            }
            assertThat(told.get(UNREACHABLE + "1ms").word()).isEqualTo("429 too-many");
        });
        return waiting.get();
    }

    // ---- the pieces

    private void lead() throws IOException {
        leader = start("publish", segments, "--listen", ANY_TCP);
        follow(address(leader, "listening"));
    }

    private void follow(String from, Object... more) throws IOException {
        List<Object> words = new ArrayList<>(List.of("serve", "--data", data, "--schema", schema));
        for (String option : List.of("logs.format=json", "receiver.max-resend-delay=200ms", "health.grace=1s")) {
            words.addAll(List.of("--set", option));
        }
        if (!from.isEmpty()) {
            words.addAll(List.of("--from", from));
        }
        words.addAll(List.of(more));
        follower = start(words.toArray());
        told = new Told(address(follower, "web"));
    }

    /** The file comes back whole and at once, as it should. */
    private void heal() throws IOException {
        Path whole = Files.copy(GENERATED.resolve(SECOND), directory.resolve("whole"));
        Files.move(whole, segments.resolve(SECOND), StandardCopyOption.ATOMIC_MOVE);
        awaitHealed();
    }

    private void awaitHealed() {
        soon(() -> {
            assertThat(told.ready().word()).isEqualTo(UP);
            JsonNode log = told.log(LOG_PATH);
            assertThat(log.get("state").asString()).isEqualTo("running");
            assertThat(log.get("lagEvents").asLong()).isZero();
            assertThat(log.get("durable").asLong())
                    .isEqualTo(log.get("head").asLong())
                    .isPositive();
        });
        assertThat(told.live().word()).isEqualTo(UP);
        soon(() -> assertThat(told.sentence(LOG)).startsWith("It is caught up through event "));
    }

    private void soon(ThrowingRunnable comesTrue) {
        soon().untilAsserted(comesTrue);
    }

    private ConditionFactory soon() {
        return await().atMost(Child.SOON)
                .pollInterval(Duration.ofMillis(50))
                .failFast(() ->
                        assertThat(follower.isAlive()).as(follower::toString).isTrue());
    }

    /** What the follower logs; every line is an object, whatever is in it. */
    private String log() {
        String text = follower.err();
        String whole = text.substring(0, text.lastIndexOf('\n') + 1);
        assertThat(whole.lines().map(JsonMapper.shared()::readTree)).allMatch(line -> line.has("level"));
        return whole;
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }
}
