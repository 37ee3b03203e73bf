package io.walreceiver.transport;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.log.LogTrouble;
import io.walreceiver.outcome.SegmentOutcome;
import java.util.Optional;
import java.util.OptionalLong;
import reactor.core.publisher.Flux;

/**
 * A transport that does what another one does, but for what a subclass overrides: whoever looks on, or changes something, does not lose what
 * has a default in {@link Transport}, such as heads and heartbeats.
 */
public abstract class ForwardingTransport implements Transport {

    private final Transport transport;

    /**
     * Forwards everything.
     *
     * @param transport does the work
     */
    protected ForwardingTransport(Transport transport) {
        this.transport = transport;
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
    public OptionalLong head(LogId log) {
        return transport.head(log);
    }

    @Override
    public Optional<Heartbeat> heartbeat(LogId log) {
        return transport.heartbeat(log);
    }

    @Override
    public Optional<LogTrouble> trouble(LogId log) {
        return transport.trouble(log);
    }

    @Override
    public Optional<LeaderEpoch> epoch(LogId log) {
        return transport.epoch(log);
    }

    @Override
    public Flux<LogId> changes() {
        return transport.changes();
    }

    @Override
    public void decided(SegmentOutcome outcome) {
        transport.decided(outcome);
    }

    @Override
    public String toString() {
        return transport.toString();
    }
}
