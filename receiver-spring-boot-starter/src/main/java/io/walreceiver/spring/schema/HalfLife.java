package io.walreceiver.spring.schema;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A half-life as schema files write it: {@code 90m}, {@code 7d}, {@code 1d12h}, {@code PT36H}, {@code permanent}.
 *
 * @param duration above zero; empty for permanent
 */
record HalfLife(Optional<Duration> duration) {

    static final String EXPECTED = "a duration above zero such as 90m, 12h, 7d, 1d12h or PT36H, or the word permanent";

    private static final String PERMANENT = "permanent";
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

    /** Reads one; empty if it is none. */
    static Optional<HalfLife> parse(String text) {
        if (text.equals(PERMANENT)) {
            return Optional.of(new HalfLife(Optional.empty()));
        }
        try {
            Duration duration = text.startsWith("P") ? Duration.parse(text) : sum(text);
            return duration.isNegative() || duration.isZero()
                    ? Optional.empty()
                    : Optional.of(new HalfLife(Optional.of(duration)));
        } catch (DateTimeParseException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    private static Duration sum(String text) {
        Matcher part = PART.matcher(text);
        Duration sum = Duration.ZERO;
        int end = 0;
        while (part.find() && part.start() == end) {
            Duration unit = UNITS.getOrDefault(part.group(2), Duration.ZERO);
            sum = sum.plus(unit.multipliedBy(Long.parseLong(part.group(1))));
            end = part.end();
        }
        return end == text.length() ? sum : Duration.ZERO;
    }
}
