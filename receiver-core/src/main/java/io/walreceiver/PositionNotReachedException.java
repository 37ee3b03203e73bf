package io.walreceiver;

import io.walreceiver.format.LogId;
import java.time.Duration;

/** A log did not reach a position in the time that the caller was willing to wait. */
public final class PositionNotReachedException extends ReceiverException {

    private final transient LogId log;
    private final long expected;
    private final long applied;

    PositionNotReachedException(LogId log, long expected, long applied, Duration waited, String why) {
        super(
                "log " + log + ": expected position " + expected + " within " + waited + ", but " + applied
                        + " is applied (" + why + "); try again later",
                Remedy.RETRY);
        this.log = log;
        this.expected = expected;
        this.applied = applied;
    }

    /** The log. */
    public LogId log() {
        return log;
    }

    /** The position waited for. */
    public long expected() {
        return expected;
    }

    /** The position reached. */
    public long applied() {
        return applied;
    }
}
