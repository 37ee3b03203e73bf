package io.walreceiver.server.console;

/** Tells how far a command has come, on standard error. */
public interface Progress extends AutoCloseable {

    /**
     * Shows progress in the way that suits the console: a bar on a terminal, else a plain line now and then.
     *
     * @param console where
     * @param task what is being done, for example {@code "replaying"}
     * @param unit what is shown, for example {@code "events"} or {@code "MB"}
     * @param unitSize how much of what is counted makes one unit, for example 1,000,000 bytes
     * @param total how much there is to count
     */
    static Progress on(Console console, String task, String unit, long unitSize, long total) {
        return console.terminal().diagnostics()
                ? new BarProgress(console, task, unit, unitSize, total)
                : new LineProgress(console, task, unit, unitSize, total, System::nanoTime);
    }

    /** {@code by} more are done. */
    void advance(long by);

    /** Done, or given up: leaves the terminal tidy. */
    @Override
    void close();
}
