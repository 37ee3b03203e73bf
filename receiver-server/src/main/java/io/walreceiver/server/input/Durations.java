package io.walreceiver.server.input;

import io.walreceiver.schema.DurationText;
import java.time.Duration;
import java.util.Optional;

/** Durations as people write them: {@code 90m}, {@code 12h}, {@code 7d}, {@code 1d12h}; ISO-8601 ({@code PT36H}) also. */
public final class Durations {

    /** What a message says is expected. */
    public static final String EXPECTED = "a duration such as 90m, 12h, 7d, 1d12h or PT36H";

    private Durations() {}

    /** The duration, or empty if {@code text} is none. */
    public static Optional<Duration> parse(String text) {
        return DurationText.parse(text);
    }

    /** The shortest form that is exact: {@code 1d12h}. */
    public static String text(Duration duration) {
        if (duration.isZero()) {
            return "0s";
        }
        StringBuilder text = new StringBuilder();
        append(text, duration.toDays(), "d");
        append(text, duration.toHoursPart(), "h");
        append(text, duration.toMinutesPart(), "m");
        append(text, duration.toSecondsPart(), "s");
        int nanos = duration.toNanosPart();
        if (nanos % 1_000_000 == 0) {
            append(text, nanos / 1_000_000, "ms");
        } else {
            append(text, nanos, "ns");
        }
        return text.toString();
    }

    private static void append(StringBuilder text, long number, String unit) {
        if (number != 0) {
            text.append(number).append(unit);
        }
    }
}
