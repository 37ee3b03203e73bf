package io.walreceiver.transport.netty.security;

import io.netty.handler.ssl.SslContext;
import org.jspecify.annotations.Nullable;

/** How a client shows who it is, and knows its server. Methods may be called from any thread and return without waiting. */
public interface ClientSecurity {

    /** None: plain connections without a token. For loopback. */
    ClientSecurity NONE = new ClientSecurity() {
        @Override
        public @Nullable SslContext tls() {
            return null;
        }

        @Override
        public byte @Nullable [] token() {
            return null;
        }
    };

    /** For a connection that is made now, verifying host names; null for a plain one. */
    @Nullable
    SslContext tls();

    /** What to send as token; null for none. Not copied; not to be changed or logged. */
    byte @Nullable [] token();
}
