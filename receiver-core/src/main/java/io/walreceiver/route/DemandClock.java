package io.walreceiver.route;

import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;

/**
 * A clock that runs only while somebody wants an outcome. A log is called slow by this clock: otherwise a reader who takes his
 * time would make healthy logs look as if they stood still.
 */
final class DemandClock {

    private final Scheduler timer;
    private long wanted;
    private long ranNanos;
    private long runsSince;

    DemandClock(Scheduler timer) {
        this.timer = timer;
    }

    <T> Flux<T> count(Flux<T> outcomes) {
        return outcomes.doOnRequest(this::requested).doOnNext(outcome -> emitted());
    }

    /** How long outcomes have been wanted so far, in nanoseconds. */
    synchronized long nanos() {
        return wanted > 0 ? ranNanos + timer.now(TimeUnit.NANOSECONDS) - runsSince : ranNanos;
    }

    private synchronized void requested(long n) {
        if (wanted == 0) {
            runsSince = timer.now(TimeUnit.NANOSECONDS);
        }
        wanted = Operators.addCap(wanted, n);
    }

    private synchronized void emitted() {
        if (wanted != Long.MAX_VALUE && wanted > 0 && --wanted == 0) {
            ranNanos += timer.now(TimeUnit.NANOSECONDS) - runsSince;
        }
    }
}
