package io.walreceiver.server.web.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walreceiver.format.LogId;
import io.walreceiver.log.LogState;
import io.walreceiver.server.web.PlainText;
import io.walreceiver.server.web.SourceStatus;
import io.walreceiver.transport.netty.security.Identity;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A stream that is read and stays silent would hang for good: that is what the limit is for. */
@Timeout(180)
class LiveStreamsTest {

    private static final Duration LONG = Duration.ofMinutes(2);
    private static final Identity READER =
            new Identity("reader", log -> false, log -> log.equals(Watched.FIRST), false);
    private static final Identity OPERATOR = new Identity("operator", log -> false, log -> false, true);

    @Test
    void whoBeginsToLookSeesEverything() throws Exception {
        try (Watched watched = Watched.byAnyone()) {
            watched.sources.add(new SourceStatus("tcp://leader:7402", "connected", "connected", 2));
            watched.leader.send(Watched.FIRST, 300);
            watched.leader.beat(Watched.FIRST, 300);
            watched.leader.send(Watched.SECOND, 20);
            await().untilAsserted(() ->
                    assertThat(watched.receiver.applied(Watched.SECOND)).hasValue(20));
            try (EventStream events = EventStream.open(watched.address())) {
                JsonNode status = events.next("status", data -> data.get("logs").size() == 2);
                JsonNode outcomes = events.next("outcomes");
                JsonNode top = events.next("top");

                assertThat(events.response.headers().firstValue("content-type")).hasValue("text/event-stream");
                assertThat(status.get("phase").asString()).isEqualTo("running");
                assertThat(status.get("sources").get(0).get("reconnects").asInt())
                        .isEqualTo(2);
                JsonNode first = status.get("logs").get(0);
                assertThat(first.get("log").asString()).isEqualTo("1:0");
                assertThat(first.get("applied").asLong()).isEqualTo(300);
                assertThat(first.get("lagEvents").asLong()).isZero();
                assertThat(first.get("why").asString()).startsWith("It is caught up through event 300;");
                JsonNode second = status.get("logs").get(1);
                assertThat(second.get("head").isNull()).isTrue();
                assertThat(second.get("lagEvents").isNull()).isTrue();
                assertThat(second.get("heartbeatAgeMillis").isNull()).isTrue();
                assertThat(outcomes.get("applied").asLong()).isEqualTo(2);
                assertThat(outcomes.get("events").asLong()).isEqualTo(320);
                assertThat(top.get("signals").size()).isEqualTo(3);
                JsonNode entities = top.get("signals").get(0).get("entities");
                assertThat(entities.size()).isEqualTo(10);
                assertThat(entities.get(0).get("entityId").isString()).isTrue();
                assertThat(entities.get(0).get("score").asDouble())
                        .isGreaterThanOrEqualTo(entities.get(1).get("score").asDouble());
            }
        }
    }

    @Test
    void theDocumentNamesWhatIsSent() throws Exception {
        JsonNode schemas = JsonMapper.shared()
                .readTree(LiveStreams.class.getResourceAsStream("/io/walreceiver/server/web/openapi/live.json"))
                .get("schemas");
        try (Watched watched = Watched.byAnyone()) {
            watched.leader.send(Watched.FIRST, 3);
            try (EventStream events = EventStream.open(watched.address())) {
                JsonNode status =
                        events.next("status", data -> !data.get("logs").isEmpty());
                assertNamed(schemas.get("LiveStatus"), status);
                assertNamed(schemas.get("LiveLog"), status.get("logs").get(0));
                assertNamed(schemas.get("LiveRates"), events.next("rates"));
                assertNamed(schemas.get("LiveOutcomes"), events.next("outcomes"));
                JsonNode top = events.next("top");
                assertNamed(schemas.get("LiveTop"), top);
                JsonNode signals = schemas.get("LiveTop").get("properties").get("signals");
                assertNamed(signals.get("items"), top.get("signals").get(0));
                watched.live.close();
                assertNamed(schemas.get("LiveBye"), events.next("bye"));
            }
        }
    }

