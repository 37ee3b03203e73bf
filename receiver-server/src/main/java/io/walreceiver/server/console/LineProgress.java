package io.walreceiver.server.console;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** A plain line every five seconds, for logs and pipes; a quick command prints none. */
final class LineProgress implements Progress {

    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final long NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Console console;
    private final String task;
    private final String unit;
    private final long unitSize;
    private final long total;
    private final LongSupplier nanoTime;
    private long done;
    private final long started;
    private long lastLine;

    LineProgress(Console console, String task, String unit, long unitSize, long total, LongSupplier nanoTime) {
        this.console = console;
        this.task = task;
        this.unit = unit;
        this.unitSize = unitSize;
        this.total = total;
        this.nanoTime = nanoTime;
        this.started = nanoTime.getAsLong();
        this.lastLine = started;
    }

    @Override
    public void advance(long by) {
        done += by;
        long now = nanoTime.getAsLong();
        if (now - lastLine >= INTERVAL_NANOS && done > 0 && done < total) {
            lastLine = now;
            console.err()
                    .println(task + ": " + Figures.count(done / unitSize) + " of " + Figures.count(total / unitSize)
                            + " " + unit + ", about " + Figures.seconds(secondsLeft(now)) + " left");
        }
    }

    /** If it goes on as it went so far. */
    private double secondsLeft(long now) {
        return (double) (now - started) / NANOS_PER_SECOND * (total - done) / done;
    }

    @Override
    public void close() {}
}
