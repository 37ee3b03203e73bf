package io.walreceiver.server.web.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walreceiver.ReceiverOptions;
import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.server.demo.DemoData;
import io.walreceiver.server.web.RawHttp;
import io.walreceiver.transport.Heartbeat;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.test.scheduler.VirtualTimeScheduler;
import tools.jackson.databind.JsonNode;

/** A receiver that is fed step by step, by a clock that the test turns. */
class FreshnessTest {

    private static final LogId LOG = new LogId(1, 0);
    private static final String READ = "/v1/entities/14306550660489885245/signals/touch?";

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private Served served = open(ReadOptions.defaults());
    private List<WalSegmentPayload> segments = List.of();

    private Served open(ReadOptions options) {
        try {
            return Served.of(options, ReceiverOptions.builder().timer(time).build());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @BeforeEach
    void read() throws IOException {
        segments = DemoData.segments().stream()
                .filter(segment -> segment.id().log().equals(LOG))
                .toList();
    }

    @AfterEach
    void close() {
        served.close();
    }

    private void reopen(ReadOptions options) {
        served.close();
        served = open(options);
    }

    private void apply(int segment) {
        WalSegmentPayload payload = segments.get(segment);
        served.leader.send(payload).block(Served.LONG);
        await().until(() -> served.follower.receiver().applied(LOG).orElse(0)
                >= payload.id().seqno() + payload.eventCount() - 1);
    }

    /** Sends a read that waits, and waits until it does. */
    private RawHttp waiting(String parameters) {
        long before = time.getScheduledTaskCount();
        RawHttp http = served.connect().send("GET", READ + parameters, "");
        await().until(() -> time.getScheduledTaskCount() > before);
        return http;
    }

    private static ReadOptions waiters(int most) {
        ReadOptions d = ReadOptions.defaults();
        return new ReadOptions(
                d.maxEntities(),
                d.maxReadings(),
                d.maxBodyBytes(),
                d.maxQueries(),
                d.maxK(),
                d.concurrentTops(),
                d.waitingTops(),
                d.maxWait(),
                most);
    }

    @Test
    void nothingIsReadBeforeWhatIsStoredIs() {
        RawHttp.Response answer = served.get(READ);
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.problem()).isEqualTo("recovering");
        assertThat(answer.headers()).containsEntry("retry-after", "1");
        assertThat(served.get("/v1/signals/touch/top").status()).isEqualTo(503);
        assertThat(served.post("/v1/entities/query", "{\"entities\": []}").status())
                .isEqualTo(503);
        assertThat(served.get("/v1/status").json().get("phase").asString()).isEqualTo("new");
        assertThat(served.get("/v1/signals").status()).isEqualTo(200);
    }

    @Test
    void aReceiverThatEndedIsStillRead() {
        served.receiving();
        apply(0);
        served.follower.receiver().stop(Duration.ZERO).block(Served.LONG);
        assertThat(served.get(READ + "minPosition=1:0:5000").status()).isEqualTo(200);
        RawHttp.Response answer = served.get(READ + "minPosition=1:0:5001&wait=5s");
        assertThat(answer.problem()).isEqualTo("not-reached");
        assertThat(answer.detail()).contains("ended");
    }

    @Test
    void aPositionThatIsReachedIsReadAtOnce() {
        served.receiving();
        apply(0);
        RawHttp.Response answer = served.get(READ + "minPosition=1:0:5000&minPosition=1:0:17&log=2:2");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.headers()).containsEntry("positions", "1:0=5000, 2:2=0");
        assertThat(served.get("/v1/signals/touch/top?minPosition=1:0:5000")
                        .json()
                        .get("top")
                        .size())
                .isEqualTo(10);
    }

