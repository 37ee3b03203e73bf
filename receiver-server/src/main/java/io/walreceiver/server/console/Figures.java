package io.walreceiver.server.console;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** Numbers, sizes and times as people read them. */
public final class Figures {

    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final String[] SIZES = {"kB", "MB", "GB", "TB", "PB", "EB"};

    private Figures() {}

    /** {@code 66,210}. */
    public static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** {@code 1 segment}, {@code 15 segments}: the plural is made with an s. */
    public static String counted(long number, String noun) {
        return count(number) + " " + noun + (number == 1 ? "" : "s");
    }

    /** {@code 1.4 MB}; a MB is a million bytes. */
    public static String bytes(double number) {
        if (number < 1000) {
            return String.format(Locale.ROOT, "%.0f bytes", number);
        }
        int unit = -1;
        double scaled = number;
        while (scaled >= 999.95 && unit < SIZES.length - 1) {
            scaled /= 1000;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %s", scaled, SIZES[unit]);
    }

    /** {@code 0.42 s}, {@code 12.3 s}, {@code 3 min 20 s}. */
    public static String seconds(double seconds) {
        if (seconds < 100) {
            return String.format(Locale.ROOT, seconds < 10 ? "%.2f s" : "%.1f s", seconds);
        }
        return String.format(Locale.ROOT, "%,d min %d s", (long) seconds / 60, (long) seconds % 60);
    }

    /** {@code 7d}, {@code 1d12h}, {@code 90m}: the shortest form that schema files understand. */
    public static String duration(Duration duration) {
        StringBuilder text = new StringBuilder();
        part(text, duration.toDays(), "d");
        part(text, duration.toHoursPart(), "h");
        part(text, duration.toMinutesPart(), "m");
        part(text, duration.toSecondsPart(), "s");
        part(text, duration.toNanosPart(), "ns");
        return text.isEmpty() ? "0s" : text.toString();
    }

    /** An instant from unsigned nanoseconds since the epoch: {@code 2026-01-09T12:00:00Z}. */
    public static String instant(long nanos) {
        return instantOf(nanos).toString();
    }

    /** As {@link #instant(long)}, for people: {@code 2026-01-09 12:00:00 UTC}, without a fraction. */
    public static String date(long nanos) {
        return Instant.ofEpochSecond(instantOf(nanos).getEpochSecond())
                .toString()
                .replace('T', ' ')
                .replace("Z", " UTC");
    }

    /** A score in few characters: {@code 365.2}, {@code 1.2e-25}. */
    public static String score(double score) {
        double size = Math.abs(score);
        if (size == 0) {
            return "0";
        }
        if (size >= 1e9 || size < 0.01) {
            return String.format(Locale.ROOT, "%.2e", score);
        }
        return String.format(Locale.ROOT, size >= 1000 ? "%,.0f" : size >= 10 ? "%.1f" : "%.2f", score);
    }

    private static Instant instantOf(long nanos) {
        return Instant.ofEpochSecond(
                Long.divideUnsigned(nanos, NANOS_PER_SECOND), Long.remainderUnsigned(nanos, NANOS_PER_SECOND));
    }

    private static void part(StringBuilder text, long number, String unit) {
        if (number != 0) {
            text.append(number).append(unit);
        }
    }
}
