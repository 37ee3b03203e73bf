package io.walreceiver.server.web.admin;

import static org.awaitility.Awaitility.await;

import io.netty.handler.codec.http.HttpMethod;
import io.walreceiver.LogStatus;
import io.walreceiver.ReceiverStatus.Phase;
import io.walreceiver.SegmentReceiver;
import io.walreceiver.format.LogId;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.server.input.Endpoint;
import io.walreceiver.server.schemafile.EntityNames;
import io.walreceiver.server.web.Follower;
import io.walreceiver.server.web.WebServer;
import io.walreceiver.storage.DirectoryStorage;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.directory.DirectoryTransport;
import io.walreceiver.transport.netty.http.HttpListener;
import io.walreceiver.transport.netty.security.ServerSecurity;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.client.HttpClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A receiver that follows a directory into a data directory, and answers operators. */
public final class Served implements AutoCloseable {

    public static final Duration SOON = Duration.ofMinutes(2);

    public final SegmentReceiver receiver;
    public final Endpoint address;
    private final HttpListener server;

    /** What was answered. */
    public record Got(int status, Map<String, String> headers, byte[] bytes) {
        public JsonNode json() {
            return new JsonMapper().readTree(bytes);
        }

        public String text() {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    public Served(Path wal, Path data, SignalSchema schema, ServerSecurity security, AdminOptions options) {
        this(following(wal), data, schema, security, options);
    }

    public static Transport following(Path wal) {
        return DirectoryTransport.builder().directory(wal).follow(true).build();
    }

    public Served(Transport transport, Path data, SignalSchema schema, ServerSecurity security, AdminOptions options) {
        InMemorySignalLedger ledger = InMemorySignalLedger.create(schema);
        receiver = SegmentReceiver.create(
                transport, ledger, schema, DirectoryStorage.builder(data).build());
        Follower follower =
                new Follower("test", data, schema, EntityNames.NONE, receiver, ledger, List::of, Clock.systemUTC());
        server = WebServer.start(
                        security,
                        "127.0.0.1",
                        0,
                        List.of("follower.example"),
                        List.of(new AdminFeature(follower, options)),
                        100,
                        SOON)
                .block(SOON);
        address = new Endpoint("http", "127.0.0.1", server.address().getPort());
        receiver.receive().subscribe();
        await().atMost(SOON).until(() -> receiver.status().phase() == Phase.RUNNING);
    }

    /** Has commands find it. */
    public Served told(Path data) {
        AdminAddress.tell(receiver, data, address).block(SOON);
        return this;
    }

    public LogStatus log(String log) {
        return receiver.status().log(LogId.parse(log)).orElseThrow();
    }

    public Got post(String path, String body, String... headers) {
        return send(HttpMethod.POST, path, body, headers);
    }

    public Got get(String path, String... headers) {
        return send(HttpMethod.GET, path, null, headers);
    }

    public Got send(HttpMethod method, String path, @Nullable String body, String... headers) {
        return HttpClient.newConnection()
                .headers(all -> {
                    if (body != null) {
                        all.set("Content-Type", "application/json");
                        all.set("Content-Length", body.getBytes(StandardCharsets.UTF_8).length);
                    }
                    for (int i = 0; i < headers.length; i += 2) {
                        all.set(headers[i], headers[i + 1]);
                    }
                })
                .request(method)
                .uri(address.uri().resolve(path))
                .send(ByteBufFlux.fromString(body == null ? Mono.empty() : Mono.just(body)))
                .responseSingle((response, content) -> content.asByteArray()
                        .defaultIfEmpty(new byte[0])
                        .map(bytes -> new Got(
                                response.status().code(),
                                Map.of(
                                        "type", response.responseHeaders().get("Content-Type", ""),
                                        "disposition",
                                                response.responseHeaders().get("Content-Disposition", ""),
                                        "retryAfter", response.responseHeaders().get("Retry-After", "")),
                                bytes)))
                .block(SOON);
    }

    @Override
    public void close() {
        receiver.stop(Duration.ZERO).block(SOON);
        server.stop(Duration.ofSeconds(1)).block(SOON);
    }
}
