package io.walreceiver.server.web;

/**
 * Something that the follower answers: a part of its API, its pages or its operations. One that is {@link AutoCloseable} is closed after the
 * server has stopped.
 */
@FunctionalInterface
public interface WebFeature {

    /** Adds its routes. */
    void addTo(WebRoutes routes);

    /** Ends the answers that go on, cleanly, as the server is about to stop. Returns at once. */
    default void endStreams() {}
}
