package io.walreceiver.spring.schema;

import io.walreceiver.schema.DurationText;
import java.time.Duration;
import java.util.Optional;

/**
 * A half-life as schema files write it: {@code 90m}, {@code 7d}, {@code 1d12h}, {@code PT36H}, {@code permanent}.
 *
 * @param duration above zero; empty for permanent
 */
record HalfLife(Optional<Duration> duration) {

    static final String EXPECTED = "a duration above zero such as 90m, 12h, 7d, 1d12h or PT36H, or the word permanent";

    private static final String PERMANENT = "permanent";

    /** Reads one; empty if it is none. */
    static Optional<HalfLife> parse(String text) {
        if (text.equals(PERMANENT)) {
            return Optional.of(new HalfLife(Optional.empty()));
        }
        return DurationText.parse(text)
                .filter(duration -> !duration.isNegative() && !duration.isZero())
                .map(duration -> new HalfLife(Optional.of(duration)));
    }
}
