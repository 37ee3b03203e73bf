package io.walreceiver.transport.netty.http;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

/** Tries again after pauses that double, with jitter, and are no shorter than the other side asks for (within the longest). */
record Backoff(Duration min, Duration max, Scheduler timer) {

    private static final double JITTER = 0.25;
    private static final int MAX_DOUBLINGS = 30;

    /** The other side cannot now. */
    static final class ComeAgain extends RuntimeException {

        private final transient Duration after;

        ComeAgain(Throwable why, Duration after) {
            super(why.getMessage(), why, false, false);
            this.after = after;
        }
    }

    Retry unless(Predicate<Throwable> hopeless) {
        return Retry.from(failures -> failures.concatMap(failure -> hopeless.test(failure.failure())
                ? Mono.error(failure.failure())
                : Mono.delay(pause(failure.totalRetries(), failure.failure()), timer)));
    }

    /** @param tried how often it was tried again, so far */
    Duration pause(long tried) {
        return pause(tried, 0);
    }

    private Duration pause(long tried, Throwable failure) {
        return pause(tried, failure instanceof ComeAgain come ? (double) come.after.toSeconds() * 1e9 : 0);
    }

    private Duration pause(long tried, double asked) {
        double nanos = (double) min.toNanos() * (1L << Math.min(tried, MAX_DOUBLINGS));
        double jitter = 1 + JITTER * ThreadLocalRandom.current().nextDouble();
        return Duration.ofNanos((long) Math.min(Math.max(nanos, asked) * jitter, max.toNanos()));
    }
}
