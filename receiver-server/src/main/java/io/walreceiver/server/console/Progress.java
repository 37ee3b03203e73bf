package io.walreceiver.server.console;

/** Tells how far a command has come, on standard error. */
public interface Progress extends AutoCloseable {

    /**
     * Shows progress in the way that suits the console: a bar on a terminal, else a plain line now and then.
     *
     * @param console where
     * @param task what is being done, for example {@code "replaying"}
     * @param unit what is counted, for example {@code "events"}
     * @param total how many there are
     */
    static Progress on(Console console, String task, String unit, long total) {
        return console.terminal().diagnostics()
                ? new BarProgress(console, task, unit, total)
                : new LineProgress(console, task, unit, total, System::nanoTime);
    }

    /** Shows nothing. */
    static Progress none() {
        return new Progress() {
            @Override
            public void advance(long by) {}

            @Override
            public void close() {}
        };
    }

    /** {@code by} more are done. */
    void advance(long by);

    /** Done, or given up: leaves the terminal tidy. */
    @Override
    void close();
}
