package io.walreceiver.server.web.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.walreceiver.ledger.SignalReading;
import io.walreceiver.ledger.Window;
import io.walreceiver.server.web.RawHttp;
import io.walreceiver.server.web.read.Pairs.Pair;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads of real data: the public git history of a project, as an independent program expects it. */
class ReadApiTest {

    private static final long NOW_NANOS = Served.NOW.getEpochSecond() * 1_000_000_000L;
    private static final String CODEOWNERS = "14306550660489885245"; // more than a signed long holds

    private static Served served;
    private static List<Pair> expected;

    @BeforeAll
    static void fill() throws IOException {
        served = Served.of(ReadOptions.defaults()).receiving().filled();
        expected = Pairs.expected();
    }

    @AfterAll
    static void close() {
        served.close();
    }

    private static JsonNode ok(RawHttp.Response answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    /** To the bit what the ledger says, which is what was expected. */
    private static void assertReading(JsonNode json, Pair pair) {
        SignalReading reading = served.follower.ledger().read(pair.unsignedEntity(), pair.signal(), NOW_NANOS);
        assertThat(json.get("signalType").asInt()).isEqualTo(pair.signal());
        assertThat(json.get("signal").asString()).isEqualTo(pair.signal() == 0 ? "touch" : "churn");
        assertThat(json.get("asOf").asString()).isEqualTo(Served.NOW.toString());
        assertThat(json.get("score").asDouble())
                .isEqualTo(reading.score())
                .isCloseTo(pair.score(), within(1e-9 * pair.magnitude() + 1e-280));
        JsonNode counts = json.get("counts");
        assertThat(counts.get("1h").asLong()).isEqualTo(pair.hour());
        assertThat(counts.get("24h").asLong()).isEqualTo(pair.day());
        assertThat(counts.get("7d").asLong()).isEqualTo(pair.week());
        assertThat(counts.get("all").asLong()).isEqualTo(pair.all());
        JsonNode velocity = json.get("velocityPerSecond");
        assertThat(velocity.get("1h").asDouble()).isEqualTo(pair.hour() / 3600.0);
        assertThat(velocity.get("24h").asDouble()).isEqualTo(pair.day() / 86400.0);
        assertThat(velocity.get("7d").asDouble()).isEqualTo(pair.week() / 604800.0);
    }

    @Test
    void everyPairIsAsExpected() {
        Map<String, List<Pair>> byEntity = expected.stream().collect(Collectors.groupingBy(Pair::entity));
        List<String> entities = new ArrayList<>(byEntity.keySet());
        assertThat(entities).hasSize(4227);
        for (int from = 0; from < entities.size(); from += 1000) {
            List<String> some = entities.subList(from, Math.min(from + 1000, entities.size()));
            JsonNode answers = ok(served.post(
                            "/v1/entities/query", JsonMapper.shared().writeValueAsString(Map.of("entities", some))))
                    .get("entities");
            assertThat(answers.size()).isEqualTo(some.size());
            for (int i = 0; i < some.size(); i++) {
                JsonNode answer = answers.get(i);
                assertThat(answer.get("entityId").asString()).isEqualTo(some.get(i));
                assertThat(answer.has("rank")).isFalse();
                for (Pair pair : byEntity.get(some.get(i))) {
                    assertReading(answer.get("signals").get(pair.signal()), pair);
                }
            }
        }
    }

    @Test
    void anEntityIsReadInAllSignalsOrInOne() {
        for (Pair pair : expected.subList(0, 40)) {
            JsonNode all = ok(served.get("/v1/entities/" + pair.entity() + "/signals"));
            assertReading(all.get("signals").get(pair.signal()), pair);
            assertThat(all.get("entityId").asString()).isEqualTo(pair.entity());
            assertThat(all.get("askedAsOf").asString()).isEqualTo(Served.NOW.toString());
            for (String signal : List.of(pair.signal() == 0 ? "touch" : "churn", "" + pair.signal())) {
                JsonNode one = ok(served.get("/v1/entities/" + pair.entity() + "/signals/" + signal));
                assertReading(one, pair);
                assertThat(one.get("entityId").asString()).isEqualTo(pair.entity());
            }
        }
    }

    @Test
    void anEntityHasItsName() {
        assertThat(ok(served.get("/v1/entities/" + CODEOWNERS + "/signals"))
                        .get("name")
                        .asString())
                .isEqualTo(".github/CODEOWNERS");
    }

    @Test
    void anEntityWithoutEventsHasZeros() {
        JsonNode one = ok(served.get("/v1/entities/18446744073709551615/signals/touch"));
        assertThat(one.get("entityId").asString()).isEqualTo("18446744073709551615");
        assertThat(one.get("name").isNull()).isTrue();
        assertThat(one.get("score").asDouble()).isZero();
        assertThat(one.get("counts").toString()).isEqualTo("{\"1h\":0,\"24h\":0,\"7d\":0,\"all\":0}");
    }

    @Test
    void readsLookForwardOnly() {
        SignalReading newest = served.follower.ledger().read(Long.parseUnsignedLong(CODEOWNERS), 0, 0);
        JsonNode past = ok(served.get("/v1/entities/" + CODEOWNERS + "/signals/touch?asOf=2015-01-01T00:00:00Z"));
        assertThat(past.get("askedAsOf").asString()).isEqualTo("2015-01-01T00:00:00Z");
        assertThat(Values.instant(past.get("asOf").asString()))
                .isEqualTo(newest.asOfNanos())
                .isGreaterThan(Values.nanos(Instant.parse("2015-01-01T00:00:00Z")));
        assertThat(past.get("score").asDouble()).isEqualTo(newest.score());
    }

    @Test
    void theInstantIsExactInBothForms() {
        long later = NOW_NANOS + 86_400_000_000_001L;
        SignalReading reading = served.follower.ledger().read(Long.parseUnsignedLong(CODEOWNERS), 1, later);
        for (String asOf : List.of(Long.toString(later), Values.instant(later))) {
            JsonNode one = ok(served.get("/v1/entities/" + CODEOWNERS + "/signals/churn?asOf=" + asOf));
            assertThat(Values.instant(one.get("asOf").asString())).isEqualTo(later);
            assertThat(one.get("score").asDouble()).isEqualTo(reading.score());
        }
    }

    @Test
    void twoHundredCandidatesAreRanked() {
        List<String> candidates =
                expected.stream().map(Pair::entity).distinct().limit(200).toList();
        JsonNode answer = ok(served.post(
                "/v1/entities/query",
                JsonMapper.shared()
                        .writeValueAsString(Map.of(
                                "entities",
                                candidates,
                                "signals",
                                List.of("churn"),
                                "rankBy",
                                Map.of("touch", 2.5, "1", -0.25),
                                "limit",
                                20))));

        record Ranked(String entity, double rank) {}
        List<Ranked> ranked = candidates.stream()
                .map(entity -> new Ranked(entity, rank(entity)))
                .sorted(Comparator.comparingDouble(Ranked::rank).reversed())
                .limit(20)
                .toList();
        JsonNode entities = answer.get("entities");
        assertThat(entities.valueStream().map(entity -> entity.get("entityId").asString()))
                .containsExactlyElementsOf(ranked.stream().map(Ranked::entity).toList());
        for (int i = 0; i < 20; i++) {
            assertThat(entities.get(i).get("rank").asDouble())
                    .isCloseTo(ranked.get(i).rank, within(1e-12 * (1 + Math.abs(ranked.get(i).rank))));
            assertThat(entities.get(i).get("signals").size()).isEqualTo(1);
            assertThat(entities.get(i).get("signals").get(0).get("signal").asString())
                    .isEqualTo("churn");
        }
    }

    private static double rank(String entity) {
        long id = Long.parseUnsignedLong(entity);
        return 2.5 * served.follower.ledger().score(id, 0, NOW_NANOS)
                - 0.25 * served.follower.ledger().score(id, 1, NOW_NANOS);
    }

    @Test
    void entitiesMayBeNumbersOrStringsAndComeTwice() {
        JsonNode entities = ok(served.post(
                        "/v1/entities/query?log=1:2",
                        "{\"entities\": [" + CODEOWNERS + ", \"" + CODEOWNERS + "\", 7]}"))
                .get("entities");
        assertThat(entities.get(0)).isEqualTo(entities.get(1));
        assertThat(entities.get(0).get("entityId").asString()).isEqualTo(CODEOWNERS);
        assertThat(entities.get(2).get("entityId").asString()).isEqualTo("7");
    }

    @Test
    void topIsByScore() {
        JsonNode answer = ok(served.get("/v1/signals/churn/top?k=1000"));
        List<SignalReading> top = served.follower.ledger().topByScore(1, 1000, NOW_NANOS);
        List<Pair> best = expected.stream()
                .filter(pair -> pair.signal() == 1)
                .sorted(Comparator.comparingDouble(Pair::score).reversed())
                .toList();
        assertThat(answer.get("by").asString()).isEqualTo("score");
        assertThat(answer.get("window").isNull()).isTrue();
        assertThat(answer.get("top").size()).isEqualTo(1000);
        for (int i = 0; i < 1000; i++) {
            JsonNode place = answer.get("top").get(i);
            assertThat(place.get("place").asInt()).isEqualTo(i + 1);
            assertThat(place.get("entityId").asString())
                    .isEqualTo(Long.toUnsignedString(top.get(i).entityId()));
            assertThat(place.get("score").asDouble())
                    .isEqualTo(top.get(i).score())
                    .isCloseTo(best.get(i).score(), within(1e-9 * best.get(i).score()));
            assertThat(place.get("name").isString()).isTrue();
        }
        assertThat(ok(served.get("/v1/signals/1/top")).get("top").size()).isEqualTo(10);
    }

    @ParameterizedTest
    @CsvSource({"1h, HOUR", "24h, DAY", "7d, WEEK", "all, ALL_TIME"})
    void topIsByCount(String name, Window window) {
        ToLongFunction<Pair> count = pair -> switch (window) {
            case HOUR -> pair.hour();
            case DAY -> pair.day();
            case WEEK -> pair.week();
            case ALL_TIME -> pair.all();
        };
        List<String> best = expected.stream()
                .filter(pair -> pair.signal() == 0)
                .sorted(Comparator.comparingLong(count)
                        .reversed()
                        .thenComparing(Pair::unsignedEntity, Long::compareUnsigned))
                .limit(100)
                .map(Pair::entity)
                .toList();
        JsonNode answer = ok(served.get("/v1/signals/touch/top?by=count&window=" + name + "&k=100"));
        assertThat(answer.get("window").asString()).isEqualTo(name);
        assertThat(answer.get("top")
                        .valueStream()
                        .map(place -> place.get("entityId").asString()))
                .containsExactlyElementsOf(best);
    }

    @Test
    void theSchemaIsTold() {
        assertThat(ok(served.get("/v1/signals")).get("signals").toString())
                .isEqualTo("[{\"signalType\":0,\"signal\":\"touch\",\"decay\":\"exponential\","
                        + "\"halfLifeSeconds\":604800.0},{\"signalType\":1,\"signal\":\"churn\","
                        + "\"decay\":\"exponential\",\"halfLifeSeconds\":2592000.0}]");
    }

    @Test
    void thePositionsAreThoseOfTheLogsNamed() {
        RawHttp.Response answer = served.get("/v1/entities/7/signals?log=1:3&minPosition=1:0:5&log=9:9");
        assertThat(answer.headers().get("positions")).matches("1:0=\\d{4,}, 1:3=\\d{4,}, 9:9=0");
        assertThat(served.get("/v1/entities/7/signals").headers()).doesNotContainKey("positions");
    }

    @Test
    void allMistakesAreToldAtOnce() {
        RawHttp.Response answer = served.get("/v1/entities/-1/signals?asOf=yesterday&minPosition=1:3&minPosition=1:3:x"
                + "&wait=1h&maxLag=soon&log=70000:1&k=3&wait=1s");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().get("mistakes").valueStream().map(JsonNode::asString))
                .containsExactlyInAnyOrder(
                        "entityId: expected an entity's id, a number from 0 to 2^64-1, found \"-1\"",
                        "asOf: expected a time from 1970 to 2262, such as 2026-01-09T12:00:00Z, or as nanoseconds since"
                                + " 1970, found \"yesterday\"",
                        "minPosition: expected REGION:SHARD:POSITION, such as 1:3:400000, found \"1:3\"",
                        "minPosition: expected REGION:SHARD:POSITION, such as 1:3:400000, found \"1:3:x\"",
                        "log: expected a log, REGION:SHARD, both 0 to 65535, such as 1:3, found \"70000:1\"",
                        "wait: expected one, found 2",
                        "wait: expected at most 5000ms, found \"1h\"",
                        "maxLag: expected a duration of 0 or more, such as 500ms or 2s, found \"soon\"",
                        "unknown parameter k: expected one of asOf, log, maxLag, minPosition, wait");
        assertThat(answer.detail()).contains("asOf: expected", "; unknown parameter k");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/signals/touch/top?k=0",
                "/v1/signals/touch/top?k=1001",
                "/v1/signals/touch/top?k=+1",
                "/v1/signals/touch/top?by=name",
                "/v1/signals/touch/top?by=count&window=2h",
                "/v1/signals/touch/top?window=1h",
                "/v1/signals?x",
                "/v1/status?verbose=1",
                "/v1/positions?log=1:1",
                "/v1/logs?k",
                "/v1/logs/1/x",
                "/v1/logs/1/65536",
                "/v1/logs/1/1?q=1",
                "/v1/logs/1/1/quarantine?limit=0",
                "/v1/entities//signals",
                "/v1/entities/18446744073709551616/signals",
                "/v1/entities/1e3/signals/touch",
                "/v1/entities/1/signals?asOf=-1",
                "/v1/entities/1/signals?asOf=9223372036854775808",
                "/v1/entities/1/signals?asOf=2300-01-01T00:00:00Z",
                "/v1/entities/1/signals?asOf=1969-12-31T00:00:00Z",
                "/v1/entities/1/signals?wait=1s",
                "/v1/entities/1/signals?minPosition=1:1:-1",
                "/v1/entities/1/signals?maxLag=-1s",
                "/v1/entities/1/signals?maxLag=100000000000000000w",
            })
    void aMistakeIsTold(String target) {
        RawHttp.Response answer = served.get(target);
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.detail()).contains("expected");
        assertThat(answer.json().get("mistakes").size()).isEqualTo(1);
    }

    @Test
    void whatIsNotThereIsToldWithWhatIs() {
        for (String target : List.of("/v1/entities/1/signals/views", "/v1/signals/7/top", "/v1/signals//top")) {
            RawHttp.Response answer = served.get(target);
            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.detail()).contains("touch (0), churn (1)");
        }
        assertThat(served.get("/v1/logs/9/9").status()).isEqualTo(404);
        assertThat(served.get("/v1/logs/9/9/quarantine").status()).isEqualTo(404);
    }

    @Test
    void mistakesOfAQueryAreToldAtOnce() {
        RawHttp.Response answer = served.post("/v1/entities/query", """
                {"entities": ["1", "x", 1.5, {}, -1], "signals": ["touch", "view", null],
                 "rankBy": {"likes": 1, "churn": "much", "touch": 1e101}, "limit": 0, "asOf": "never", "k": 1}
                """);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json()
                        .get("mistakes")
                        .valueStream()
                        .map(mistake -> mistake.asString().split(":|, found")[0]))
                .containsExactlyInAnyOrder(
                        "unknown member k",
                        "entities[1]",
                        "entities[2]",
                        "entities[3]",
                        "entities[4]",
                        "signals[1]",
                        "signals[2]",
                        "rankBy.likes",
                        "rankBy.churn",
                        "rankBy.touch",
                        "limit",
                        "asOf");
        assertThat(answer.detail()).contains("view", "touch (0), churn (1)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "{\"entities\": 7}",
                "{\"entities\": {}}",
                "{\"entities\": [], \"rankBy\": []}",
                "{\"entities\": [1], \"signals\": \"touch\"}",
                "{\"entities\": [1]",
            })
    void aQueryOfAnotherFormIsTheCallersMistake(String body) {
        RawHttp.Response answer = served.post("/v1/entities/query", body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.detail()).doesNotContain("java", "jackson");
    }

    @Test
    void whatAQueryAsksForIsBounded() {
        RawHttp.Response entities = served.post("/v1/entities/query", entities(1001));
        assertThat(entities.status()).isEqualTo(400);
        assertThat(entities.detail()).contains("at most 1000, found 1001");
        assertThat(ok(served.post("/v1/entities/query", entities(1000)))
                        .get("entities")
                        .size())
                .isEqualTo(1000);
        RawHttp.Response bytes = served.post("/v1/entities/query", "{}" + " ".repeat(64 << 10));
        assertThat(bytes.status()).isEqualTo(413);
        RawHttp.Response manySignals = served.post(
                "/v1/entities/query",
                entities(1000).replace("}", ", \"signals\": [" + "\"touch\", ".repeat(10) + "\"touch\"]}"));
        assertThat(manySignals.detail()).contains("at most 10000 readings, found 1000 entities with 11 signals");
    }

    private static String entities(int count) {
        return "{\"entities\": ["
                + IntStream.range(0, count).mapToObj(Integer::toString).collect(Collectors.joining(",")) + "]}";
    }

    @Test
    void logsAreTold() {
        JsonNode logs = ok(served.get("/v1/logs")).get("logs");
        assertThat(logs.valueStream().map(log -> log.get("log").asString()))
                .containsExactly("1:0", "1:1", "1:2", "1:3");
        JsonNode log = ok(served.get("/v1/logs/1/3"));
        assertThat(log.get("state").asString()).isEqualTo("running");
        for (String unknown : List.of("cause", "head", "lagEvents", "lagMillis", "heartbeatAgeMillis", "epoch")) {
            assertThat(log.get(unknown).isNull()).as(unknown).isTrue();
        }
        JsonNode positions = ok(served.get("/v1/positions")).get("positions");
        assertThat(positions.size()).isEqualTo(4);
        assertThat(positions
                        .valueStream()
                        .mapToLong(position -> position.get("applied").asLong())
                        .sum())
                .isEqualTo(66_210);
    }

    @Test
    void theStatusIsTold() {
        JsonNode status = ok(served.get("/v1/status"));
        assertThat(status.get("node").asString()).isEqualTo("edge-1");
        assertThat(status.get("phase").asString()).isEqualTo("running");
        assertThat(status.get("logs").get("count").asInt()).isEqualTo(4);
        assertThat(status.get("logs").get("applied").asLong()).isEqualTo(66_210);
        assertThat(status.get("logs").get("states").toString()).isEqualTo("{\"running\":4}");
        assertThat(status.get("logs").get("lagEvents").isNull()).isTrue();
        assertThat(status.get("sources").get(0).get("text").asString()).isEqualTo("it? sends <b>");
        assertThat(Values.instant(status.get("ledger").get("newestEvent").asString()))
                .isEqualTo(served.follower.ledger().newestEventNanos());
    }

    @Test
    void theExamplesOfTheDocumentAreTrue() throws IOException {
        String document = bare(Files.readString(Pairs.EXPECTED.resolveSibling("../../docs/read-api.md")));
        String asOf = "asOf=2026-07-23T08:21:40Z";
        assertThat(document)
                .contains(bare(served.get("/v1/entities/14090909496803007829/signals/touch?" + asOf)
                        .body()))
                .contains(bare(served.get("/v1/entities/7/signals?minPosition=1:3:99999999&wait=200ms")
                        .body()));
        String ranked = served.post("/v1/entities/query", """
                        {"entities": ["14306550660489885245", "4775190980504496151", 7],
                        "rankBy": {"touch": 1, "churn": 0.1}, "signals": ["churn"], "limit": 1, "asOf": "2026-07-23T08:21:40Z"}
                        """).body();
        assertThat(document).contains(bare(ranked.substring(0, ranked.indexOf("\"counts"))));
    }

    private static String bare(String text) {
        return text.replaceAll("\\s", "");
    }

    @Test
    void nothingIsKeptAsideWhereNothingIsStored() {
        JsonNode quarantine = ok(served.get("/v1/logs/1/3/quarantine"));
        assertThat(quarantine.get("count").asInt()).isZero();
    }
}
