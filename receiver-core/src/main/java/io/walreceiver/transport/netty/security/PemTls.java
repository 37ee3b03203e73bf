package io.walreceiver.transport.netty.security;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.util.Objects;
import javax.net.ssl.SSLException;

/** TLS 1.3, and nothing older, by the JDK. Its contexts are plain objects: there is nothing to release. */
final class PemTls {

    private static final String VERSION = "TLSv1.3";

    private PemTls() {}

    /** A server's; where CAs are named, it asks for certificates. */
    static ServerContexts server(TlsMaterial material) throws SSLException {
        return material.trusted().isEmpty()
                ? new ServerContexts(server(material, ClientAuth.NONE), server(material, ClientAuth.NONE))
                : new ServerContexts(server(material, ClientAuth.REQUIRE), server(material, ClientAuth.OPTIONAL));
    }

    private static SslContext server(TlsMaterial material, ClientAuth clientAuth) throws SSLException {
        SslContextBuilder builder =
                SslContextBuilder.forServer(Objects.requireNonNull(material.key()), material.chain());
        if (!material.trusted().isEmpty()) {
            builder.trustManager(material.trusted());
        }
        return builder.sslProvider(SslProvider.JDK)
                .protocols(VERSION)
                .clientAuth(clientAuth)
                .build();
    }

    /** A client's: the server's certificate has to be for the host that is connected to. */
    static SslContext client(TlsMaterial material) throws SSLException {
        SslContextBuilder builder = SslContextBuilder.forClient();
        if (material.key() != null) {
            builder.keyManager(material.key(), material.chain());
        }
        if (!material.trusted().isEmpty()) {
            builder.trustManager(material.trusted());
        }
        return builder.sslProvider(SslProvider.JDK)
                .protocols(VERSION)
                .endpointIdentificationAlgorithm("HTTPS")
                .build();
    }

    /**
     * For the two kinds of servers.
     *
     * @param required refuses clients without a certificate
     * @param optional lets them show a token instead
     */
    record ServerContexts(SslContext required, SslContext optional) {}
}
