package io.walreceiver.server.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/**
 * The program's log, set up as options say for as long as this is open. Where it is written stays as {@code logback.xml} has it: to one
 * place.
 *
 * <p>Repeats are limited here for every logger, those of libraries included; the library's own limits of what peers can provoke stand before
 * that, for applications with another log.
 */
public final class Logging implements AutoCloseable {

    private static final long PERIOD_SECONDS = 60;

    private final List<Runnable> undo = new ArrayList<>();
    private final Repeats repeats;
    private final ScheduledFuture<?> telling;

    private Logging(LoggerContext context, LogOptions options) {
        this.repeats = new Repeats(context, options.maxRepeats(), PERIOD_SECONDS + " s");
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        Level before = root.getLevel();
        undo.add(() -> root.setLevel(before));
        root.setLevel(Level.convertAnSLF4JLevel(options.level()));
        repeats.start();
        for (Iterator<Appender<ILoggingEvent>> all = root.iteratorForAppenders(); all.hasNext(); ) {
            adopt(all.next(), context, options);
        }
        this.telling = context.getScheduledExecutorService()
                .scheduleWithFixedDelay(repeats::tell, PERIOD_SECONDS, PERIOD_SECONDS, TimeUnit.SECONDS);
    }

    /**
     * Sets the log up, until it is closed.
     *
     * @throws IllegalStateException if another log than Logback is in place
     */
    public static Logging configure(LogOptions options) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            return configure(context, options);
        }
        throw new IllegalStateException(
                "the log is " + LoggerFactory.getILoggerFactory().getClass().getName() + ": expected Logback");
    }

    static Logging configure(LoggerContext context, LogOptions options) {
        return new Logging(context, options);
    }

    private void adopt(Appender<ILoggingEvent> appender, LoggerContext context, LogOptions options) {
        appender.addFilter(repeats);
        undo.add(appender::clearAllFilters);
        if (options.format() == LogOptions.Format.JSON && appender instanceof OutputStreamAppender<ILoggingEvent> out) {
            Encoder<ILoggingEvent> text = out.getEncoder();
            undo.add(() -> out.setEncoder(text));
            JsonLines json = new JsonLines();
            json.setContext(context);
            json.start();
            out.setEncoder(json);
        }
    }

    /** Tells the repeats that have not been told yet. */
    void tellRepeats() {
        repeats.tell();
    }

    /** Tells the repeats that have not been told, and sets everything back. */
    @Override
    public void close() {
        telling.cancel(false);
        repeats.tell();
        repeats.stop();
        undo.forEach(Runnable::run);
    }
}
