package io.walreceiver.server.web.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.server.web.ApiDocument;
import io.walreceiver.server.web.RawHttp;
import io.walreceiver.server.web.RequestOrigin;
import io.walreceiver.server.web.Route;
import io.walreceiver.server.web.WebRoutes;
import io.walreceiver.transport.netty.security.ServerSecurity;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Answers are held against the document wherever {@link Served} gets one; here is what is left. */
class OpenApiTest {

    private static final JsonMapper MAPPER = JsonMapper.shared();

    @Test
    void everyRouteIsInTheDocument() throws IOException {
        try (Served served = Served.of(ReadOptions.defaults())) {
            WebRoutes routes = new WebRoutes(ServerSecurity.NONE, new RequestOrigin("127.0.0.1", List.of()));
            new ReadApi(served.follower, ReadOptions.defaults()).addTo(routes);
            JsonNode fragment = MAPPER.readTree(
                    WebRoutes.class.getResourceAsStream("openapi/read.json").readAllBytes());
            assertThat(new ApiDocument(fragment).operations())
                    .isEqualTo(routes.list().stream()
                            .map(route -> route.method() + " " + route.path())
                            .collect(Collectors.toSet()));
            assertThat(Served.document().operations())
                    .containsAll(routes.list().stream().map(OpenApiTest::name).toList());
        }
    }

    private static String name(Route route) {
        return route.method() + " " + route.path();
    }

    @Test
    void everyReferenceLeadsSomewhere() {
        assertThat(Served.document().brokenReferences()).isEmpty();
    }

    @Test
    void itIsServed() throws IOException {
        try (Served served = Served.of(ReadOptions.defaults())) {
            RawHttp.Response answer = served.get("/v1/openapi.json");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.json().get("openapi").asString()).isEqualTo("3.1.0");
            assertThat(answer.json().get("paths").has("/v1/entities/query")).isTrue();
        }
    }

    /** A validator that lets everything through would show nothing. */
    @Test
    void anAnswerThatIsNotAsItSaysIsNoticed() {
        ApiDocument document = Served.document();
        for (String body : List.of(
                "{\"positions\": [{}]}",
                "{\"positions\": {}}",
                "{}",
                "{\"positions\": [], \"more\": 1}",
                "{\"positions\": [{\"log\": \"1-3\", \"received\": 1, \"written\": 1, \"durable\": 1, \"applied\": 1,"
                        + " \"acknowledged\": 1, \"head\": null}]}",
                "{\"positions\": [{\"log\": \"1:3\", \"received\": -1, \"written\": 1, \"durable\": 1, \"applied\": 1,"
                        + " \"acknowledged\": 1, \"head\": null}]}",
                "{\"positions\": [{\"log\": \"1:3\", \"received\": 1, \"written\": 1, \"durable\": 1, \"applied\": 1,"
                        + " \"acknowledged\": 1, \"head\": \"2\"}]}")) {
            assertThat(document.faults("GET", "/v1/positions", answer("application/json", body)))
                    .as(body)
                    .isNotEmpty();
        }
        assertThat(document.faults("GET", "/v1/positions", answer("text/plain", "{\"positions\": []}")))
                .isNotEmpty();
        assertThat(document.faults("GET", "/v1/positions", answer("application/json", "{\"positions\": []}")))
                .isEmpty();
    }

    private static RawHttp.Response answer(String type, String body) {
        return new RawHttp.Response(200, Map.of("content-type", type), body);
    }
}
