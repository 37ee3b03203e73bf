package io.walreceiver;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.NonBlocking;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** The receiver's threads: those it was given, and for the rest its own, which are gone when it is closed. */
final class Workers {

    /** Enough for fsyncs of several logs to be under way at once, which file systems then put together. */
    private static final int DISK_THREADS = 4;

    private final List<ExecutorService> own = new ArrayList<>();
    private final Scheduler replay;
    private final ThreadLocal<@Nullable MarkedScheduler> working = new ThreadLocal<>();
    private final Scheduler timer;
    private final Scheduler disk;

    /**
     * @param writesFiles whether the storage does: then replay threads may block, as they write before they replay, and there are
     *     others for what takes longer
     */
    Workers(ReceiverOptions options, boolean writesFiles) {
        replay = options.replayScheduler().orElseGet(() -> own(replayThreads(options.parallelism(), writesFiles)));
        timer = options.timer().orElseGet(() -> own(timerThread()));
        disk = writesFiles ? own(Executors.newFixedThreadPool(DISK_THREADS, new DiskThreads())) : replay;
    }

    /** Where the segments of one log are verified and replayed, on the threads of all. It cannot delay. */
    MarkedScheduler replay() {
        return new MarkedScheduler(replay, working);
    }

    /** Time. */
    Scheduler timer() {
        return timer;
    }

    /** Where work that blocks is done: recovery, fsync, checkpoints. It cannot delay. */
    Scheduler disk() {
        return disk;
    }

    /** How many threads there are for it. */
    int diskThreads() {
        return DISK_THREADS;
    }

    /** Does work that blocks; once the workers are closed it is not done. */
    void runOnDisk(Runnable work) {
        try {
            disk.schedule(work);
        } catch (RejectedExecutionException e) {
            // The receiver has ended.
        }
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
    private static ExecutorService replayThreads(int parallelism, boolean mayBlock) {
        return new ForkJoinPool(parallelism, mayBlock ? WritingThread::new : ReplayThread::new, null, true);
    }

    private static ExecutorService timerThread() {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, TimerThread::new);
        executor.setRemoveOnCancelPolicy(true);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        return executor;
    }

    private static class WritingThread extends ForkJoinWorkerThread {

        WritingThread(ForkJoinPool pool) {
            super(pool);
        }

        @Override
        protected void onStart() {
            setName("receiver-replay-" + getPoolIndex()); // the pool gives the index after construction
        }
    }

    private static final class ReplayThread extends WritingThread implements NonBlocking {

        ReplayThread(ForkJoinPool pool) {
            super(pool);
        }
    }

    private static final class DiskThreads implements ThreadFactory {

        private final AtomicInteger made = new AtomicInteger();

        @Override
        public Thread newThread(Runnable task) {
            Thread thread = new Thread(task, "receiver-disk-" + made.getAndIncrement());
            thread.setDaemon(true);
            return thread;
        }
    }

    private static final class TimerThread extends Thread implements NonBlocking {

        TimerThread(Runnable task) {
            super(task, "receiver-timer");
            setDaemon(true);
        }
    }
}
