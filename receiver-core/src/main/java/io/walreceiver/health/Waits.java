package io.walreceiver.health;

import java.time.Duration;

/** How a time is told to people. */
final class Waits {

    private static final double MILLIS_PER_SECOND = 1e3;

    private Waits() {}

    /** In seconds, such as {@code 10 s} or {@code 0.25 s}. */
    static String text(Duration time) {
        double seconds = time.toMillis() / MILLIS_PER_SECOND;
        return (seconds == Math.rint(seconds) ? Long.toString((long) seconds) : Double.toString(seconds)) + " s";
    }
}
