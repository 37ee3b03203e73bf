package io.walreceiver.transport.netty.security;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import reactor.core.scheduler.Scheduler;

/** Warnings that peers can provoke: no more than one a second, each with the number of those that were left out. */
public final class LimitedLog {

    private static final long PAUSE_MILLIS = 1000;

    private final Logger log;
    private final Scheduler timer;
    private long nextMillis = Long.MIN_VALUE;
    private long leftOut;

    /**
     * Warnings of one kind.
     *
     * @param log where they go
     * @param timer tells the time
     */
    public LimitedLog(Logger log, Scheduler timer) {
        this.log = log;
        this.timer = timer;
    }

    /** Warns, unless that was done a moment ago. Any thread; a peer's own text must have been made printable. */
    public void warn(String message) {
        long without = claim(timer.now(TimeUnit.MILLISECONDS));
        if (without >= 0) {
            log.warn("{}{}", message, without == 0 ? "" : " (" + without + " warnings like this were left out)");
        }
    }

    /** The number of warnings left out since the last one; -1 if this one is to be left out too. */
    private synchronized long claim(long nowMillis) {
        if (nowMillis < nextMillis) {
            leftOut++;
            return -1;
        }
        nextMillis = nowMillis + PAUSE_MILLIS;
        long without = leftOut;
        leftOut = 0;
        return without;
    }
}
