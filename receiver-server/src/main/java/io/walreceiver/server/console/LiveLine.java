package io.walreceiver.server.console;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * One line on standard error that tells how things stand, for a command without an end: written over on a terminal, elsewhere a line
 * every ten seconds if it has changed. Safe for use by several threads.
 */
public final class LiveLine implements AutoCloseable {

    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Console console;
    private final LongSupplier nanoTime;
    private String shown = "";
    private String told = "";
    private long lastTold;

    /** A line of a console. */
    public LiveLine(Console console) {
        this(console, System::nanoTime);
    }

    LiveLine(Console console, LongSupplier nanoTime) {
        this.console = console;
        this.nanoTime = nanoTime;
        this.lastTold = nanoTime.getAsLong() - INTERVAL_NANOS;
    }

    /** How things stand now. */
    public synchronized void show(String text) {
        if (console.terminal().diagnostics()) {
            int columns = console.terminal().columns() - 1;
            String line = text.length() > columns ? text.substring(0, columns - 1) + "…" : text;
            console.err().print("\r" + line + " ".repeat(Math.max(0, shown.length() - line.length())));
            console.err().flush();
            shown = line;
        } else if (!text.equals(told) && nanoTime.getAsLong() - lastTold >= INTERVAL_NANOS) {
            console.err().println(text);
            told = text;
            lastTold = nanoTime.getAsLong();
        }
    }

    /** Something that stays to be read, above the line. */
    public synchronized void tell(Runnable print) {
        clear();
        print.run();
    }

    private void clear() {
        if (!shown.isEmpty()) {
            console.err().print("\r" + " ".repeat(shown.length()) + "\r");
            shown = "";
        }
    }

    @Override
    public synchronized void close() {
        clear();
        console.err().flush();
    }
}
