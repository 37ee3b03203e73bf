package io.walreceiver.transport.netty.security;

/** Something would be open to others that should not be. The message says what, and the way out. */
public final class InsecureException extends RuntimeException {

    private static final long serialVersionUID = 1;

    InsecureException(String message) {
        super(message);
    }
}
