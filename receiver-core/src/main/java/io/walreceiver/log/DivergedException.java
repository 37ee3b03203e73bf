package io.walreceiver.log;

import io.walreceiver.format.LogId;

/** A leader's epoch cannot be followed: it began below events that the follower holds, so they are of another history. */
public final class DivergedException extends IllegalStateException {

    private static final long serialVersionUID = 1;

    private final long received;

    /**
     * @param log the log
     * @param epoch number of the epoch
     * @param start last event that its leader took over
     * @param received last event that the follower holds, durable or not yet: more than {@code start}
     */
    public DivergedException(LogId log, long epoch, long start, long received) {
        super("log " + log + ": epoch " + epoch + " began after event " + start + ", and events up to " + received
                + " of the one before are held here");
        this.received = received;
    }

    /** Last event that the follower holds, durable or not yet. */
    public long received() {
        return received;
    }
}
