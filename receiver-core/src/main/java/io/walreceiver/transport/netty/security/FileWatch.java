package io.walreceiver.transport.netty.security;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Looks at files now and then: the timer says when, another thread looks, as a disk may hang. One look at a time. */
final class FileWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FileWatch.class);

    private final Scheduler timer;
    private final Scheduler disk;
    private final Disposable.Swap ticks = Disposables.swap();
    private final @Nullable Scheduler own;
    private final AtomicBoolean looking = new AtomicBoolean();

    /**
     * Without a start it does nothing.
     *
     * @param timer null for a thread of its own
     * @param disk where it looks; null for a thread of its own
     */
    FileWatch(@Nullable Scheduler timer, @Nullable Scheduler disk) {
        this.own = timer == null || disk == null ? Schedulers.newSingle("receiver-security", true) : null;
        this.timer = timer == null ? Objects.requireNonNull(own) : timer;
        this.disk = disk == null ? Objects.requireNonNull(own) : disk;
    }

    Scheduler timer() {
        return timer;
    }

    void start(Duration interval, Runnable look) {
        long nanos = interval.toNanos();
        ticks.update(timer.schedulePeriodically(() -> handOver(look), nanos, nanos, TimeUnit.NANOSECONDS));
    }

    private void handOver(Runnable look) {
        if (!looking.compareAndSet(false, true)) {
            return; // the last look is not through
        }
        try {
            disk.schedule(() -> run(look));
        } catch (RejectedExecutionException e) {
            looking.set(false);
            LOG.debug("the files of TLS and identities are not looked at: the scheduler for it is closed");
        }
    }

    private void run(Runnable look) {
        try {
            look.run();
        } catch (RuntimeException e) {
            LOG.error("looking at the files of TLS and identities failed; what was read before stays in use", e);
        } finally {
            looking.set(false);
        }
    }

    /** Ends looking; a look that is under way is finished. Repeating it has no effect. */
    @Override
    public void close() {
        ticks.dispose();
        if (own != null) {
            own.dispose();
        }
    }
}
