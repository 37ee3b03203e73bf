package io.walreceiver.server.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.handler.ssl.SslContext;
import io.walreceiver.format.LogId;
import io.walreceiver.transport.netty.http.HttpListener;
import io.walreceiver.transport.netty.security.Identity;
import io.walreceiver.transport.netty.security.ServerSecurity;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;
import tools.jackson.databind.JsonNode;

class WebServerTest {

    private static final Duration LONG = Duration.ofMinutes(2);

    /** Nobody without a token; its word is the identity's name. */
    private static final ServerSecurity TOKENS = new ServerSecurity() {
        @Override
        public @Nullable SslContext tls() {
            return null;
        }

        @Override
        public Optional<Identity> identify(@Nullable X509Certificate certificate, byte @Nullable [] token) {
            return Optional.ofNullable(token)
                    .map(word -> new Identity(
                            new String(word, StandardCharsets.UTF_8),
                            log -> log.region() == 1,
                            log -> log.region() == 2,
                            false));
        }
    };

    private @Nullable HttpListener open;

    private RawHttp serve(WebFeature... features) {
        return serve(ServerSecurity.NONE, features);
    }

    private RawHttp serve(ServerSecurity security, WebFeature... features) {
        HttpListener listener =
                WebServer.start(security, "127.0.0.1", 0, List.of(features)).block(LONG);
        assertThat(listener).isNotNull();
        open = listener;
        return again();
    }

    private RawHttp again() {
        assertThat(open).isNotNull();
        return new RawHttp(open.address());
    }

    @AfterEach
    void stop() {
        VirtualTimeScheduler.reset();
        if (open != null) {
            open.stop(Duration.ZERO).block(LONG);
        }
    }

    private static Mono<Answer> echo(Call call) {
        return Mono.fromCallable(() ->
                Answer.json(Map.of("part", call.path("part"), "all", call.parameters(), "last", call.query("q"))));
    }

    private static Mono<Answer> echoBody(Call call) {
        return call.body(JsonNode.class, 1_000).map(Answer::json);
    }

