package io.walreceiver.schema;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as people write them, in schema files and elsewhere: {@code 90m}, {@code 12h}, {@code 7d}, {@code 1d12h}, with the units ns, us, ms,
 * s, m, h, d and w; ISO-8601 ({@code PT36H}) also.
 */
public final class DurationText {

    private static final Pattern PART = Pattern.compile("(\\d{1,18})(ns|us|ms|s|m|h|d|w)");
    private static final Map<String, Duration> UNITS = Map.of(
            "ns", Duration.ofNanos(1),
            "us", Duration.ofNanos(1_000),
            "ms", Duration.ofMillis(1),
            "s", Duration.ofSeconds(1),
            "m", Duration.ofMinutes(1),
            "h", Duration.ofHours(1),
            "d", Duration.ofDays(1),
            "w", Duration.ofDays(7));

    private DurationText() {}

    /** The duration, or empty if {@code text} is none, or more than a {@link Duration} holds. ISO-8601 may be negative. */
    public static Optional<Duration> parse(String text) {
        try {
            return text.startsWith("P") ? Optional.of(Duration.parse(text)) : parts(text);
        } catch (DateTimeParseException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    private static Optional<Duration> parts(String text) {
        Matcher part = PART.matcher(text);
        Duration sum = Duration.ZERO;
        int end = 0;
        while (part.find() && part.start() == end) {
            Duration unit = UNITS.getOrDefault(part.group(2), Duration.ZERO);
            sum = sum.plus(unit.multipliedBy(Long.parseLong(part.group(1))));
            end = part.end();
        }
        return end == text.length() && end > 0 ? Optional.of(sum) : Optional.empty();
    }
}
