package io.walreceiver.transport.netty.tcp;

import java.util.Map;

/**
 * How a follower's connection stands.
 *
 * @param state what it is doing
 * @param text the same with the details: the address, and what went wrong last
 * @param reconnects how often a connection was tried after the first time
 * @param drops ended connections by reason
 */
public record TcpStatus(State state, String text, long reconnects, Map<Drop, Long> drops) {

    /** What a follower's end can be doing. */
    public enum State {
        /** Nobody has subscribed, or the subscription is over. */
        IDLE,
        /** No connection yet, or no more; it is being tried. */
        CONNECTING,
        /** The publisher and this follower know each other. */
        CONNECTED,
        /** The publisher will not talk to this follower; it is tried again slowly. */
        REFUSED,
        /** The publisher's logs have ended. */
        ENDED
    }
}
