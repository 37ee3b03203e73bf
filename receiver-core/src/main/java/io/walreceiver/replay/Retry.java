package io.walreceiver.replay;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** Tries something again after pauses that double. Belongs to the log's writer: called in its turn. */
final class Retry {

    private final ReplayRules rules;
    private final Runnable attempt;
    private boolean waiting;
    private long pauseNanos;

    /**
     * @param attempt called on the timer's thread; leads to {@link #begins} in the log's turn
     */
    Retry(ReplayRules rules, Runnable attempt) {
        this.rules = rules;
        this.attempt = attempt;
    }

    /** It failed. */
    void failed() {
        if (waiting) {
            return;
        }
        pauseNanos = Math.max(
                rules.minRetryDelay().toNanos(),
                Math.min(2 * pauseNanos, rules.maxRetryDelay().toNanos()));
        try {
            rules.timer().schedule(attempt, pauseNanos, TimeUnit.NANOSECONDS);
            waiting = true;
        } catch (RejectedExecutionException e) {
            // The receiver has ended: nothing is tried any more.
        }
    }

    /** The attempt has its turn. */
    void begins() {
        waiting = false;
    }

    /** It worked: pauses start over. */
    void succeeded() {
        pauseNanos = 0;
    }
}
