package io.walreceiver.storage;

import java.time.Duration;

/**
 * When what was appended is made durable, and so acknowledged. Under either, an fsync covers everything a log has written when it
 * begins, replay goes on beside it, and nothing is acknowledged before.
 *
 * @param interval how long to gather before an fsync; zero for at once
 */
public record CommitPolicy(Duration interval) {

    /** As soon as something was appended and the fsync before it has ended: what comes meanwhile shares the next one. */
    public static CommitPolicy commit() {
        return new CommitPolicy(Duration.ZERO);
    }

    /**
     * At most one fsync a log in each interval: fewer of them, and senders wait so much longer for their acknowledgements.
     *
     * @param interval more than 0, up to an hour
     */
    public static CommitPolicy interval(Duration interval) {
        if (interval.isZero()) {
            throw new IllegalArgumentException("commit interval " + interval + ": must be more than 0");
        }
        return new CommitPolicy(interval);
    }

    public CommitPolicy {
        if (interval.isNegative() || interval.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("commit interval " + interval + ": must be 0 up to an hour");
        }
    }
}