    @Test
    void withoutPatienceNothingIsWaitedFor() {
        served.receiving();
        apply(0);
        RawHttp.Response answer = served.get(READ + "minPosition=1:0:5001&minPosition=1:3:7");
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.problem()).isEqualTo("not-reached");
        assertThat(answer.headers()).containsEntry("retry-after", "1");
        assertThat(answer.json().get("logs").toString())
                .isEqualTo("[{\"log\":\"1:0\",\"expected\":5001,\"applied\":5000},"
                        + "{\"log\":\"1:3\",\"expected\":7,\"applied\":0}]");
        assertThat(answer.detail()).contains("5001", "5000", "nothing of the log has come", "try again later");
    }

    @Test
    void aReadWaitsForItsPosition() {
        served.receiving();
        apply(0);
        try (RawHttp http = waiting("minPosition=1:0:10000&wait=500ms")) {
            apply(1);
            RawHttp.Response answer = Served.checked("GET", READ, http.response());
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.headers()).containsEntry("positions", "1:0=10000");
        }
    }

    @Test
    void aReadWaitsForALogThatWasNeverSeen() {
        served.receiving();
        try (RawHttp http = waiting("minPosition=1:0:1&wait=500ms")) {
            apply(0);
            assertThat(http.response().status()).isEqualTo(200);
        }
    }

    @Test
    void aReadWaitsNoLongerThanItSaid() {
        served.receiving();
        apply(0);
        try (RawHttp http = waiting("minPosition=1:0:10000&wait=500ms")) {
            time.advanceTimeBy(Duration.ofMillis(500));
            RawHttp.Response answer = Served.checked("GET", READ, http.response());
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.problem()).isEqualTo("not-reached");
            assertThat(answer.detail()).contains("PT0.5S");
        }
    }

    @Test
    void queriesAndTopListsWaitToo() {
        served.receiving();
        apply(0);
        for (String target : List.of("/v1/entities/query", "/v1/signals/touch/top")) {
            String asked = target + "?minPosition=1:0:5001";
            RawHttp.Response answer =
                    target.endsWith("top") ? served.get(asked) : served.post(asked, "{\"entities\": [1]}");
            assertThat(answer.problem()).isEqualTo("not-reached");
            String reached = target + "?minPosition=1:0:5000";
            answer = target.endsWith("top") ? served.get(reached) : served.post(reached, "{\"entities\": [1]}");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.headers()).containsEntry("positions", "1:0=5000");
        }
    }

    @Test
    void whoWaitsIsCounted() {
        reopen(waiters(2));
        served.receiving();
        try (RawHttp first = waiting("minPosition=1:0:1&wait=5s")) {
            RawHttp second = waiting("minPosition=1:0:1&wait=5s");
            RawHttp.Response refused = served.get(READ + "minPosition=1:0:1&wait=5s");
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.problem()).isEqualTo("too-many");
            assertThat(refused.headers()).containsEntry("retry-after", "1");

            second.close(); // and its place is free
            await().untilAsserted(() ->
                    assertThat(served.get(READ + "minPosition=1:1:1").status()).isEqualTo(503));

            apply(0);
            assertThat(first.response().status()).isEqualTo(200);
        }
    }

    @Test
    void aLagThatIsUnknownIsTooLarge() {
        served.receiving();
        RawHttp.Response nothing = served.get(READ + "maxLag=1h");
        assertThat(nothing.problem()).isEqualTo("lagging");
        assertThat(nothing.detail()).contains("no log has been seen");
        apply(0);

        RawHttp.Response answer = served.get(READ + "maxLag=365d");

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.problem()).isEqualTo("lagging");
        assertThat(answer.detail()).contains("log 1:0", "unknown", "/v1/logs");
        assertThat(answer.headers()).containsEntry("retry-after", "1");
    }

    @Test
    void theLagIsTheOneAtTheLastHeartbeatAndItsAge() {
        served.receiving();
        apply(0);
        served.transport.heartbeats().put(LOG, new Heartbeat(5_000, 1L, System.nanoTime()));
        assertThat(served.get(READ + "maxLag=1h").status()).isEqualTo(200);
        JsonNode log = served.get("/v1/logs/1/0").json();
        assertThat(log.get("lagMillis").asLong()).isZero();
        assertThat(log.get("lagEvents").asLong()).isZero();
        assertThat(log.get("heartbeatAgeMillis").asLong()).isLessThan(3_600_000);

        long old = System.nanoTime() - Duration.ofHours(2).toNanos();
        served.transport.heartbeats().put(LOG, new Heartbeat(5_000, 1L, old));
        assertThat(served.get(READ + "maxLag=1h").detail()).contains("log 1:0: may be 72", "at most 3600000 ms");
        assertThat(served.get(READ + "maxLag=100h").status()).isEqualTo(200);

        served.transport.heartbeats().put(LOG, new Heartbeat(5_001, Long.MAX_VALUE, System.nanoTime()));
        assertThat(served.get(READ + "maxLag=1000w").problem()).isEqualTo("lagging");
        assertThat(served.get("/v1/logs/1/0").json().get("lagEvents").asLong()).isEqualTo(1);
    }

    @Test
    void onlyTheLagOfTheLogsNamedCounts() throws IOException {
        served.receiving();
        apply(0);
        WalSegmentPayload other = DemoData.segments().stream()
                .filter(segment -> segment.id().log().shard() == 3)
                .findFirst()
                .orElseThrow();
        served.leader.send(other).block(Served.LONG);
        await().until(() -> served.follower.receiver().applied(other.id().log()).orElse(0) > 0);
        served.transport.heartbeats().put(LOG, new Heartbeat(5_000, 1L, System.nanoTime()));

        assertThat(served.get(READ + "maxLag=1h").detail()).contains("log 1:3");
        assertThat(served.get(READ + "maxLag=1h&log=1:0").status()).isEqualTo(200);
        assertThat(served.get(READ + "maxLag=1h&minPosition=1:0:1").status()).isEqualTo(200);
        assertThat(served.get(READ + "maxLag=1h&log=1:0&log=9:9").detail()).contains("log 9:9");
    }
}
