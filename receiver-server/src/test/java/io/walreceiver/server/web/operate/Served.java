package io.walreceiver.server.web.operate;

import io.walreceiver.SegmentReceiver;
import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.ledger.SignalLedger;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.server.demo.DemoData;
import io.walreceiver.server.schemafile.EntityNames;
import io.walreceiver.server.schemafile.SchemaFile;
import io.walreceiver.server.web.Follower;
import io.walreceiver.server.web.SourceStatus;
import io.walreceiver.server.web.WebServer;
import io.walreceiver.storage.Storage;
import io.walreceiver.transport.Positions;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.netty.http.HttpListener;
import io.walreceiver.transport.netty.security.ServerSecurity;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A follower whose operations are served on a free port. */
final class Served implements AutoCloseable {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    final Sinks.Many<WalSegmentPayload> source = Sinks.many().unicast().onBackpressureBuffer();
    final Map<LogId, Long> heads = new ConcurrentHashMap<>();
    final SegmentReceiver receiver;
    private final OperateFeature feature;
    private final HttpListener server;

    /** Of a source that the test plays. */
    Served(Path data, SignalLedger ledger, OperateOptions options, ServerSecurity security) throws IOException {
        this(data, null, ledger, options, Surroundings.NONE, security, List.of());
    }

    Served(
            Path data,
            Transport transport,
            SignalLedger ledger,
            OperateOptions options,
            Surroundings surroundings,
            ServerSecurity security,
            List<SourceStatus> sources)
            throws IOException {
        SignalSchema schema = schema(data);
        InMemorySignalLedger read =
                ledger instanceof InMemorySignalLedger own ? own : InMemorySignalLedger.create(schema);
        receiver = SegmentReceiver.create(
                transport == null ? played() : transport, ledger, schema, Storage.directory(data.resolve("data")));
        Follower follower = new Follower(
                "test",
                data.resolve("data"),
                schema,
                EntityNames.NONE,
                receiver,
                read,
                () -> sources,
                Clock.systemUTC());
        feature = new OperateFeature(follower, options, surroundings);
        server = WebServer.start(security, "127.0.0.1", 0, List.of(feature)).block();
    }

    static SignalSchema schema(Path directory) throws IOException {
        Path file = directory.resolve(DemoData.SCHEMA);
        if (!Files.exists(file)) {
            DemoData.unpack(directory);
        }
        return SchemaFile.load(file).schema();
    }

    private Transport played() {
        return new Transport() {
            @Override
            public Flux<WalSegmentPayload> segments(Positions positions) {
                return source.asFlux();
            }

            @Override
            public void acknowledge(LogId log, long through) {}

            @Override
            public void request(LogId log, long from) {}

            @Override
            public void hold(LogId log, long from) {}

            @Override
            public boolean canSendAgain() {
                return true;
            }

            @Override
            public OptionalLong head(LogId log) {
                Long head = heads.get(log);
                return head == null ? OptionalLong.empty() : OptionalLong.of(head);
            }
        };
    }

    void start() {
        receiver.receive().subscribe();
    }

    void send(WalSegmentPayload segment) {
        source.tryEmitNext(segment).orThrow();
    }

    HttpResponse<String> get(String path, String... headers) {
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:" + server.address().getPort() + path))
                    .timeout(Duration.ofMinutes(1));
            if (headers.length > 0) {
                request.headers(headers);
            }
            return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    JsonNode json(String path, String... headers) {
        return JsonMapper.shared().readTree(get(path, headers).body());
    }

    @Override
    public void close() {
        receiver.stop(Duration.ZERO).block();
        server.stop(Duration.ofSeconds(1)).block();
        feature.close();
    }
}
