package io.walreceiver.transport.netty.tcp;

/** What came from the peer is not what the protocol has at this place. The connection is of no use any more. */
final class ProtocolException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** The message names the frame, the offset in it, and what was expected against what came. */
    ProtocolException(String message) {
        super(message, null, false, false); // a hostile peer must not make us walk stacks
    }
}
