package io.walreceiver;

/** What the receiver's own methods fail with. Faults of segments are outcomes, not exceptions. */
public abstract sealed class ReceiverException extends RuntimeException
        permits PositionNotReachedException, ReceiverEndedException {

    /** Who can do something about it. */
    public enum Remedy {
        /** The caller, by trying again later. */
        RETRY,
        /** Whoever runs the program. */
        OPERATOR
    }

    private final Remedy remedy;

    ReceiverException(String message, Remedy remedy) {
        super(message);
        this.remedy = remedy;
    }

    /** Who can do something about it. */
    public Remedy remedy() {
        return remedy;
    }
}
