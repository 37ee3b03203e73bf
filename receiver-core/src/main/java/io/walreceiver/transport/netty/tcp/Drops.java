package io.walreceiver.transport.netty.tcp;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/** Counts ended connections by reason, and logs a reason at most every few seconds. Any thread. */
final class Drops {

    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final AtomicLongArray counts = new AtomicLongArray(Drop.values().length);
    private final long[] loggedAt = new long[Drop.values().length];
    private final long[] unlogged = new long[Drop.values().length];
    private final Logger logger;

    Drops(Logger logger) {
        this.logger = logger;
    }

    /** Counts, and tells unless that was done a short while ago; an orderly end is no news, and one who hangs up no reason to warn. */
    void count(Drop drop, String what) {
        int index = drop.ordinal();
        counts.incrementAndGet(index);
        if (drop == Drop.STOPPED || drop == Drop.BYE) {
            logger.debug("{}", what);
            return;
        }
        long others;
        synchronized (loggedAt) {
            long now = System.nanoTime();
            if (loggedAt[index] != 0 && now - loggedAt[index] < PAUSE_NANOS) {
                unlogged[index]++;
                return;
            }
            loggedAt[index] = now;
            others = unlogged[index];
            unlogged[index] = 0;
        }
        logger.atLevel(drop == Drop.LOST ? Level.INFO : Level.WARN)
                .log("{}{}", what, others == 0 ? "" : " (and " + others + " like it since this was said last)");
    }

    /** Those that have happened. */
    Map<Drop, Long> counts() {
        Map<Drop, Long> snapshot = new EnumMap<>(Drop.class);
        for (Drop drop : Drop.values()) {
            long count = counts.get(drop.ordinal());
            if (count > 0) {
                snapshot.put(drop, count);
            }
        }
        return snapshot;
    }
}
