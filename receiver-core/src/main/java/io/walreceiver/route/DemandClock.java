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
    private final Runnable started;
    private long wanted;
    private long ranNanos;
    private long runsSince;

    /**
     * @param started called whenever the clock has begun to run
     */
    DemandClock(Scheduler timer, Runnable started) {
        this.timer = timer;
        this.started = started;
    }

    <T> Flux<T> count(Flux<T> outcomes) {
        return outcomes.doOnRequest(this::requested).doOnNext(outcome -> emitted());
    }

    /** How long outcomes have been wanted so far, in nanoseconds. */
    synchronized long nanos() {
        return wanted > 0 ? ranNanos + timer.now(TimeUnit.NANOSECONDS) - runsSince : ranNanos;
    }

    synchronized boolean runs() {
        return wanted > 0;
    }

    private void requested(long n) {
        if (add(n)) {
            started.run();
        }
    }

    private synchronized boolean add(long n) {
        boolean starts = wanted == 0;
        if (starts) {
            runsSince = timer.now(TimeUnit.NANOSECONDS);
        }
        wanted = Operators.addCap(wanted, n);
        return starts;
    }

    private synchronized void emitted() {
        if (wanted != Long.MAX_VALUE && wanted > 0 && --wanted == 0) {
            ranNanos += timer.now(TimeUnit.NANOSECONDS) - runsSince;
        }
    }
}
