package io.walreceiver.server.web.read;

import io.walreceiver.format.LogId;
import io.walreceiver.transport.ForwardingTransport;
import io.walreceiver.transport.Heartbeat;
import io.walreceiver.transport.LeaderEpoch;
import io.walreceiver.transport.Transport;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/** A transport whose leader says what the test lets it say. */
final class Telling extends ForwardingTransport {

    private final Map<LogId, Heartbeat> heartbeats = new ConcurrentHashMap<>();
    private final Map<LogId, LeaderEpoch> epochs = new ConcurrentHashMap<>();

    Telling(Transport transport) {
        super(transport);
    }

    Map<LogId, Heartbeat> heartbeats() {
        return heartbeats;
    }

    Map<LogId, LeaderEpoch> epochs() {
        return epochs;
    }

    @Override
    public OptionalLong head(LogId log) {
        return OptionalLong.empty();
    }

    @Override
    public Optional<Heartbeat> heartbeat(LogId log) {
        return Optional.ofNullable(heartbeats.get(log));
    }

    @Override
    public Optional<LeaderEpoch> epoch(LogId log) {
        return Optional.ofNullable(epochs.get(log));
    }
}
