package io.walreceiver.server.web.admin;

import io.walreceiver.server.web.ProblemException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Mono;

/** So many at a time. Any thread. */
final class Gate {

    private static final Duration LATER = Duration.ofSeconds(1);

    private final String what;
    private final int most;
    private final AtomicInteger inside = new AtomicInteger();

    Gate(String what, int most) {
        this.what = what;
        this.most = most;
    }

    /** The work, from its subscription to its end; fails with status 503 if there is no room. */
    <T> Mono<T> enter(Mono<T> work) {
        return Mono.defer(() -> {
            if (inside.incrementAndGet() > most) {
                inside.decrementAndGet();
                return Mono.error(ProblemException.of(
                                503,
                                "busy",
                                "Too much is under way",
                                "expected at most " + most + " " + what + " at a time; come again")
                        .retryAfter(LATER));
            }
            return Mono.using(() -> inside, taken -> work, AtomicInteger::decrementAndGet); // before the end is told
        });
    }
}
