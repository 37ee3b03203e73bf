package io.walreceiver.transport;

import io.walreceiver.format.WalSegmentPayload;
import reactor.core.publisher.Mono;

/** The leader's side of a transport. */
public interface Shipper {

    /**
     * Ships a segment to the followers.
     *
     * @return when subscribed to, offers the segment; completes once it has been taken into the log's window, which may mean
     *     waiting until followers acknowledge earlier ones. Fails with {@link TransportClosedException} if the transport is closed.
     *     Cancelling before completion withdraws the offer. Safe to call and subscribe to from several threads; offers of one log
     *     are taken in the order of subscription. The bytes must not change afterwards.
     */
    Mono<Void> send(WalSegmentPayload segment);
}
