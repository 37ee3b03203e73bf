package io.walreceiver.server.interrupt;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * For a command that goes on until it is told to stop (Ctrl-C, SIGTERM): that is not a failure, so the program then ends with the
 * command's own exit code once the command has returned, and not with the signal's. Whoever says it twice means now.
 */
public final class UntilInterrupted implements StopSignal, AutoCloseable {

    private final CountDownLatch interrupted = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final OnInterrupt hook;
    private volatile int exitCode;

    /**
     * From now on an interrupt waits for the command.
     *
     * @param most how long; then the program ends as one that was killed
     * @param last what is done before the program ends
     */
    public UntilInterrupted(Duration most, Runnable last) {
        hook = OnInterrupt.run("stop", () -> {
            SecondSignal.endsAtOnce();
            interrupted.countDown();
            try {
                if (ended.await(most.toMillis(), TimeUnit.MILLISECONDS)) {
                    last.run();
                    Runtime.getRuntime().halt(exitCode);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    @Override
    public void await() {
        try {
            interrupted.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isInterrupted() {
        return interrupted.getCount() == 0;
    }

    /** The command has ended, with this exit code. */
    public int ended(int code) {
        exitCode = code;
        ended.countDown();
        return code;
    }

    @Override
    public void close() {
        hook.close();
    }
}
