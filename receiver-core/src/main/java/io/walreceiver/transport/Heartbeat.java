package io.walreceiver.transport;

/**
 * What a leader last said of a log, apart from its segments.
 *
 * @param head last event that it had written
 * @param clockNanos its clock then, nanoseconds since the Unix epoch
 * @param receivedAt when that came here, by {@link System#nanoTime}
 */
public record Heartbeat(long head, long clockNanos, long receivedAt) {}
