package io.walreceiver.server.web;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Mono;

/** Bounds how many pieces of work are under way at a time. Safe for use by any thread. */
public final class Places {

    private static final Duration COME_AGAIN = Duration.ofSeconds(1);

    private final int most;
    private final String work;
    private final AtomicInteger taken = new AtomicInteger();

    /**
     * All free.
     *
     * @param most 1 or more
     * @param work what takes a place, in the plural, as the problem tells it
     */
    public Places(int most, String work) {
        this.most = most;
        this.work = work;
    }

    /** How many are taken. */
    public int taken() {
        return taken.get();
    }

    /**
     * The same work, once there is a place for it.
     *
     * @return takes a place when subscribed to, fails with {@link ProblemException}, status 429, if none is free, and gives it back when
     *     the work ends or is cancelled
     */
    public <T> Mono<T> within(Mono<T> something) {
        return Mono.defer(() -> {
            if (taken.incrementAndGet() > most) {
                taken.decrementAndGet();
                return Mono.error(full());
            }
            return something.doFinally(signal -> taken.decrementAndGet());
        });
    }

    private ProblemException full() {
        return ProblemException.of(
                        429,
                        "too-many",
                        "Too much is asked for at once",
                        "expected at most " + most + " " + work + " at a time; try again in " + COME_AGAIN.toSeconds()
                                + " s")
                .retryAfter(COME_AGAIN);
    }
}
