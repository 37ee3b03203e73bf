package io.walreceiver.server.web.live;

import io.netty.handler.ssl.SslContext;
import io.walreceiver.SegmentReceiver;
import io.walreceiver.format.LogId;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import io.walreceiver.server.schemafile.EntityNames;
import io.walreceiver.server.web.Follower;
import io.walreceiver.server.web.SourceStatus;
import io.walreceiver.server.web.WebFeature;
import io.walreceiver.server.web.WebServer;
import io.walreceiver.transport.netty.http.HttpListener;
import io.walreceiver.transport.netty.security.Identity;
import io.walreceiver.transport.netty.security.ServerSecurity;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A receiver that follows a leader of the test's, and a server that shows it. */
public final class Watched implements AutoCloseable {

    public static final String EVIL = "<img src=x onerror=\"window.hacked=1\">";

    public static final LogId FIRST = new LogId(1, 0);
    public static final LogId SECOND = new LogId(1, 1);
    public static final LogId THIRD = new LogId(2, 0);

    private static final Duration GRACE = Duration.ofSeconds(2);

    public final TestLeader leader = new TestLeader();
    public final List<SourceStatus> sources = new CopyOnWriteArrayList<>();
    public final SegmentReceiver receiver;
    public final LiveStreams live;
    private final HttpListener server;

    private Watched(LiveOptions options, ServerSecurity security, Clock clock, String node, List<WebFeature> more) {
        SignalSchema schema = SignalSchema.of(
                SignalType.exponential(0, "view", Duration.ofDays(7)),
                SignalType.exponential(1, EVIL, Duration.ofDays(1)),
                SignalType.permanent(2, "share"));
        InMemorySignalLedger ledger = InMemorySignalLedger.create(schema);
        receiver = SegmentReceiver.create(leader, ledger, schema);
        Outcomes outcomes = new Outcomes();
        Follower follower = new Follower(
                node,
                Path.of("data"),
                schema,
                EntityNames.parse(
                        "names",
                        "entity_id,name\n1,src/main/java/One.java\n2,\"" + EVIL.replace("\"", "\"\"") + "\"\n"),
                receiver,
                ledger,
                () -> List.copyOf(sources),
                clock);
        live = new LiveStreams(follower, outcomes, options);
        List<WebFeature> features = new ArrayList<>(more);
        features.add(live);
        server = Objects.requireNonNull(
                WebServer.start(security, "127.0.0.1", 0, features).block());
        receiver.receive().subscribe(outcomes);
    }

    public static Watched byAnyone(WebFeature... more) {
        return new Watched(
                LiveOptions.defaults(), ServerSecurity.NONE, Clock.systemUTC(), "node " + EVIL, List.of(more));
    }

    static Watched with(LiveOptions options, Clock clock) {
        return new Watched(options, ServerSecurity.NONE, clock, "node", List.of());
    }

    /** Known by their tokens. */
    public static Watched by(Map<String, Identity> identities, WebFeature... more) {
        return new Watched(LiveOptions.defaults(), new Tokens(identities), Clock.systemUTC(), "node", List.of(more));
    }

    public int port() {
        return server.address().getPort();
    }

    public String address() {
        return "http://127.0.0.1:" + port();
    }

    /** Stops as the program does: the receiver first, then the server. */
    public void stop() {
        receiver.stop(Duration.ofSeconds(5)).block();
        server.stop(GRACE).block();
    }

    @Override
    public void close() {
        stop();
        live.close();
    }

    private record Tokens(Map<String, Identity> identities) implements ServerSecurity {

        @Override
        public @Nullable SslContext tls() {
            return null;
        }

        @Override
        public Optional<Identity> identify(@Nullable X509Certificate certificate, byte @Nullable [] token) {
            return Optional.ofNullable(token).map(bytes -> identities.get(new String(bytes, StandardCharsets.UTF_8)));
        }
    }
}
