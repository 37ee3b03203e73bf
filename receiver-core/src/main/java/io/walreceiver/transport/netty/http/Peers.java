package io.walreceiver.transport.netty.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.walreceiver.transport.netty.security.Identity;
import io.walreceiver.transport.netty.security.ServerSecurity;
import io.walreceiver.transport.netty.security.TlsSetup;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.server.HttpServerRequest;

/**
 * Tells who sends a request: by the certificate of its connection, or by its token ({@code Authorization: Bearer ...}).
 *
 * @param security knows who is who
 */
public record Peers(ServerSecurity security) {

    private static final String BEARER = "Bearer ";

    /** Who it is; empty if nobody is known by what was shown. On the event loop of the request. */
    public Optional<Identity> identify(HttpServerRequest request) {
        AtomicReference<@Nullable X509Certificate> certificate = new AtomicReference<>();
        request.withConnection(connection -> certificate.set(TlsSetup.peerCertificate(connection.channel())));
        return security.identify(
                certificate.get(), token(request.requestHeaders().get(HttpHeaderNames.AUTHORIZATION)));
    }

    private static byte @Nullable [] token(@Nullable String authorization) {
        return authorization == null || !authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
                ? null
                : authorization.substring(BEARER.length()).strip().getBytes(StandardCharsets.UTF_8);
    }
}
