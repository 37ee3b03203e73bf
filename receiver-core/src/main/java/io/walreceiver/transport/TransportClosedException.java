package io.walreceiver.transport;

/** A segment cannot be sent because its transport was closed or has ended its logs. Sending it again there cannot help. */
public final class TransportClosedException extends IllegalStateException {

    /** Makes an exception; the message names what was not sent, where, and what to do. */
    public TransportClosedException(String message) {
        super(message);
    }
}
