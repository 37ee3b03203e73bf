package io.walreceiver.server.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.SegmentReceiver;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import io.walreceiver.server.config.ConfigLoader;
import io.walreceiver.server.config.ServerConfig;
import io.walreceiver.server.schemafile.EntityNames;
import io.walreceiver.server.web.ApiDocument;
import io.walreceiver.server.web.Follower;
import io.walreceiver.server.web.RequestOrigin;
import io.walreceiver.server.web.Route;
import io.walreceiver.server.web.WebRoutes;
import io.walreceiver.server.web.operate.Surroundings;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.netty.http.HttpListener;
import io.walreceiver.transport.netty.security.ServerSecurity;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The document that the service serves is of the service that serves it. */
class ServiceDocumentTest {

    private static final Duration SOON = Duration.ofMinutes(1);
    private static final Pattern REFERENCE = Pattern.compile("\"\\$ref\":\"#(/[^\"]+)\"");

    @TempDir
    private Path directory;

    @Test
    void everyRouteIsInTheDocumentAndEachOfItsIsARoute() throws Exception {
        SignalSchema schema = SignalSchema.of(SignalType.permanent(0, "view"));
        ServerConfig config = new ConfigLoader(Map.of()).load().config();
        InMemorySignalLedger ledger = InMemorySignalLedger.create(schema);
        SegmentReceiver receiver = SegmentReceiver.create(Transport.of(Flux.never()), ledger, schema);
        Features features = Features.of(
                new Follower(
                        "follower", directory, schema, EntityNames.NONE, receiver, ledger, List::of, Clock.systemUTC()),
                config,
                Surroundings.NONE);
        WebRoutes routes = new WebRoutes(ServerSecurity.NONE, new RequestOrigin("127.0.0.1", List.of()));
        features.web().forEach(feature -> feature.addTo(routes));
        HttpListener server =
                Objects.requireNonNull(HttpListener.start(routes, ServerSecurity.NONE, "127.0.0.1", 0, 10, SOON)
                        .block(SOON));
        try {
            JsonNode document = JsonMapper.shared()
                    .readTree(HttpClient.newHttpClient()
                            .send(
                                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:"
                                                    + server.address().getPort() + "/v1/openapi.json"))
                                            .build(),
                                    BodyHandlers.ofByteArray())
                            .body());

            Set<String> pages = Set.of("GET /");
            assertThat(new ApiDocument(document).operations())
                    .isEqualTo(routes.list().stream()
                            .map(ServiceDocumentTest::name)
                            .filter(route -> !pages.contains(route) && !route.startsWith("GET /assets/"))
                            .collect(Collectors.toSet()));
            assertThat(references(document))
                    .isNotEmpty()
                    .allSatisfy(reference -> assertThat(document.at(reference).isMissingNode())
                            .as(reference)
                            .isFalse());
        } finally {
            features.web().forEach(ServiceDocumentTest::close);
            server.stop(Duration.ZERO).block(SOON);
        }
    }

    private static Set<String> references(JsonNode document) {
        Set<String> found = new HashSet<>();
        Matcher matcher = REFERENCE.matcher(document.toString());
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }

    private static String name(Route route) {
        return route.method() + " " + route.path();
    }

    private static void close(Object feature) {
        if (feature instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
