package io.walreceiver.transport.netty.security;

import io.netty.handler.ssl.SslContext;
import io.walreceiver.format.LogId;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.DisposableServer;
import reactor.netty.NettyInbound;
import reactor.netty.NettyOutbound;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.SslProvider;
import reactor.netty.tcp.TcpClient;
import reactor.netty.tcp.TcpServer;

/** A server that says who it takes its client for, if that is somebody who may read the log that the client names. */
final class TestServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TestServer.class);
    private static final Duration HANDSHAKE = Duration.ofSeconds(30);

    private final ServerSecurity security;
    private final AtomicInteger answered = new AtomicInteger();
    private static final Duration SOON = Duration.ofSeconds(30);

    private final LoopResources loops = LoopResources.create("test-server", 1, true);
    private final DisposableServer server;

    TestServer(ServerSecurity security) {
        this(security, HANDSHAKE);
    }

    TestServer(ServerSecurity security, Duration handshake) {
        this.security = security;
        TcpServer tcp =
                TcpServer.create().runOn(loops).host("127.0.0.1").port(0).handle(this::handle);
        this.server = (security.tls() == null
                        ? tcp
                        : tcp.secure(TlsSetup.server(security, handshake)).doOnChannelInit(TlsSetup.refusals()))
                .bindNow();
    }

    int port() {
        return server.port();
    }

    /** How many clients were sent a byte of application data. */
    int answered() {
        return answered.get();
    }

    /** What the server says to a client that asks for this log, after sending its token; empty if it hangs up. */
    static Mono<String> ask(int port, ClientSecurity security, String log) {
        byte[] token = security.token();
        String question = (token == null ? "" : new String(token, StandardCharsets.US_ASCII)) + " " + log + "\n";
        return ask(port, security.tls() == null ? null : TlsSetup.client(security, HANDSHAKE), question);
    }

    static Mono<String> ask(int port, SslContext tls, String question) {
        return ask(port, SslProvider.builder().sslContext(tls).build(), question);
    }

    private static Mono<String> ask(int port, @Nullable SslProvider tls, String question) {
        TcpClient tcp = TcpClient.newConnection().host("127.0.0.1").port(port);
        return Mono.usingWhen(
                (tls == null ? tcp : tcp.secure(tls)).connect(),
                connection -> connection
                        .outbound()
                        .sendString(Mono.just(question))
                        .then()
                        .thenMany(connection.inbound().receive().asString())
                        .collect(StringBuilder::new, StringBuilder::append)
                        .map(StringBuilder::toString),
                connection -> Mono.fromRunnable(connection::dispose));
    }

    private Publisher<Void> handle(NettyInbound in, NettyOutbound out) {
        X509Certificate[] certificate = new X509Certificate[1];
        in.withConnection((Connection connection) -> certificate[0] = TlsSetup.peerCertificate(connection.channel()));
        return in.receive()
                .asString()
                .scan(String::concat)
                .filter(text -> text.endsWith("\n"))
                .next()
                .flatMap(question -> answer(certificate[0], question, out));
    }

    private Mono<Void> answer(@Nullable X509Certificate certificate, String question, NettyOutbound out) {
        String[] words = question.stripTrailing().split(" ", 2);
        byte[] token = words[0].isEmpty() ? null : words[0].getBytes(StandardCharsets.US_ASCII);
        Optional<Identity> identity = security.identify(certificate, token);
        if (identity.isEmpty()) {
            LOG.warn("a peer that nobody knows is refused");
            return Mono.empty();
        }
        LogId log = LogId.parse(words[1]);
        if (!identity.get().mayRead().test(log)) {
            LOG.warn("{} may not read log {}", identity.get().name(), log);
            return Mono.empty();
        }
        answered.incrementAndGet();
        return out.sendString(Mono.just(identity.get().name())).then();
    }

    /** When this returns nothing of it is told in the log any more. */
    @Override
    public void close() {
        server.disposeNow(SOON);
        loops.disposeLater(Duration.ZERO, SOON).block(SOON);
    }
}
