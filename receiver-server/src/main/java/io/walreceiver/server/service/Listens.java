package io.walreceiver.server.service;

/** What listens. */
public enum Listens {
    /** Segments that are pushed. */
    PUSH,
    /** Followers of this one. */
    PUBLISH,
    /** The dashboard and the API. */
    WEB
}
