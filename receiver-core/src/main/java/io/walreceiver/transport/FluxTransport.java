package io.walreceiver.transport;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import reactor.core.publisher.Flux;

/** See {@link Transport#of}. */
record FluxTransport(Flux<WalSegmentPayload> segments) implements Transport {

    @Override
    public Flux<WalSegmentPayload> segments(Positions positions) {
        return segments;
    }

    @Override
    public void acknowledge(LogId log, long through) {}

    @Override
    public void request(LogId log, long from) {}

    @Override
    public void hold(LogId log, long from) {}

    @Override
    public boolean canSendAgain() {
        return false;
    }
}
