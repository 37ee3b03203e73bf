package io.walreceiver.test;

/**
 * One event, as a value.
 *
 * @param entityId unsigned
 * @param signalType 0..255
 * @param weight as on the wire, any float
 * @param timestampNanos event time, nanoseconds since the Unix epoch
 */
public record SignalEvent(long entityId, int signalType, float weight, long timestampNanos) {}