    @Test
    void whatNothingAnswersIsAProblem() {
        RawHttp http = serve(routes -> routes.get("/v1/things", WebServerTest::echo));

        RawHttp.Response answer = http.get("/v1/other");

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.problem()).isEqualTo("not-found");
        assertThat(answer.detail()).contains("GET", "/v1/openapi.json");
        assertThat(answer.json().get("status").asInt()).isEqualTo(404);
        assertThat(http.get("/v1/things/").status()).isEqualTo(404);
        assertThat(http.get("/v1/things%2f").status()).isEqualTo(404);
    }

    @Test
    void anotherMethodIsToldWhichOnesThereAre() {
        RawHttp http = serve(routes ->
                routes.get("/v1/things/{part}", WebServerTest::echo).delete("/v1/things/{part}", WebServerTest::echo));

        RawHttp.Response answer = http.post("/v1/things/x?q=1", "{}");

        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.problem()).isEqualTo("method-not-allowed");
        assertThat(answer.headers()).containsEntry("allow", "DELETE, GET");
    }

    @Test
    void routesAreListed() {
        WebRoutes routes = new WebRoutes(ServerSecurity.NONE, new RequestOrigin("127.0.0.1", List.of()))
                .get("/a", WebServerTest::echo).stream("/b", (call, out) -> Mono.empty())
                        .post("/c", WebServerTest::echo)
                        .delete("/d", WebServerTest::echo)
                        .open("/e", WebServerTest::echo);
        assertThat(routes.list())
                .containsExactly(
                        new Route("GET", "/a"),
                        new Route("GET", "/b"),
                        new Route("POST", "/c"),
                        new Route("DELETE", "/d"),
                        new Route("GET", "/e"));
    }

    @Test
    void whoIsNotKnownGetsNothing() {
        AtomicBoolean asked = new AtomicBoolean();
        RawHttp http = serve(
                TOKENS,
                routes -> routes.get("/v1/secret", call -> {
                            asked.set(true);
                            return Mono.just(Answer.json(call.identity().name()));
                        })
                        .open("/open", call -> Mono.just(Answer.text("text/plain", "hello"))));

        RawHttp.Response refused = http.get("/v1/secret");

        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.problem()).isEqualTo("unauthorized");
        assertThat(refused.headers()).containsEntry("www-authenticate", "Bearer");
        assertThat(asked).isFalse();
        assertThat(http.get("/open").body()).isEqualTo("hello");
        assertThat(http.get("/v1/secret", "Authorization: Bearer ann").body()).isEqualTo("\"ann\"");
    }

    @Test
    void anIdentitySeesItsLogs() {
        RawHttp http = serve(
                TOKENS,
                routes -> routes.get(
                        "/v1/sees",
                        call -> Mono.just(Answer.json(List.of(
                                call.maySee(new LogId(1, 0)),
                                call.maySee(new LogId(2, 0)),
                                call.maySee(new LogId(3, 0)))))));
        assertThat(http.get("/v1/sees", "Authorization: Bearer ann").body()).isEqualTo("[true,true,false]");
    }

    @Test
    void onlyAnOperatorIsAnOperator() {
        WebFeature feature = routes -> routes.get(
                "/v1/operate", call -> Mono.fromRunnable(call::requireAdmin).thenReturn(Answer.json("done")));
        assertThat(serve(TOKENS, feature)
                        .get("/v1/operate", "Authorization: Bearer ann")
                        .status())
                .isEqualTo(403);
    }

    @Test
    void whatGoesWrongInsideStaysInside() {
        RawHttp http = serve(routes -> routes
                .get("/v1/thrown", call -> {
                    throw new IllegalStateException("secret");
                })
                .get("/v1/failed", call -> Mono.error(new IllegalStateException("secret")))
                .stream("/v1/stream", (call, out) -> Mono.error(new IllegalStateException("secret"))));

        for (String path : List.of("/v1/thrown", "/v1/failed", "/v1/stream")) {
            RawHttp.Response answer = http.get(path);
            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.problem()).isEqualTo("failed");
            assertThat(answer.body()).doesNotContain("secret", "IllegalState");
        }
    }

    @Test
    void everyAnswerHasTheHeadersThatGuardIt() {
        RawHttp http = serve(routes -> routes.get("/v1/fine", call -> Mono.just(Answer.json("fine")))
                .get(
                        "/page",
                        call -> Mono.just(Answer.text("text/html", "<p>")
                                .header("Content-Security-Policy", "default-src 'self'"))));

        for (String path : List.of("/v1/fine", "/v1/missing", "/page")) {
            assertThat(http.get(path).headers())
                    .containsEntry("x-content-type-options", "nosniff")
                    .containsEntry("referrer-policy", "no-referrer")
                    .containsEntry("cache-control", "no-store")
                    .containsEntry(
                            "content-security-policy",
                            path.equals("/page") ? "default-src 'self'" : "default-src 'none'; frame-ancestors 'none'");
        }
    }

    @Test
    void headIsGetWithoutTheBody() {
        RawHttp http = serve(routes -> routes.get("/v1/{part}", WebServerTest::echo));

        RawHttp.Response get = http.get("/v1/x");
        RawHttp.Response head = http.send("HEAD", "/v1/x", "").response();

        assertThat(head.status()).isEqualTo(200);
        assertThat(head.headers())
                .containsEntry("content-length", get.headers().get("content-length"))
                .containsEntry("content-type", "application/json");
        assertThat(head.headers()).doesNotContainKey("transfer-encoding");
        assertThat(http.send("HEAD", "/else", "").response().status()).isEqualTo(404);
        assertThat(http.get("/v1/x")).isEqualTo(get); // nothing of a body was in between
    }

    @ParameterizedTest
    @CsvSource({
        "a%20b, a b",
        "a%2Fb, a/b",
        "a+b, a+b",
        "%C3%A9, é",
        "1%3A3, 1:3",
        "a%3Fb, a?b",
    })
    void partsOfThePathAreDecoded(String sent, String read) {
        RawHttp http = serve(routes -> routes.get("/v1/{part}/x", WebServerTest::echo));
        assertThat(http.get("/v1/" + sent + "/x?q=1").json().get("part").asString())
                .isEqualTo(read);
    }

    @Test
    void parametersAreDecoded() {
        RawHttp http = serve(routes -> routes.get("/v1/{part}", WebServerTest::echo));
        JsonNode read = http.get("/v1/x?q=a%26b&q=c+d&other").json();
        assertThat(read.get("all").toString()).isEqualTo("{\"q\":[\"a&b\",\"c d\"],\"other\":[\"\"]}");
        assertThat(read.get("last").asString()).isEqualTo("c d");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/%zz", "/v1/%", "/v1/%4", "/v1/x?q=%zz", "/v1/x?%=1", "/v1/x?q=%4"})
    void malformedEscapesAreTheCallersMistake(String target) {
        RawHttp http = serve(routes -> routes.get("/v1/{part}", WebServerTest::echo));
        RawHttp.Response answer = http.get(target);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.problem()).isEqualTo("bad-request");
        assertThat(answer.detail()).contains("two hexadecimal digits");
    }

    @Test
    void aBodyIsRead() {
        RawHttp http = serve(routes -> routes.post("/v1/body", WebServerTest::echoBody));
        assertThat(http.post("/v1/body", "{\"a\": 1}").body()).isEqualTo("{\"a\":1}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{} {}", "{\"a\":}", "nonsense"})
    void aBodyThatIsNoJsonIsTheCallersMistake(String body) {
        RawHttp http = serve(routes ->
                routes.post("/v1/body", call -> call.body(Map.class, 1_000).map(Answer::json)));
        RawHttp.Response answer = http.post("/v1/body", body);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.detail()).startsWith("JSON: ").doesNotContain("java", "jackson");
    }

    /** A body as operators send it. */
    record Wanted(long from, String reason) {}

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"from\": 1, \"form\": 1} | unknown member form: expected one of [from, reason]",
                "{\"from\": \"x\"} | from is missing, or of another kind",
                "[1] | expected one value, of another kind",
            })
    void aBodyOfAnotherFormIsTheCallersMistake(String body, String said) {
        RawHttp http = serve(routes ->
                routes.post("/v1/body", call -> call.body(Wanted.class, 1_000).map(Answer::json)));
        RawHttp.Response answer = http.post("/v1/body", body);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.detail()).startsWith("JSON: " + said).doesNotContain("java", "jackson");
    }

    @Test
    void aBodyWhoseLengthIsNotAnnouncedIsNotRead() {
        RawHttp http = serve(routes -> routes.post("/v1/body", WebServerTest::echoBody));
        RawHttp.Response answer = http.send("POST", "/v1/body", "2\r\n{}\r\n0\r\n\r\n", "Transfer-Encoding: chunked")
                .response();
        assertThat(answer.status()).isEqualTo(411);
        assertThat(answer.problem()).isEqualTo("length-required");
    }

    @Test
    void aBodyThatIsTooLargeIsNotWaitedFor() {
        RawHttp http = serve(routes -> routes.post("/v1/body", WebServerTest::echoBody));
        RawHttp.Response answer =
                http.send("POST", "/v1/body", "", "Content-Length: 1001").response();
        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.detail()).contains("1000", "1001");
        try (RawHttp other = again()) {
            assertThat(other.post("/v1/body", "[" + " ".repeat(998) + "]").status())
                    .isEqualTo(200);
        }
    }

    @Test
    void aBodyThatDoesNotComeIsGivenUp() {
        AtomicBoolean asked = new AtomicBoolean();
        RawHttp http = serve(routes ->
                routes.post("/v1/body", call -> echoBody(call).doOnSubscribe(subscription -> asked.set(true))));
        VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();

        http.send("POST", "/v1/body", "{", "Content-Length: 10");
        await().untilTrue(asked);
        await().until(() -> time.getScheduledTaskCount() > 0);
        time.advanceTimeBy(Duration.ofSeconds(30));

        RawHttp.Response answer = http.response();
        assertThat(answer.status()).isEqualTo(408);
        assertThat(answer.problem()).isEqualTo("timeout");
    }

    @Test
    void workForAPeerThatHasGoneIsCancelled() {
        AtomicBoolean asked = new AtomicBoolean();
        AtomicBoolean cancelled = new AtomicBoolean();
        RawHttp http = serve(routes -> routes.get(
                "/v1/slow",
                call -> Mono.<Answer>never()
                        .doOnSubscribe(subscription -> asked.set(true))
                        .doOnCancel(() -> cancelled.set(true))));

        http.send("GET", "/v1/slow", "");
        await().untilTrue(asked);
        assertThat(cancelled).isFalse();
        http.close();

        await().untilTrue(cancelled);
    }

    @Test
    void whatIsLargeArrivesWhole() {
        byte[] large = new byte[1_000_003];
        Arrays.fill(large, (byte) 'x');
        large[65_536] = 'y';
        RawHttp http = serve(routes -> routes.get("/v1/large", call -> Mono.just(Answer.bytes("text/plain", large))));

        for (int i = 0; i < 3; i++) {
            RawHttp.Response answer = http.get("/v1/large");
            assertThat(answer.body()).isEqualTo(new String(large, StandardCharsets.US_ASCII));
            assertThat(answer.headers()).doesNotContainKey("transfer-encoding");
        }
        assertThat(http.send("HEAD", "/v1/large", "").response().headers()).containsEntry("content-length", "1000003");
    }

    @Test
    void answersThatNobodyTakesAreBounded() {
        byte[] large = new byte[40 << 20];
        RawHttp first = serve(
                routes -> routes.get("/v1/large", call -> Mono.just(Answer.bytes("application/octet-stream", large))));

        first.send("GET", "/v1/large", ""); // and takes nothing of it
        await().untilAsserted(() -> {
            try (RawHttp second = again()) {
                RawHttp.Response answer = second.get("/v1/large");
                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.problem()).isEqualTo("overloaded");
                assertThat(answer.headers()).containsEntry("retry-after", "1");
            }
        });

        first.close();
        await().untilAsserted(() -> {
            try (RawHttp third = again()) {
                assertThat(third.get("/v1/large").status()).isEqualTo(200);
            }
        });
    }
}
