package io.walreceiver.server.web.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.ledger.LedgerPart;
import io.walreceiver.ledger.SignalLedger;
import io.walreceiver.server.demo.DemoData;
import io.walreceiver.server.logging.LogOptions;
import io.walreceiver.server.logging.LogOptions.Format;
import io.walreceiver.server.logging.Logging;
import io.walreceiver.transport.netty.security.SecuredServer;
import io.walreceiver.transport.netty.security.ServerSecurity;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.event.Level;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** What those who operate a follower are answered. */
class OperateFeatureTest {

    private static final Duration SOON = Duration.ofMinutes(2);
    private static final LogId FIRST = new LogId(1, 0);
    private static final LogId SECOND = new LogId(1, 1);
    private static final OperateOptions QUICK =
            new OperateOptions(Duration.ofSeconds(2), Duration.ofSeconds(1), Optional.empty(), false, 500);

    @TempDir
    private Path directory;

    private List<WalSegmentPayload> first = List.of();
    private List<WalSegmentPayload> second = List.of();

    @BeforeEach
    void readSegments() throws IOException {
        first = of(FIRST);
        second = of(SECOND);
        assertThat(first).hasSizeGreaterThan(1);
        assertThat(second).hasSizeGreaterThan(2);
    }

    @Test
    void aFollowerThatHasNotStartedLivesAndIsNotReady() throws IOException {
        try (Served served = served(ServerSecurity.NONE)) {
            assertThat(served.get("/livez").statusCode()).isEqualTo(200);
            HttpResponse<String> ready = served.get("/readyz");
            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(ready.headers().firstValue("Content-Type")).hasValue("application/json");
            assertThat(ready.headers().firstValue("Cache-Control")).hasValue("no-store");
            JsonNode body = served.json("/readyz");
            assertThat(body.get("status").asString()).isEqualTo("down");
            assertThat(body.get("reasons").get(0).get("reason").asString()).isEqualTo("not started");
            assertThat(body.get("reasons").get(0).get("log").isNull()).isTrue();
            assertThat(body.get("reasonsLeftOut").asInt()).isZero();
        }
    }

