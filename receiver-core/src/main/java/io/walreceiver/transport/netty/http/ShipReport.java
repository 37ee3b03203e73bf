package io.walreceiver.transport.netty.http;

import io.walreceiver.format.LogId;
import java.util.Map;

/**
 * What was shipped.
 *
 * @param segments that became durable at the follower, or were found to be
 * @param bytes of these
 * @param durable the follower's position, by log
 * @param failures why a log was not shipped to its end, by log; empty if all went well
 */
public record ShipReport(long segments, long bytes, Map<LogId, Long> durable, Map<LogId, Throwable> failures) {}
