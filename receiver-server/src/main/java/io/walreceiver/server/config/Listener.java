package io.walreceiver.server.config;

import io.walreceiver.server.input.Endpoint;
import java.nio.file.Path;
import java.util.Optional;

/** Something that listens, and how it knows its peers. */
public sealed interface Listener permits Push, Publish, Web {

    /** Where; empty if it does not. */
    Optional<Endpoint> listen();

    /** Who may connect and what he may do; empty for anyone. */
    Optional<Path> identities();

    /** Its files of TLS. */
    Tls tls();

    /** Whether it may listen outside of loopback without TLS or authentication. */
    boolean insecure();
}
