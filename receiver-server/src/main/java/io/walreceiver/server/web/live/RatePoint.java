package io.walreceiver.server.web.live;

/**
 * How fast it went in a second.
 *
 * @param atMillis the end of it, in milliseconds since the Unix epoch
 * @param inFlightBytes of all segments between arrival and outcome, at its end
 */
record RatePoint(long atMillis, double eventsPerSecond, double segmentsPerSecond, long inFlightBytes) {}