    private static void assertNamed(JsonNode schema, JsonNode sent) {
        assertThat(sent.propertyNames())
                .containsExactlyInAnyOrderElementsOf(schema.get("properties").propertyNames());
    }

    @Test
    void afterThatOnlyWhatHasChangedIsTold() throws Exception {
        try (Watched watched = Watched.byAnyone()) {
            watched.leader.send(Watched.FIRST, 1);
            watched.leader.send(Watched.SECOND, 1);
            try (EventStream events = EventStream.open(watched.address())) {
                // Standing still for some seconds changes the explanations; then there is nothing more to tell.
                events.next(
                        "status",
                        data -> !data.get("full").asBoolean()
                                && data.get("logs").isEmpty());
                watched.leader.send(Watched.SECOND, 1);
                JsonNode status =
                        events.next("status", data -> !data.get("logs").isEmpty());

                assertThat(status.get("full").asBoolean()).isFalse();
                assertThat(status.get("logCount").asInt()).isEqualTo(2);
                assertThat(events.row("1:1", row -> row.get("applied").asLong() == 2))
                        .isNotNull();
            }
        }
    }

    @Test
    void aChangeOfStateIsToldWithCauseAndNextStep() throws Exception {
        try (Watched watched = Watched.byAnyone();
                EventStream events = EventStream.open(watched.address())) {
            watched.leader.send(Watched.FIRST, 4);
            watched.leader.lose(Watched.FIRST, 5);
            watched.leader.send(Watched.FIRST, 10);

            JsonNode row = events.row("1:0", log -> log.get("state").asString().equals("gap"));

            assertThat(row.get("held").asInt()).isEqualTo(1);
            assertThat(row.get("cause").asString()).contains("events 5..9 are missing");
            assertThat(row.get("why").asString())
                    .isEqualTo(
                            "It waits for events that are missing after event 4: events 5..9 are missing; the log goes on"
                                    + " when they come.");
            assertThat(row.get("next").asString()).contains("bootstrap");
        }
    }

    @Test
    void refusedSegmentsAreListedWithTheReason() throws Exception {
        try (Watched watched = Watched.byAnyone();
                EventStream events = EventStream.open(watched.address())) {
            watched.leader.sendCorrupt(Watched.FIRST, 4);

            JsonNode outcomes =
                    events.next("outcomes", data -> data.get("refused").asLong() == 1);

            JsonNode refused = outcomes.get("lastRefused").get(0);
            assertThat(refused.get("segment").asString()).isEqualTo("1:0:1");
            assertThat(refused.get("reason").asString()).contains("checksum");
        }
    }

    @Test
    void ratesOfTheLastMinutesComeFirstAndThenOneEachSecond() throws Exception {
        try (Watched watched = Watched.byAnyone();
                EventStream early = EventStream.open(watched.address())) {
            early.next("rates");
            early.next("rates");
            watched.leader.send(Watched.FIRST, 500);
            early.next("rates", data -> data.get("eventsPerSecond").get(0).asDouble() > 0);
            try (EventStream late = EventStream.open(watched.address())) {
                JsonNode history = late.next("rates");
                JsonNode next = late.next("rates");

                assertThat(history.get("atMillis").size())
                        .isGreaterThanOrEqualTo(3)
                        .isEqualTo(history.get("inFlightBytes").size());
                assertThat(next.get("atMillis").size()).isEqualTo(1);
            }
        }
    }

    @Test
    void streamsEndWithTheReceiver() throws Exception {
        try (Watched watched = Watched.byAnyone();
                EventStream events = EventStream.open(watched.address())) {
            watched.leader.send(Watched.FIRST, 3);
            events.row("1:0", row -> row.get("applied").asLong() == 3);
            watched.receiver.stop(Duration.ofSeconds(5)).block();

            assertThat(events.next(
                            "status", data -> data.get("phase").asString().equals("stopped")))
                    .isNotNull();
            events.next("bye");

            assertThat(events.next()).isNull();
            await().untilAsserted(() -> assertThat(watched.live.clients()).isZero());
        }
    }

