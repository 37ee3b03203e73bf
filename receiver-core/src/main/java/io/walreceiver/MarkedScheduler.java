package io.walreceiver;

import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/** A scheduler that can tell whether a thread is at work for it. */
final class MarkedScheduler implements Scheduler {

    private final Scheduler scheduler;
    private final ThreadLocal<Boolean> working = ThreadLocal.withInitial(() -> false);

    MarkedScheduler(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    /** Whether the caller is called by a task of this scheduler. */
    boolean runsCaller() {
        return working.get();
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
            boolean before = working.get(); // a scheduler that runs tasks at once runs them inside one another
            working.set(true);
            try {
                task.run();
            } finally {
                working.set(before);
            }
        };
    }
}
