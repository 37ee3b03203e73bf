package io.walreceiver.spring.actuate;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.log.LogTrouble;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.transport.Heartbeat;
import io.walreceiver.transport.LeaderEpoch;
import io.walreceiver.transport.Positions;
import io.walreceiver.transport.Transport;
import java.util.Optional;
import java.util.OptionalLong;
import reactor.core.publisher.Flux;

/**
 * A transport of which each segment is observed.
 *
 * @param transport does the work
 * @param observations are made
 */
record ObservedTransport(Transport transport, SegmentObservations observations) implements Transport {

    @Override
    public Flux<WalSegmentPayload> segments(Positions positions) {
        return Flux.defer(() -> {
            observations.clear();
            return transport.segments(positions).doOnNext(observations::arrived);
        });
    }

    @Override
    public void decided(SegmentOutcome outcome) {
        observations.decided(outcome);
        transport.decided(outcome);
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
    public String toString() {
        return transport.toString();
    }
}
