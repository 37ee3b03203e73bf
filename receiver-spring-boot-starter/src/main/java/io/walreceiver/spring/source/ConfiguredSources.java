package io.walreceiver.spring.source;

import io.walreceiver.health.SourceState;
import io.walreceiver.transport.Transport;
import java.util.List;

/** The sources that the configuration names. */
public final class ConfiguredSources implements AutoCloseable {

    private final List<Source> sources;
    private final Transport transport;

    ConfiguredSources(List<Source> sources) {
        this.sources = List.copyOf(sources);
        this.transport = Transport.merge(sources.stream().map(Source::transport).toList());
    }

    /** What all of them send. */
    public Transport transport() {
        return transport;
    }

    /** How those stand that can tell. */
    public List<SourceState> states() {
        return sources.stream().flatMap(source -> source.state().stream()).toList();
    }

    /** Lets go of files that are watched for them. */
    @Override
    public void close() {
        sources.forEach(Source::close);
    }
}
