package io.walreceiver.server.web.read;

import io.walreceiver.format.LogId;
import io.walreceiver.server.input.Durations;
import io.walreceiver.server.web.read.Parameters.NotSoException;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;

/** How values are written in requests and answers. */
final class Values {

    private static final Duration LONGEST = Duration.ofDays(36_500);

    private Values() {}

    /** An entity's id, unsigned. */
    static long entity(String text) {
        try {
            return text.startsWith("+") ? fail() : Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            throw new NotSoException("an entity's id, a number from 0 to 2^64-1");
        }
    }

    private static long fail() {
        throw new NumberFormatException();
    }

    static LogId log(String text) {
        try {
            return LogId.parse(text);
        } catch (IllegalArgumentException e) {
            throw new NotSoException("a log, REGION:SHARD, both 0 to 65535, such as 1:3");
        }
    }

    static int part(String text) {
        return (int) number(text, 0, 65_535);
    }

    static long number(String text, long least, long most) {
        try {
            long number = Long.parseLong(text);
            if (number >= least && number <= most && !text.startsWith("+")) {
                return number;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new NotSoException("a number from " + least + " to " + most);
    }

    static Duration duration(String text) {
        return Durations.parse(text)
                .filter(duration -> !duration.isNegative() && duration.compareTo(LONGEST) <= 0)
                .orElseThrow(() -> new NotSoException("a duration of 0 or more, such as 500ms or 2s"));
    }

    /** Nanoseconds since the epoch. */
    static long instant(String text) {
        try {
            long nanos = text.matches("\\d+") ? new BigInteger(text).longValueExact() : nanos(Instant.parse(text));
            if (nanos >= 0) {
                return nanos;
            }
        } catch (DateTimeException | ArithmeticException e) {
            // told below
        }
        throw new NotSoException(
                "a time from 1970 to 2262, such as 2026-01-09T12:00:00Z, or as nanoseconds since 1970");
    }

    /** Nanoseconds since the epoch; fails with {@link ArithmeticException} after the year 2262. */
    static long nanos(Instant instant) {
        return Duration.between(Instant.EPOCH, instant).toNanos();
    }

    /** ISO-8601, exact: what {@link #instant} reads. */
    static String instant(long nanos) {
        return Instant.EPOCH.plusNanos(nanos).toString();
    }
}
