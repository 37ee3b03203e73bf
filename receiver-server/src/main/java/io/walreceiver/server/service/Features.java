package io.walreceiver.server.service;

import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.server.config.ServerConfig;
import io.walreceiver.server.web.Follower;
import io.walreceiver.server.web.WebFeature;
import java.util.List;
import java.util.function.Consumer;

/**
 * What the service can do besides following: this is the place to add to it. A feature that is {@link AutoCloseable} is closed when the
 * service ends, after everything has been drained and before the listeners stop: its streams can say goodbye.
 *
 * @param web what is answered over HTTP; of two that answer the same, the first does
 * @param observers are told of each outcome; must not block or throw
 */
record Features(List<WebFeature> web, List<Consumer<SegmentOutcome>> observers) {

    static Features of(Follower follower, ServerConfig config) {
        return new Features(List.of(), List.of());
    }
}
