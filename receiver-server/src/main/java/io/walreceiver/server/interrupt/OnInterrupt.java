package io.walreceiver.server.interrupt;

/** Tidies up if the program is interrupted (Ctrl-C, SIGTERM) before this is closed. */
public final class OnInterrupt implements AutoCloseable {

    private final Thread hook;

    private OnInterrupt(Thread hook) {
        this.hook = hook;
    }

    /**
     * From now on, {@code tidyUp} runs on an interrupt, beside whatever goes on; the program ends when it is done.
     *
     * @param name of the thread that it runs on
     */
    public static OnInterrupt run(String name, Runnable tidyUp) {
        Thread hook = new Thread(tidyUp, name);
        Runtime.getRuntime().addShutdownHook(hook);
        return new OnInterrupt(hook);
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return; // The program is being interrupted: the hook runs, or has run.
        }
    }
}