    @Test
    void itIsReadyWhenItHasCaughtUpDegradedInAGapAndNotReadyOnceItHasStopped() throws IOException {
        try (Served served = served(ServerSecurity.NONE)) {
            served.start();
            long head = last(first);
            served.heads.put(FIRST, head);
            served.heads.put(SECOND, last(second));
            first.forEach(served::send);
            served.receiver.awaitApplied(FIRST, head, SOON).block();
            await().atMost(SOON).untilAsserted(() -> {
                assertThat(served.get("/readyz").body())
                        .isEqualTo("{\"status\":\"up\",\"reasons\":[],\"reasonsLeftOut\":0}");
            });

            served.send(second.get(1)); // the first is missing
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(
                                    served.json("/readyz").get("status").asString())
                            .isEqualTo("degraded"));
            assertThat(served.get("/readyz").statusCode()).isEqualTo(200);
            assertThat(served.json("/livez").get("status").asString()).isEqualTo("up");
            JsonNode reason = served.json("/readyz").get("reasons").get(0);
            assertThat(reason.get("log").asString()).isEqualTo("1:1");
            assertThat(reason.get("reason").asString()).isEqualTo("gap");
            assertThat(reason.get("detail").asString()).contains("are missing");
            assertThat(reason.get("next").asString()).contains("asked for");
            assertThat(reason.get("decisive").asBoolean()).isFalse();

            served.receiver.stop(SOON).block();
            await().atMost(SOON)
                    .untilAsserted(
                            () -> assertThat(served.get("/readyz").statusCode()).isEqualTo(503));
            assertThat(served.get("/livez").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aPartThatHangsFailsTheLivenessAndIsNamed() throws IOException {
        SignalLedger hangs = log -> new LedgerPart() {
            @Override
            public void applyWalEvent(long entityId, int signalType, float weight, long timestampNanos) {}

            @Override
            public Mono<Void> commit(long through) {
                return Mono.never();
            }
        };
        try (Served served = new Served(directory, hangs, QUICK, ServerSecurity.NONE)) {
            served.start();
            served.send(first.get(0));
            await().atMost(SOON)
                    .untilAsserted(
                            () -> assertThat(served.get("/livez").statusCode()).isEqualTo(503));
            JsonNode reason = served.json("/livez").get("reasons").get(0);
            assertThat(reason.get("log").asString()).isEqualTo("1:0");
            assertThat(reason.get("reason").asString()).isEqualTo("standing still");
            assertThat(served.get("/readyz").statusCode()).isEqualTo(503);
            assertThat(served.get("/metrics").body()).contains("\nwalreceiver_live 0.0\n");
        }
    }

    @Test
    void whoIsNotKnownHearsTheWordAloneAndWhoIsKnownOnlyOfHisLogs() throws IOException {
        Files.writeString(directory.resolve("all.token"), "all-all-all-all-all-all-all-all-all");
        Files.writeString(directory.resolve("one.token"), "one-one-one-one-one-one-one-one-one");
        Path identities = Files.writeString(
                directory.resolve("identities"),
                "prometheus token-file=all.token read=*\none token-file=one.token read=1:0\n");
        try (SecuredServer security =
                        SecuredServer.builder().identities(identities).open();
                Served served = served(security)) {
            served.start();
            served.send(first.get(1));
            served.send(second.get(1));
            String[] all = {"Authorization", "Bearer all-all-all-all-all-all-all-all-all"};
            String[] one = {"Authorization", "Bearer one-one-one-one-one-one-one-one-one"};
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(served.json("/readyz", all).get("reasons"))
                            .extracting(reason -> reason.get("log").asString())
                            .containsExactly("1:0", "1:1"));
            assertThat(served.json("/readyz", one).get("reasons"))
                    .extracting(reason -> reason.get("log").asString())
                    .containsExactly("1:0");
            assertThat(served.get("/readyz").body()).isEqualTo("{\"status\":\"degraded\"}");
            assertThat(served.get("/readyz", "Authorization", "Bearer nobody").body())
                    .isEqualTo("{\"status\":\"degraded\"}");
            assertThat(served.get("/livez").body()).isEqualTo("{\"status\":\"up\"}");

            assertThat(served.get("/metrics").statusCode()).isEqualTo(401);
            HttpResponse<String> forbidden = served.get("/metrics", one);
            assertThat(forbidden.statusCode()).isEqualTo(403);
            assertThat(forbidden.body()).contains("read=*").doesNotContain("1:1");
            assertThat(served.get("/metrics", all).body()).contains("log=\"1:0\"", "log=\"1:1\"");
        }
    }

    @Test
    void metersComeInTheFormatThatIsAskedFor() throws IOException {
        try (Served served = served(ServerSecurity.NONE)) {
            HttpResponse<String> text = served.get("/metrics");
            assertThat(text.statusCode()).isEqualTo(200);
            assertThat(text.headers().firstValue("Content-Type")).hasValue("text/plain; version=0.0.4; charset=utf-8");
            assertThat(text.body())
                    .contains("# TYPE walreceiver_segments_total counter", "walreceiver_phase{phase=\"new\"} 1.0");
            HttpResponse<String> open = served.get(
                    "/metrics",
                    "Accept",
                    "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.5,*/*;q=0.1");
            assertThat(open.headers().firstValue("Content-Type"))
                    .hasValue("application/openmetrics-text; version=1.0.0; charset=utf-8");
            assertThat(open.body()).endsWith("# EOF\n");
        }
    }

    @Test
    void aLogThatHasJustComeIsInTheNextScrape() throws IOException {
        try (Served served = served(ServerSecurity.NONE)) {
            served.start();
            assertThat(served.get("/metrics").body()).doesNotContain("log=\"");
            served.send(first.get(0));
            served.receiver.awaitApplied(FIRST, first.get(0).eventCount(), SOON).block();
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(served.get("/metrics").body())
                            .contains("walreceiver_log_applied_position{log=\"1:0\"} "
                                    + (double) first.get(0).eventCount()));
        }
    }

    @Test
    void onlySoManyReasonsAreToldAndHowManyMoreThereAre() throws Exception {
        try (AutoCloseable quiet = Logging.configure(new LogOptions(Format.TEXT, Level.ERROR, 1));
                Served served = served(ServerSecurity.NONE)) {
            assertThat(quiet).isNotNull();
            served.start();
            for (int shard = 0; shard < 130; shard++) {
                served.send(new WalSegmentPayload(new WalSegmentId(new LogId(2, shard), 1), new byte[18], 1));
            }
            await().atMost(SOON).untilAsserted(() -> {
                JsonNode body = served.json("/readyz");
                assertThat(body.get("reasons")).hasSize(100);
                assertThat(body.get("reasonsLeftOut").asInt()).isEqualTo(30);
            });
        }
    }

    @Test
    void optionsOutOfTheirRangeAreNamed() {
        assertThatThrownBy(() -> new OperateOptions(Duration.ZERO, Duration.ZERO, Optional.empty(), false, 500))
                .hasMessageContaining("stallAfter=PT0S");
        assertThatThrownBy(() -> new OperateOptions(Duration.ofMinutes(1), Duration.ZERO, Optional.empty(), false, -1))
                .hasMessageContaining("maxLogSeries=-1");
        assertThat(OperateOptions.DEFAULTS.health()).isNotNull();
    }

    private Served served(ServerSecurity security) throws IOException {
        return new Served(directory, InMemorySignalLedger.create(Served.schema(directory)), QUICK, security);
    }

    private static List<WalSegmentPayload> of(LogId log) throws IOException {
        return DemoData.segments().stream()
                .filter(segment -> segment.log().equals(log))
                .sorted(Comparator.comparingLong(segment -> segment.id().seqno()))
                .toList();
    }

    private static long last(List<WalSegmentPayload> segments) {
        WalSegmentPayload last = segments.get(segments.size() - 1);
        return last.id().seqno() + last.eventCount() - 1;
    }
}
