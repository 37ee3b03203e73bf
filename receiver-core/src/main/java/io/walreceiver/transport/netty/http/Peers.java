package io.walreceiver.transport.netty.http;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.ssl.SslHandler;
import io.walreceiver.transport.netty.security.Identity;
import io.walreceiver.transport.netty.security.ServerSecurity;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.server.HttpServerRequest;

/** Who sends a request: by the certificate of its connection, or by its token. */
record Peers(ServerSecurity security) {

    private static final String BEARER = "Bearer ";

    Optional<Identity> identify(HttpServerRequest request) {
        X509Certificate[] certificate = new X509Certificate[1];
        request.withConnection(connection -> certificate[0] = certificate(connection.channel()));
        return security.identify(certificate[0], token(request.requestHeaders().get(HttpHeaderNames.AUTHORIZATION)));
    }

    private static byte @Nullable [] token(@Nullable String authorization) {
        return authorization == null || !authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
                ? null
                : authorization.substring(BEARER.length()).strip().getBytes(StandardCharsets.UTF_8);
    }

    private static @Nullable X509Certificate certificate(Channel channel) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            return null;
        }
        try {
            Certificate[] shown = tls.engine().getSession().getPeerCertificates();
            return shown.length > 0 && shown[0] instanceof X509Certificate first ? first : null;
        } catch (SSLPeerUnverifiedException e) {
            return null; // it showed none
        }
    }
}
