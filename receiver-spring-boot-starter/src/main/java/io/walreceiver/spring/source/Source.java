package io.walreceiver.spring.source;

import io.walreceiver.health.SourceState;
import io.walreceiver.transport.Transport;
import java.util.Optional;

/** One of the sources. */
interface Source {

    Transport transport();

    /** How it stands; empty if it cannot tell. */
    Optional<SourceState> state();

    void close();
}
