package io.walreceiver.storage;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.scheduler.Scheduler;

/**
 * Groups over time what a log asks to be made durable: what is asked for until a sync begins is covered by it, and what is asked for
 * while it is under way by the next. One at a time, so that a log whose sync hangs takes one disk thread and leaves the others theirs.
 */
final class GroupSync {

    private final Duration interval;
    private final Executor disk;
    private final Scheduler timer;
    private final Runnable sync;

    /** Since the sync that is under way began, or since none is. */
    private final AtomicInteger asked = new AtomicInteger();

    /**
     * @param sync called on a disk thread; makes durable what was written before the call
     */
    GroupSync(CommitPolicy policy, Executor disk, Scheduler timer, Runnable sync) {
        this.interval = policy.interval();
        this.disk = disk;
        this.timer = timer;
        this.sync = sync;
    }

    /** Something was written. */
    void ask() {
        if (asked.getAndIncrement() == 0) {
            schedule();
        }
    }

    private void schedule() {
        if (interval.isZero()) {
            disk.execute(this::run);
            return;
        }
        try {
            timer.schedule(() -> disk.execute(this::run), interval.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            // The receiver has ended; what is not durable was not acknowledged.
        }
    }

    private void run() {
        int covered = asked.get(); // before it begins: what is written from now on needs another
        try {
            sync.run();
        } finally {
            if (asked.addAndGet(-covered) != 0) {
                schedule();
            }
        }
    }
}
