package io.walreceiver.transport.netty.security;

import io.netty.handler.ssl.SslContext;
import java.security.cert.X509Certificate;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How a server knows its peers. Methods may be called from any thread and return without waiting: event loops call them. */
public interface ServerSecurity {

    /** None: plain connections, from anyone. For loopback. */
    ServerSecurity NONE = new ServerSecurity() {
        @Override
        public @Nullable SslContext tls() {
            return null;
        }

        @Override
        public Optional<Identity> identify(@Nullable X509Certificate certificate, byte @Nullable [] token) {
            return Optional.of(Identity.ANYONE);
        }
    };

    /** For a connection that is accepted now; null for a plain one. It may be another one next time: files were replaced. */
    @Nullable
    SslContext tls();

    /**
     * Who it is.
     *
     * @param certificate the one that the peer showed, which TLS has verified; null if it showed none
     * @param token what it sent as its token; null if nothing
     * @return empty if nobody is known by these: then he gets nothing
     */
    Optional<Identity> identify(@Nullable X509Certificate certificate, byte @Nullable [] token);
}