    @Test
    void streamsEndWhenTheyAreClosed() throws Exception {
        try (Watched watched = Watched.byAnyone();
                EventStream events = EventStream.open(watched.address())) {
            events.next("status");
            watched.live.close();

            events.next("bye");

            assertThat(events.next()).isNull();
        }
    }

    @Test
    void theServerDoesNotWaitForStreamsWhenItStops() throws Exception {
        try (Watched watched = Watched.byAnyone();
                EventStream events = EventStream.open(watched.address())) {
            events.next("status");
            watched.stop();
            events.next("bye");

            assertThat(events.next()).isNull();
        }
    }

    @Test
    void moreThanTheMostAreSentAway() throws Exception {
        LiveOptions one = new LiveOptions(1, Duration.ofSeconds(30), 10, Duration.ofSeconds(2));
        try (Watched watched = Watched.with(one, Clock.systemUTC());
                EventStream events = EventStream.open(watched.address())) {
            events.next("status");
            try (EventStream second = EventStream.open(watched.address())) {
                assertThat(second.response.statusCode()).isEqualTo(503);
                assertThat(second.response.headers().firstValue("retry-after")).hasValue("10");
                assertThat(new String(second.response.body().readAllBytes(), StandardCharsets.UTF_8))
                        .contains("urn:walreceiver:too-many-clients");
            }
            events.response.body().close();
            await().untilAsserted(() -> assertThat(watched.live.clients()).isZero());
            try (EventStream third = EventStream.open(watched.address())) {
                assertThat(third.response.statusCode()).isEqualTo(200);
            }
        }
    }

    @Test
    void anIdentitySeesItsOwnLogsOnly() throws Exception {
        try (Watched watched = Watched.by(Map.of("r", READER, "o", OPERATOR))) {
            watched.sources.add(new SourceStatus("tcp://leader:7402", "connected", "connected", 0));
            watched.leader.send(Watched.FIRST, 7);
            watched.leader.send(Watched.SECOND, 8);
            watched.leader.sendCorrupt(Watched.SECOND, 4);
            await().untilAsserted(() ->
                    assertThat(watched.receiver.applied(Watched.SECOND)).hasValue(8));
            try (EventStream all = EventStream.open(watched.address(), "Authorization", "Bearer o");
                    EventStream own = EventStream.open(watched.address(), "Authorization", "Bearer r");
                    EventStream none = EventStream.open(watched.address())) {
                all.next("top");
                assertThat(none.response.statusCode()).isEqualTo(401);
                JsonNode status =
                        own.next("status", data -> data.get("logCount").asInt() > 0);
                assertThat(status.get("logCount").asInt()).isEqualTo(1);
                assertThat(status.get("logs").get(0).get("log").asString()).isEqualTo("1:0");
                assertThat(status.get("sources").isNull()).isTrue();
                assertThat(own.next("outcomes", data -> data.get("applied").asLong() == 1)
                                .get("lastRefused")
                                .isEmpty())
                        .isTrue();
                for (int i = 0; i < 9; i++) { // three seconds
                    EventStream.Event event = own.next();
                    assertThat(event).isNotNull();
                    assertThat(event.name()).isNotEqualTo("top");
                    assertThat(event.data().toString()).doesNotContain("1:1");
                }
            }
        }
    }

