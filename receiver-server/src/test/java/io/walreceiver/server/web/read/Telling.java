package io.walreceiver.server.web.read;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.transport.Heartbeat;
import io.walreceiver.transport.LeaderEpoch;
import io.walreceiver.transport.Positions;
import io.walreceiver.transport.Transport;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Flux;

/** A transport whose leader says what the test lets it say. */
record Telling(Transport transport, Map<LogId, Heartbeat> heartbeats, Map<LogId, LeaderEpoch> epochs)
        implements Transport {

    Telling(Transport transport) {
        this(transport, new ConcurrentHashMap<>(), new ConcurrentHashMap<>());
    }

    @Override
    public Flux<WalSegmentPayload> segments(Positions positions) {
        return transport.segments(positions);
    }

    @Override
    public void acknowledge(LogId log, long through) {
        transport.acknowledge(log, through);
    }

    @Override
    public void request(LogId log, long from) {
        transport.request(log, from);
    }

    @Override
    public void hold(LogId log, long from) {
        transport.hold(log, from);
    }

    @Override
    public boolean canSendAgain() {
        return transport.canSendAgain();
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
