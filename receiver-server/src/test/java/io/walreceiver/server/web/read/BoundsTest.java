package io.walreceiver.server.web.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.handler.ssl.SslContext;
import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.server.demo.DemoData;
import io.walreceiver.server.web.Places;
import io.walreceiver.server.web.RawHttp;
import io.walreceiver.transport.LeaderEpoch;
import io.walreceiver.transport.netty.security.Identity;
import io.walreceiver.transport.netty.security.ServerSecurity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;

/** Who gets what, and how much at a time. */
class BoundsTest {

    private static final LogId LOG = new LogId(1, 0);

    /** "all" reads everything, "some" shard 0 alone. */
    private static final ServerSecurity READERS = new ServerSecurity() {
        @Override
        public @Nullable SslContext tls() {
            return null;
        }

        @Override
        public Optional<Identity> identify(@Nullable X509Certificate certificate, byte @Nullable [] token) {
            return Optional.ofNullable(token)
                    .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                    .map(name ->
                            new Identity(name, log -> false, log -> name.equals("all") || log.shard() == 0, false));
        }
    };

    private static final String ALL = "Authorization: Bearer all";
    private static final String SOME = "Authorization: Bearer some";

    @TempDir
    Path directory = Path.of("");

    @Test
    void topListsAreMadeAFewAtATime() throws IOException {
        Queue<Runnable> tasks = new ConcurrentLinkedQueue<>(); // done when the test says so
        Places places = new Places(2, "top lists");
        try (Served served = Served.with(follower -> routes -> new SignalRoutes(
                                        follower,
                                        ReadOptions.defaults(),
                                        new Gate(follower.receiver(), new Places(1, "waits"), Schedulers.immediate()),
                                        places,
                                        Schedulers.fromExecutor(tasks::add))
                                .addTo(routes))
                        .receiving();
                RawHttp second = served.connect();
                RawHttp third = served.connect()) {
            String target = "/v1/signals/touch/top";
            RawHttp first = served.connect().send("GET", target, "");
            second.send("GET", target, "");
            await().until(() -> tasks.size() == 2);

            RawHttp.Response refused = served.get(target);
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.problem()).isEqualTo("too-many");
            assertThat(refused.detail()).contains("at most 2 top lists");
            assertThat(refused.headers()).containsEntry("retry-after", "1");

            first.close(); // and its place is free
            await().until(() -> places.taken() == 1);
            third.send("GET", target, "");
            await().until(() -> tasks.size() == 3);
            tasks.forEach(Runnable::run);
            assertThat(second.response().status()).isEqualTo(200);
            assertThat(third.response().status()).isEqualTo(200);
            await().until(() -> places.taken() == 0);
        }
    }

    @Test
    void onlyWhoMayReadAllLogsReadsWhatTheyAddUpTo() throws IOException {
        try (Served served = Served.secured(READERS).receiving()) {
            assertThat(served.get("/v1/entities/1/signals").status()).isEqualTo(401);
            assertThat(served.get("/v1/status").status()).isEqualTo(401);
            assertThat(served.get("/v1/openapi.json").status()).isEqualTo(200);
            served.filled();
            assertThat(served.get("/v1/entities/1/signals?log=1:3", ALL).status())
                    .isEqualTo(200);

            RawHttp.Response refused = served.get("/v1/entities/1/signals", SOME);
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.detail()).contains("some may not read 3 of them");
            assertThat(served.get("/v1/signals/touch/top", SOME).status()).isEqualTo(403);
            assertThat(served.get("/v1/entities/1/signals?log=1:3", SOME).detail())
                    .contains("1:3");
        }
    }

    @Test
    void anIdentitySeesItsLogsAlone() throws IOException {
        try (Served served = Served.secured(READERS).receiving().filled()) {
            assertThat(served.get("/v1/logs", SOME).json().get("logs").size()).isEqualTo(1);
            assertThat(served.get("/v1/logs", ALL).json().get("logs").size()).isEqualTo(4);
            assertThat(served.get("/v1/positions", SOME).json().get("positions").size())
                    .isEqualTo(1);
            JsonNode status = served.get("/v1/status", SOME).json();
            assertThat(status.get("logs").get("count").asInt()).isEqualTo(1);
            assertThat(status.get("logs").get("applied").asLong()).isBetween(1L, 66_209L);
            assertThat(served.get("/v1/logs/1/0", SOME).status()).isEqualTo(200);
            assertThat(served.get("/v1/logs/1/1", SOME).status()).isEqualTo(403);
            assertThat(served.get("/v1/logs/1/1/quarantine", SOME).status()).isEqualTo(403);
        }
    }

    @Test
    void whatIsRefusedIsKeptAsideAndListed() throws IOException {
        Path data = directory.resolve("data");
        try (Served served = Served.storedIn(data).receiving()) {
            served.transport.epochs().put(LOG, new LeaderEpoch(3, 17));
            WalSegmentPayload good = DemoData.segments().get(0);
            byte[] bytes = good.bytes().clone();
            bytes[bytes.length - 1] ^= 1;
            served.leader
                    .send(new WalSegmentPayload(good.id(), bytes, good.eventCount()))
                    .block(Served.LONG);
            await().until(() ->
                    served.get("/v1/logs/1/0").json().path("keptAside").asInt() == 1);

            JsonNode log = served.get("/v1/logs/1/0").json();
            assertThat(log.get("state").asString()).isEqualTo("corrupt");
            assertThat(log.get("cause").asString()).isNotEmpty();
            assertThat(log.get("epoch").toString()).isEqualTo("{\"number\":3,\"start\":17}");
            await().untilAsserted(() -> {
                JsonNode quarantine = served.get("/v1/logs/1/0/quarantine").json();
                assertThat(quarantine.get("log").asString()).isEqualTo("1:0");
                assertThat(quarantine.get("count").asInt()).isEqualTo(1);
                JsonNode kept = quarantine.get("kept").get(0);
                assertThat(kept.get("segment").asString()).isEqualTo(good.id().toString());
                assertThat(kept.get("bytes").asInt()).isEqualTo(bytes.length);
                assertThat(kept.get("bytesKept").asBoolean()).isTrue();
                assertThat(kept.get("cause").asString()).isNotEmpty();
            });
        }
    }

    @Test
    void optionsOutOfTheirRangeAreRefused() {
        assertThatThrownBy(() -> new ReadOptions(0, 1, 1024, 1, 10, 1, 1, Duration.ZERO, 1))
                .hasMessage("maxEntities is 0: must be 1 to 100000");
        assertThatThrownBy(() -> new ReadOptions(1, 1, 1024, 1, 10, 1, 1, Duration.ofMinutes(6), 1))
                .hasMessageContaining("maxWait is PT6M");
    }
}
