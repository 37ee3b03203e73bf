package io.walreceiver;

import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/** The tasks of one log on a scheduler that all logs share: it can tell whether a thread is at work for this one. */
final class MarkedScheduler implements Scheduler {

    private final Scheduler scheduler;
    private final ThreadLocal<@Nullable MarkedScheduler> working;

    /** @param working whose task the calling thread runs; shared by all logs */
    MarkedScheduler(Scheduler scheduler, ThreadLocal<@Nullable MarkedScheduler> working) {
        this.scheduler = scheduler;
        this.working = working;
    }

    /** Whether the caller is called by a task of this log, and not by one of another log that it was called by. */
    boolean runsCaller() {
        return working.get() == this;
    }

    @Override
    public Disposable schedule(Runnable task) {
        return scheduler.schedule(marked(task));
    }

    @Override
    public Worker createWorker() {
        Worker worker = scheduler.createWorker();
        return new Worker() {
            @Override
            public Disposable schedule(Runnable task) {
                return worker.schedule(marked(task));
            }

            @Override
            public void dispose() {
                worker.dispose();
            }

            @Override
            public boolean isDisposed() {
                return worker.isDisposed();
            }
        };
    }

    private Runnable marked(Runnable task) {
        return () -> {
            MarkedScheduler before = working.get(); // a scheduler that runs tasks at once runs them inside one another
            working.set(this);
            try {
                task.run();
            } finally {
                working.set(before);
            }
        };
    }
}
