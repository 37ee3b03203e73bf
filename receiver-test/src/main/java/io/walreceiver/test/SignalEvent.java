package io.walreceiver.test;

import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * One event, as a value.
 *
 * @param entityId unsigned
 * @param signalType 0..255
 * @param weight as on the wire, any float
 * @param timestampNanos event time, nanoseconds since the Unix epoch
 */
public record SignalEvent(long entityId, int signalType, float weight, long timestampNanos) {

    /**
     * An event at an instant.
     *
     * @param entityId unsigned
     * @param signalType 0..255
     * @param weight as on the wire, any float
     * @param time event time, 1970 or later
     */
    public static SignalEvent at(Instant time, long entityId, int signalType, float weight) {
        long nanos = Math.addExact(TimeUnit.SECONDS.toNanos(time.getEpochSecond()), time.getNano());
        return new SignalEvent(entityId, signalType, weight, nanos);
    }
}
