package io.walreceiver.spring.actuate;

import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.transport.ForwardingTransport;
import io.walreceiver.transport.Positions;
import io.walreceiver.transport.Transport;
import reactor.core.publisher.Flux;

/** A transport of which each segment is observed. */
final class ObservedTransport extends ForwardingTransport {

    private final SegmentObservations observations;

    /**
     * Observes a transport's segments.
     *
     * @param transport does the work
     * @param observations are made
     */
    ObservedTransport(Transport transport, SegmentObservations observations) {
        super(transport);
        this.observations = observations;
    }

    @Override
    public Flux<WalSegmentPayload> segments(Positions positions) {
        return Flux.defer(() -> {
            observations.clear();
            return super.segments(positions).doOnNext(observations::arrived);
        });
    }

    @Override
    public void decided(SegmentOutcome outcome) {
        observations.decided(outcome);
        super.decided(outcome);
    }
}
