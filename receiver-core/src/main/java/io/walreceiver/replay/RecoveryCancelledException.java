package io.walreceiver.replay;

/** The receiver was stopped while the log recovered: nothing is wrong with it. */
final class RecoveryCancelledException extends RuntimeException {

    private static final long serialVersionUID = 1;

    RecoveryCancelledException() {
        super("the receiver was stopped", null, false, false);
    }
}
