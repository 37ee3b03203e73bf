package io.walreceiver;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import reactor.core.scheduler.NonBlocking;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** The receiver's threads: those it was given, and for the rest its own, which are gone when it is closed. */
final class Workers {

    private final List<ExecutorService> own = new ArrayList<>();
    private final Scheduler replay;
    private final Scheduler timer;

    Workers(ReceiverOptions options) {
        replay = options.replayScheduler().orElseGet(() -> own(replayThreads(options.parallelism())));
        timer = options.timer().orElseGet(() -> own(timerThread()));
    }

    /** Where segments are verified and replayed. It cannot delay. */
    Scheduler replay() {
        return replay;
    }

    /** Time. */
    Scheduler timer() {
        return timer;
    }

    /** Lets tasks that run finish, starts no others. From any thread, the workers' own among them: it does not wait. */
    void close() {
        own.forEach(ExecutorService::shutdown);
    }

    private Scheduler own(ExecutorService executor) {
        own.add(executor);
        return Schedulers.fromExecutorService(executor);
    }

    /** First in, first out for all logs: that is what makes the service of busy logs fair. */
    private static ExecutorService replayThreads(int parallelism) {
        return new ForkJoinPool(parallelism, ReplayThread::new, null, true);
    }

    private static ExecutorService timerThread() {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, TimerThread::new);
        executor.setRemoveOnCancelPolicy(true);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        return executor;
    }

    private static final class ReplayThread extends ForkJoinWorkerThread implements NonBlocking {

        ReplayThread(ForkJoinPool pool) {
            super(pool);
        }

        @Override
        protected void onStart() {
            setName("receiver-replay-" + getPoolIndex()); // the pool gives the index after construction
        }
    }

    private static final class TimerThread extends Thread implements NonBlocking {

        TimerThread(Runnable task) {
            super(task, "receiver-timer");
            setDaemon(true);
        }
    }
}