    @Test
    void whoDoesNotReadIsClosed() throws Exception {
        LiveOptions impatient = new LiveOptions(10, Duration.ofSeconds(1), 10, Duration.ofSeconds(2));
        try (Watched watched = Watched.with(impatient, Clock.systemUTC());
                Socket deaf = silent(watched)) {
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(watched.live.clients()).isEqualTo(1));
            fillEvents(watched);
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(watched.live.clients()).isZero());
            assertThat(deaf.isClosed()).isFalse();
        }
    }

    @Test
    void whoReadsSlowlySkipsWhatWasInBetween() throws Exception {
        try (Watched watched = Watched.byAnyone()) {
            fillEvents(watched);
            watched.leader.send(Watched.FIRST, 1);
            try (EventStream slow = EventStream.open(watched.address());
                    EventStream quick = EventStream.open(watched.address())) {
                int last = 15;
                for (int i = 2; i <= last; i++) {
                    watched.leader.send(Watched.FIRST, 1);
                    int now = i;
                    quick.row("1:0", row -> row.get("applied").asLong() >= now);
                }
                int seen = 0;
                boolean skipped = false;
                for (JsonNode status = slow.next("status"); true; status = slow.next("status")) {
                    skipped |= seen > 0 && status.get("full").asBoolean();
                    seen++;
                    JsonNode logs = status.get("logs");
                    if (!logs.isEmpty() && logs.get(0).get("applied").asLong() == last) {
                        break;
                    }
                }
                assertThat(skipped).as("%s events in full or in part", seen).isTrue();
                assertThat(seen).isLessThan(last);
            }
        }
    }

    @Test
    void theLedgerIsScannedOnceForAllAndOnlyWhileSomebodyLooks() throws Exception {
        AtomicInteger scans = new AtomicInteger();
        LiveOptions often = new LiveOptions(10, Duration.ofSeconds(30), 10, Duration.ofMillis(300));
        try (Watched watched = Watched.with(often, counting(scans))) {
            watched.leader.send(Watched.FIRST, 1);
            await().untilAsserted(() ->
                    assertThat(watched.receiver.applied(Watched.FIRST)).hasValue(1));
            assertThat(scans).hasValue(0);
            try (EventStream one = EventStream.open(watched.address());
                    EventStream other = EventStream.open(watched.address())) {
                for (int i = 0; i < 5; i++) {
                    one.next("top");
                    other.next("top");
                }
                assertThat(scans.get()).isBetween(5, 9);
            }
        }
    }

    @Test
    void aNumberOfClientsThatLeaveLeaveNothingBehind() throws Exception {
        try (Watched watched = Watched.byAnyone()) {
            for (int i = 0; i < 20; i++) {
                try (EventStream events = EventStream.open(watched.address())) {
                    events.next("status");
                }
            }
            await().untilAsserted(() -> assertThat(watched.live.clients()).isZero());
        }
    }

    @Test
    void whatASourceSaysOfALogIsTold() throws Exception {
        try (Watched watched = Watched.byAnyone();
                EventStream events = EventStream.open(watched.address())) {
            watched.leader.send(new LogId(9, 9), 3);
            watched.leader.trouble(
                    new LogId(9, 9), LogState.FENCED, "log 9:9: its leader's reign is over " + Watched.EVIL);

            JsonNode row = events.row("9:9", log -> log.get("state").asString().equals("fenced"));

            assertThat(row.get("next").asString()).isEqualTo("Follow the new leader.");
            assertThat(row.get("why").asString()).contains(Watched.EVIL);
        }
    }

    /** So much that buffers of the system are full after some events. */
    private static void fillEvents(Watched watched) {
        SourceStatus large = new SourceStatus("a", "connected", "x".repeat(PlainText.MAX_SENTENCE), 0);
        for (int i = 0; i < 2000; i++) {
            watched.sources.add(large);
        }
    }

    private static Socket silent(Watched watched) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), watched.port()));
        socket.getOutputStream()
                .write("GET /v1/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        InputStream in = socket.getInputStream();
        assertThat(in.read()).isEqualTo('H');
        return socket;
    }

    private static Clock counting(AtomicInteger asked) {
        return new Clock() {

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                asked.incrementAndGet();
                return Instant.now();
            }
        };
    }
}
