package io.walreceiver.spring;

import io.walreceiver.outcome.SegmentOutcome;
import reactor.core.publisher.Mono;

/**
 * Is told of each outcome of a receiver that {@link ReceiverLifecycle} has started: one after the other. Of several beans of this type each is
 * called, in their order.
 */
@FunctionalInterface
public interface OutcomeHandler {

    /**
     * Takes note of an outcome. Called on the receiver's threads, which must not be blocked.
     *
     * @return completes when the next outcome may come: as long as it does not, the receiver stands still, and with it the sender, once what it
     *     may take ahead is used up. What it fails with is logged, and changes nothing. It is subscribed to once, and never cancelled.
     */
    Mono<Void> handle(SegmentOutcome outcome);
}
