package io.walreceiver.route;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes of all segments between their arrival and their outcome. Taken by the router alone, given back by any thread.
 *
 * <p>A log may hold at most half of what is free (a dynamic threshold), so that no log ever takes the last of the budget; a log
 * that holds nothing may always try up to the whole of it.
 */
final class InFlightBudget {

    private final long max;
    private final long maxPerLog;
    private final AtomicLong taken = new AtomicLong();
    private volatile long peak;

    InFlightBudget(long max, long maxPerLog) {
        this.max = max;
        this.maxPerLog = maxPerLog;
    }

    /** Takes {@code size} bytes for a log that has {@code ofLog} already, or none; router only. */
    boolean take(long size, long ofLog) {
        long total = taken.get();
        boolean fits = ofLog == 0 ? size <= max - total : ofLog + size <= Math.min(maxPerLog, (max - total) / 2);
        if (fits) {
            long now = taken.addAndGet(size);
            if (now > peak) {
                peak = now;
            }
        }
        return fits;
    }

    void give(long size) {
        taken.addAndGet(-size);
    }

    /** Whether a log is short of room because of the others: its own bound would let it have {@code size} more. */
    boolean withinLogBound(long size, long ofLog) {
        return ofLog == 0 || ofLog + size <= maxPerLog;
    }

    long taken() {
        return taken.get();
    }

    long peak() {
        return peak;
    }

    long max() {
        return max;
    }
}
