package io.walreceiver.transport.netty.tcp;

/** Why a connection came to its end, by which they are counted. */
public enum Drop {
    /** Closed or reset by the peer, or by the network. */
    LOST,
    /** This end was told to stop. */
    STOPPED,
    /** The publisher said good-bye. */
    BYE,
    /** The publisher has more connections than it may have. */
    TOO_MANY,
    /** No connection could be made. */
    UNREACHABLE,
    /** TLS could not be agreed upon. */
    TLS,
    /** The follower is not known, or speaks another version. */
    REFUSED,
    /** No greeting within the handshake timeout. */
    HANDSHAKE,
    /** What came is not what the protocol says. */
    PROTOCOL,
    /** No whole frame came for the idle timeout. */
    IDLE,
    /** The peer took nothing for the write-stall timeout. */
    STALLED,
    /** What is published could not be read. */
    SOURCE,
    /** An error of this end. */
    FAILED
}
