package io.walreceiver.server.config;

import java.util.Optional;

/**
 * The log on standard error.
 *
 * @param format how it is written
 * @param level what is written
 * @param maxRepeats lines of one kind that are written within a minute
 */
public record Logs(
        @Setting(value = "text for people, json for machines: one object a line.", preset = "text")
        Format format,

        @Setting(value = "error, warn, info or debug.", otherwise = "warn; what the command tells anyway is told once")
        Optional<Level> level,

        @Setting(
                value = "Lines of one kind within a minute; of further ones the number is told.",
                preset = "10",
                least = "1")
        int maxRepeats) {

    /** How the log is written. */
    public enum Format {
        /** For people. */
        TEXT,
        /** One object a line. */
        JSON
    }

    /** What is written. */
    public enum Level {
        /** What failed. */
        ERROR,
        /** Also what deserves a look. */
        WARN,
        /** Also what happens. */
        INFO,
        /** Also why. */
        DEBUG
    }
}
