package io.walreceiver.server.web;

import java.util.Set;

/**
 * How a source of segments stands.
 *
 * @param address whom it pulls from, or where it is pushed to
 * @param state a word: connected, connecting, refused, listening ...
 * @param text the same in a sentence, with what went wrong last. It may hold what a peer said: text, never markup
 * @param reconnects how often a connection was tried after the first time
 */
public record SourceStatus(String address, String state, String text, long reconnects) {

    private static final Set<String> UP = Set.of("connected", "listening", "ended");

    /** Whether segments can come from it, or all have come. */
    public boolean canSend() {
        return UP.contains(state);
    }
}
