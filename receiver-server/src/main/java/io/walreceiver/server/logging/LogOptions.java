package io.walreceiver.server.logging;

import org.slf4j.event.Level;

/**
 * Options of the log.
 *
 * @param format of its lines
 * @param level lowest that is written
 * @param maxRepeats how many lines of one kind are written within a minute, 1 or more; of further ones the number is told
 */
public record LogOptions(Format format, Level level, int maxRepeats) {

    /** Text, warnings and errors, 10 of a kind. */
    public static final LogOptions DEFAULTS = new LogOptions(Format.TEXT, Level.WARN, 10);

    /** How lines look. */
    public enum Format {
        /** For people. */
        TEXT,
        /** An object a line: {@code timestamp}, {@code level}, {@code logger}, {@code thread}, {@code message} and, if there is one, {@code error}. */
        JSON
    }

    /** @throws IllegalArgumentException if {@code maxRepeats} is out of its range */
    public LogOptions {
        if (maxRepeats < 1) {
            throw new IllegalArgumentException("maxRepeats=" + maxRepeats + " is out of range: must be 1 or more");
        }
    }
}
