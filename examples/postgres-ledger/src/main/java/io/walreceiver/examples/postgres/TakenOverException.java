package io.walreceiver.examples.postgres;

/** Another follower has claimed the ledger: this one may write no more. */
public final class TakenOverException extends IllegalStateException {

    private static final long serialVersionUID = 1;

    /** @param newer who it is, and since when */
    TakenOverException(String newer) {
        super("the ledger was taken over by " + newer
                + "; this follower writes nothing more. Two must not follow into one ledger:"
                + " stop one of them, or give it a database schema of its own");
    }
}
