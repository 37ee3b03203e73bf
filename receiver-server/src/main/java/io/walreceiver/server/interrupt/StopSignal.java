package io.walreceiver.server.interrupt;

/** Somebody may say stop. Methods may be called from any thread. */
public interface StopSignal {

    /** Waits until somebody does, or the thread is interrupted: its flag is set then. */
    void await();

    /** Whether somebody has. */
    boolean isInterrupted();
}
