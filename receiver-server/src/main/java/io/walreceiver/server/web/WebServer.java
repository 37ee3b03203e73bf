package io.walreceiver.server.web;

import io.walreceiver.transport.netty.http.HttpListener;
import io.walreceiver.transport.netty.security.ServerSecurity;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Mono;

/** Answers what features add. */
public final class WebServer {

    private static final int MAX_CONNECTIONS = 8192;
    private static final Duration REQUEST_DEADLINE = Duration.ofSeconds(60);

    private WebServer() {}

    /**
     * Starts a server.
     *
     * @param security tells who calls, and gives the TLS of connections
     * @param host name or address to listen on
     * @param port 0 for any that is free
     * @param features in the order in which their routes are looked at
     * @return when subscribed to, binds; fails if that cannot be done. Cancelling before it emits gives the address back
     */
    public static Mono<HttpListener> start(ServerSecurity security, String host, int port, List<WebFeature> features) {
        return start(security, host, port, List.of(), features, MAX_CONNECTIONS, REQUEST_DEADLINE);
    }

    /**
     * Starts a server that names lead to.
     *
     * @param security tells who calls, and gives the TLS of connections
     * @param host name or address to listen on
     * @param port 0 for any that is free
     * @param names beside the host, as which browsers and others may ask for it; see {@link RequestOrigin}
     * @param features in the order in which their routes are looked at
     * @param maxConnections most connections at a time; 1 or more. Further ones are closed
     * @param requestDeadline how long a connection may take to bring a whole head of a request
     * @return when subscribed to, binds; fails if that cannot be done. Cancelling before it emits gives the address back
     */
    public static Mono<HttpListener> start(
            ServerSecurity security,
            String host,
            int port,
            List<String> names,
            List<WebFeature> features,
            int maxConnections,
            Duration requestDeadline) {
        return Mono.defer(() -> {
            WebRoutes routes = new WebRoutes(security, new RequestOrigin(host, names));
            features.forEach(feature -> feature.addTo(routes));
            return HttpListener.start(routes, security, host, port, maxConnections, requestDeadline);
        });
    }
}
