package io.walreceiver.server.web;

/** Something that the follower answers: a part of its API, its pages or its operations. */
@FunctionalInterface
public interface WebFeature {

    /** Adds its routes. */
    void addTo(WebRoutes routes);
}
