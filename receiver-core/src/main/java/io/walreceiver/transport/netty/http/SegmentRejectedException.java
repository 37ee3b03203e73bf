package io.walreceiver.transport.netty.http;

import java.util.OptionalLong;

/** A follower refused what was pushed, and would refuse it again: trying again is no help. */
public final class SegmentRejectedException extends RuntimeException {

    private final int status;
    private final String problem;
    private final long expected;

    SegmentRejectedException(String message, int status, String problem, long expected) {
        super(message);
        this.status = status;
        this.problem = problem;
        this.expected = expected;
    }

    /** Of HTTP, 300 or more. */
    public int status() {
        return status;
    }

    /** What kind of problem it is, for example {@code gap}, {@code diverged}, {@code fenced}, {@code corrupt}; empty if it was not said. */
    public String problem() {
        return problem;
    }

    /** The event that the follower needs next, if it said so: where to go on after a gap. */
    public OptionalLong expected() {
        return expected < 1 ? OptionalLong.empty() : OptionalLong.of(expected);
    }
}
