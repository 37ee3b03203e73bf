package io.walreceiver.server.web.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walreceiver.ReceiverOptions;
import io.walreceiver.SegmentReceiver;
import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.server.demo.DemoData;
import io.walreceiver.server.schemafile.EntityNames;
import io.walreceiver.server.schemafile.SchemaFile;
import io.walreceiver.server.web.ApiDocument;
import io.walreceiver.server.web.Follower;
import io.walreceiver.server.web.RawHttp;
import io.walreceiver.server.web.SourceStatus;
import io.walreceiver.server.web.WebFeature;
import io.walreceiver.server.web.WebServer;
import io.walreceiver.storage.Storage;
import io.walreceiver.transport.inprocess.InProcessLeader;
import io.walreceiver.transport.netty.http.HttpListener;
import io.walreceiver.transport.netty.security.ServerSecurity;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.Function;
import tools.jackson.databind.json.JsonMapper;

/** A follower of the demo's data, and its read API. Every answer is held against the API's document. */
final class Served implements AutoCloseable {

    /** What vectors/reactor-core-history/expected.csv is of. */
    static final Instant NOW = Instant.ofEpochSecond(1_784_794_900);

    static final Duration LONG = Duration.ofMinutes(2);
    private static final ApiDocument DOCUMENT =
            new ApiDocument(JsonMapper.shared().readTree(OpenApi.compose().bytes()));

    final InProcessLeader leader;
    final Telling transport;
    final Follower follower;
    private final HttpListener server;

    private Served(
            Storage storage,
            Path data,
            ReceiverOptions options,
            ServerSecurity security,
            Function<Follower, WebFeature> feature)
            throws IOException {
        SignalSchema schema = SchemaFile.parse("schema.yaml", DemoData.text(DemoData.SCHEMA));
        leader = InProcessLeader.builder().windowBytesPerLog(64 << 20).build();
        transport = new Telling(leader.follower());
        InMemorySignalLedger ledger = InMemorySignalLedger.create(schema);
        SegmentReceiver receiver = SegmentReceiver.create(transport, ledger, schema, storage, options);
        follower = new Follower(
                "edge-1",
                data,
                schema,
                EntityNames.parse("entities.csv", DemoData.text("entities.csv")),
                receiver,
                ledger,
                () -> List.of(new SourceStatus("in-process", "connected", "it\u0000 sends <b>", 0)),
                Clock.fixed(NOW, ZoneOffset.UTC));
        HttpListener started = WebServer.start(security, "127.0.0.1", 0, List.of(feature.apply(follower)))
                .block(LONG);
        assertThat(started).isNotNull();
        server = started;
    }

    static Served of(ReadOptions options) throws IOException {
        return new Served(
                Storage.inMemory(),
                Path.of("none"),
                ReceiverOptions.defaults(),
                ServerSecurity.NONE,
                follower -> new ReadApi(follower, options));
    }

    static Served of(ReadOptions options, ReceiverOptions receiving) throws IOException {
        return new Served(
                Storage.inMemory(),
                Path.of("none"),
                receiving,
                ServerSecurity.NONE,
                follower -> new ReadApi(follower, options));
    }

    static Served storedIn(Path data) throws IOException {
        return new Served(
                Storage.directory(data),
                data,
                ReceiverOptions.defaults(),
                ServerSecurity.NONE,
                follower -> new ReadApi(follower, ReadOptions.defaults()));
    }

    static Served secured(ServerSecurity security) throws IOException {
        return new Served(
                Storage.inMemory(),
                Path.of("none"),
                ReceiverOptions.defaults(),
                security,
                follower -> new ReadApi(follower, ReadOptions.defaults()));
    }

    static Served with(Function<Follower, WebFeature> feature) throws IOException {
        return new Served(
                Storage.inMemory(), Path.of("none"), ReceiverOptions.defaults(), ServerSecurity.NONE, feature);
    }

    /** Begins to receive. */
    Served receiving() {
        follower.receiver().receive().subscribe(outcome -> {}, failure -> {});
        await().until(follower.receiver()::recovered);
        return this;
    }

    /** All of the demo's data is applied. */
    Served filled() throws IOException {
        List<WalSegmentPayload> segments = DemoData.segments();
        segments.forEach(segment -> leader.send(segment).block(LONG));
        for (int shard = 0; shard < 4; shard++) {
            LogId log = new LogId(1, shard);
            long head = segments.stream()
                    .filter(segment -> segment.id().log().equals(log))
                    .mapToLong(segment -> segment.id().seqno() + segment.eventCount() - 1)
                    .max()
                    .orElseThrow();
            follower.receiver().awaitApplied(log, head, LONG).block(LONG);
        }
        return this;
    }

    /** A connection of the test's own. */
    RawHttp connect() {
        return new RawHttp(server.address());
    }

    RawHttp.Response get(String target, String... headers) {
        try (RawHttp http = connect()) {
            return checked("GET", target, http.get(target, headers));
        }
    }

    RawHttp.Response post(String target, String body) {
        try (RawHttp http = connect()) {
            return checked("POST", target, http.post(target, body));
        }
    }

    /** The answer, which is as the document says. */
    static RawHttp.Response checked(String method, String target, RawHttp.Response answer) {
        assertThat(DOCUMENT.faults(method, target, answer))
                .as(method + " " + target + ": " + answer)
                .isEmpty();
        return answer;
    }

    static ApiDocument document() {
        return DOCUMENT;
    }

    @Override
    public void close() {
        follower.receiver().stop(Duration.ZERO).block(LONG);
        server.stop(Duration.ZERO).block(LONG);
        leader.close();
    }
}
