package io.walreceiver.ledger;

/** The units that counts go by. An instant before the epoch has a negative minute. */
final class EventTime {

    static final long MINUTE_NANOS = 60_000_000_000L;
    static final long HOUR_NANOS = 60 * MINUTE_NANOS;
    static final int HOUR_MINUTES = 60;
    static final int DAY_HOURS = 24;
    static final int WEEK_HOURS = 168;

    private EventTime() {}

    /** Minute of an event time, 0..153,722,867. */
    static int minute(long nanos) {
        return (int) (nanos / MINUTE_NANOS);
    }

    /** The minute that a tick stands for: the latest one up to {@code newest} with these 16 low bits. */
    static int minute(int newest, int tick) {
        return newest - (newest - tick & 0xFFFF);
    }
}
