package io.walreceiver;

/** The receiver has ended, or was asked to start a second time: a new one is needed to go on. */
public final class ReceiverEndedException extends ReceiverException {

    ReceiverEndedException(String message) {
        super(message, Remedy.OPERATOR);
    }
}
