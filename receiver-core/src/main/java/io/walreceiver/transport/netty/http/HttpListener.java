package io.walreceiver.transport.netty.http;

import io.netty.channel.Channel;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.walreceiver.transport.netty.security.ServerSecurity;
import io.walreceiver.transport.netty.security.TlsSetup;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.Consumer;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.NettyPipeline;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRoutes;
import reactor.netty.resources.LoopResources;

/**
 * A server over HTTP/1.1 with threads of its own, with TLS if the security says so: what that gives counts from the next connection on.
 * It guards itself against peers that dawdle or run ahead; what is answered is its routes' affair, those of an {@link HttpPushTransport},
 * say.
 */
public final class HttpListener {

    private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration REQUEST_DEADLINE = Duration.ofSeconds(60);
    /** Without it a connection that is accepted while the threads end is registered with one that is gone: nobody would ever close it. */
    private static final Duration QUIET = Duration.ofMillis(50);

    private static final int MAX_CONNECTIONS = 1024;
    private static final int MAX_LINE_BYTES = 4 << 10;
    private static final int MAX_HEADER_BYTES = 16 << 10;

    private final DisposableServer server;
    private final LoopResources loops;

    private HttpListener(DisposableServer server, LoopResources loops) {
        this.server = server;
        this.loops = loops;
    }

    /**
     * Starts a server of a transport with the default limits: 1,024 connections, 60 s for a connection to bring its next request.
     *
     * @param host name or address to listen on
     * @param port 0 for any that is free
     * @return when subscribed to, binds; fails if that cannot be done. Cancelling before it emits gives the address back.
     */
    public static Mono<HttpListener> start(HttpPushTransport transport, String host, int port) {
        return start(transport.routes(), transport.security(), host, port, MAX_CONNECTIONS, REQUEST_DEADLINE);
    }

    /**
     * Starts a server.
     *
     * @param routes what is answered
     * @param security gives the TLS of new connections; who is at their other end, the routes ask it
     * @param host name or address to listen on
     * @param port 0 for any that is free
     * @param maxConnections most connections at a time; 1 or more. Further ones are closed.
     * @param requestDeadline how long a connection may take to bring a whole head of a request, from its beginning or from the last
     *     answer
     * @return when subscribed to, binds; fails if that cannot be done. Cancelling before it emits gives the address back.
     */
    public static Mono<HttpListener> start(
            Consumer<? super HttpServerRoutes> routes,
            ServerSecurity security,
            String host,
            int port,
            int maxConnections,
            Duration requestDeadline) {
        return Mono.create(sink -> {
            LoopResources loops = LoopResources.create("wal-http", LoopResources.DEFAULT_IO_WORKER_COUNT, true);
            Disposable binding = server(security)
                    .host(host)
                    .port(port)
                    .runOn(loops)
                    .protocol(HttpProtocol.HTTP11)
                    .maxConnections(maxConnections)
                    .httpRequestDecoder(
                            spec -> spec.maxInitialLineLength(MAX_LINE_BYTES).maxHeaderSize(MAX_HEADER_BYTES))
                    .doOnChannelInit((observer, channel, remote) -> guard(channel, requestDeadline))
                    .channelGroup(new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE))
                    .route(routes)
                    .bind()
                    .map(server -> new HttpListener(server, loops))
                    .onErrorResume(failure -> loops.disposeLater(Duration.ZERO, Duration.ofSeconds(1))
                            .then(Mono.error(failure)))
                    .subscribe(sink::success, sink::error);
            sink.onCancel(Disposables.composite(binding, loops)); // without its threads nothing of it stays open
        });
    }

    private static HttpServer server(ServerSecurity security) {
        return security.tls() == null
                ? HttpServer.create()
                : HttpServer.create()
                        .secure(TlsSetup.server(security, HANDSHAKE_TIMEOUT))
                        .doOnChannelInit(TlsSetup.refusals());
    }

    private static void guard(Channel channel, Duration requestDeadline) {
        channel.pipeline().addAfter(NettyPipeline.HttpCodec, "wal.guard", new RequestGuard(requestDeadline));
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return (InetSocketAddress) server.address();
    }

    /**
     * Listens no more, and ends. To be told after what is behind the routes was stopped, which answers what is open.
     *
     * @param grace how long requests that are under way may take
     * @return when subscribed to, stops; completes when connections and threads have ended. Never fails. Once is enough, more do no harm; a cancel may
     *     leave it half done, for the next call.
     */
    public Mono<Void> stop(Duration grace) {
        return Mono.fromRunnable(() -> server.disposeNow(grace)) // waits for requests, as there is a channel group
                .subscribeOn(Schedulers.boundedElastic())
                .onErrorComplete()
                .then(Mono.defer(
                        () -> loops.disposeLater(QUIET, Duration.ofSeconds(1)).onErrorComplete()));
    }
}
