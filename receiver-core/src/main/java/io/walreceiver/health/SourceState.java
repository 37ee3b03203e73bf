package io.walreceiver.health;

import java.util.Map;

/**
 * How a source of segments stands.
 *
 * @param name whom it pulls from, or where it is pushed to; names differ
 * @param connected whether segments can come: the connection stands, pushes are listened for, or the source has said that its logs
 *     have ended
 * @param text the same in a sentence, with what went wrong last
 * @param reconnects how often a connection was tried after the first time
 * @param drops ended connections, by a word for the reason
 */
public record SourceState(String name, boolean connected, String text, long reconnects, Map<String, Long> drops) {

    public SourceState {
        drops = Map.copyOf(drops);
    }
}
