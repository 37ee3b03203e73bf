package io.walreceiver.spring.source;

import io.walreceiver.health.SourceState;
import io.walreceiver.transport.Transport;
import java.util.Optional;

/**
 * A directory of segments.
 *
 * @param transport reads it
 */
record DirectorySource(Transport transport) implements Source {

    @Override
    public Optional<SourceState> state() {
        return Optional.empty();
    }

    @Override
    public void close() {}
}
