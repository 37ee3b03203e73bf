package io.walreceiver.ledger;

/**
 * What the ledger answers for one (entity, signal type) pair at one instant, summed over all logs.
 *
 * <p>The score is the sum over the pair's events of {@code weight * exp(-lambda * (asOf - t))}, lambda = ln 2 / half-life; a
 * permanent type does not decay. Counts are of events, not of weights, and go by event time:
 *
 * <ul>
 *   <li>last hour: events whose minute lies in (minute(asOf) - 60, minute(asOf)], minute(t) = t / 60 s
 *   <li>last day, last week: events whose hour lies in (hour(asOf) - 24, hour(asOf)] and (hour(asOf) - 168, hour(asOf)]
 * </ul>
 *
 * <p>Immutable; safe for use by any thread.
 *
 * @param entityId unsigned
 * @param signalType 0..255
 * @param asOfNanos the instant that score and counts are of, nanoseconds since the Unix epoch: the one asked for, or the pair's
 *     newest event if that is later
 * @param score decayed sum of weights; may be negative
 * @param allTime events ever applied
 * @param lastHour events in the last 60 minutes
 * @param lastDay events in the last 24 hours
 * @param lastWeek events in the last 168 hours
 */
public record SignalReading(
        long entityId,
        int signalType,
        long asOfNanos,
        double score,
        long allTime,
        long lastHour,
        long lastDay,
        long lastWeek) {

    private static final double HOUR_SECONDS = 3600;

    /** Events in a window. */
    public long count(Window window) {
        return switch (window) {
            case HOUR -> lastHour;
            case DAY -> lastDay;
            case WEEK -> lastWeek;
            case ALL_TIME -> allTime;
        };
    }

    /**
     * Events per second over a window: its count divided by its length.
     *
     * @throws IllegalArgumentException for {@link Window#ALL_TIME}, which has no length
     */
    public double velocity(Window window) {
        if (window == Window.ALL_TIME) {
            throw new IllegalArgumentException("velocity over all time is not defined: it has no length");
        }
        return count(window) / (window.hours() * HOUR_SECONDS);
    }
}
