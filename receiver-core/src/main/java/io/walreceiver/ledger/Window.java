package io.walreceiver.ledger;

/**
 * A window of time that ends at a read's instant.
 *
 * <p>The hour goes by whole minutes, day and week by whole hours: see {@link SignalReading}.
 */
public enum Window {
    /** The last 60 minutes. */
    HOUR(1),
    /** The last 24 hours. */
    DAY(EventTime.DAY_HOURS),
    /** The last 168 hours. */
    WEEK(EventTime.WEEK_HOURS),
    /** Everything ever applied. */
    ALL_TIME(0);

    private final int hours;

    Window(int hours) {
        this.hours = hours;
    }

    /** Its length in hours; 0 for all time. */
    int hours() {
        return hours;
    }
}
