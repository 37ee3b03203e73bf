package io.walreceiver.transport.netty.tcp;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Pauses that double, each shortened by up to a half at random, so that followers do not come back all at once. */
final class Backoff {

    private final long minNanos;
    private final long maxNanos;
    private long nextNanos;

    Backoff(Duration min, Duration max) {
        this.minNanos = min.toNanos();
        this.maxNanos = max.toNanos();
        this.nextNanos = minNanos;
    }

    long nextNanos() {
        long pause = nextNanos;
        nextNanos = Math.min(maxNanos, nextNanos > maxNanos / 2 ? maxNanos : nextNanos * 2);
        return jittered(pause);
    }

    long longestNanos() {
        return jittered(maxNanos);
    }

    void reset() {
        nextNanos = minNanos;
    }

    private static long jittered(long nanos) {
        return nanos - ThreadLocalRandom.current().nextLong(nanos / 2 + 1);
    }
}
