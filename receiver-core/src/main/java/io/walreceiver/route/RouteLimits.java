package io.walreceiver.route;

import java.time.Duration;

/**
 * The router's bounds.
 *
 * @param maxInFlightBytes of all logs together
 * @param maxLogBytes of one log
 * @param maxSegmentBytes of one segment
 * @param maxLogs how many logs
 * @param patience how long a log may stand still before its segments are let go
 * @param minResendDelay the first pause between two requests of a log that did not help
 * @param maxResendDelay the longest
 */
public record RouteLimits(
        long maxInFlightBytes,
        long maxLogBytes,
        int maxSegmentBytes,
        int maxLogs,
        Duration patience,
        Duration minResendDelay,
        Duration maxResendDelay) {}
