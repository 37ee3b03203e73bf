package io.walreceiver.server.generate;

import java.time.Duration;
import java.time.Instant;

/**
 * What to generate. The same values give the same bytes, on every machine.
 *
 * @param region of all logs, 0..65,535
 * @param logs number of logs: shards 0..logs-1
 * @param segments segments per log
 * @param events events in all, shared among the logs as evenly as that goes
 * @param batchEvents events per batch, 1..65,535; the last batch of a segment may hold fewer
 * @param entities number of entities
 * @param skew how much the hottest entities stand out: the k-th hottest comes up in proportion to {@code k^-skew}
 * @param lateFraction share of the events that come late, 0..1
 * @param seed seed of the random numbers
 * @param start time of the first event
 * @param span time from the first event to the last
 */
public record GeneratorOptions(
        int region,
        int logs,
        int segments,
        long events,
        int batchEvents,
        long entities,
        double skew,
        double lateFraction,
        long seed,
        Instant start,
        Duration span) {

    private static final int BATCH_HEADER_BYTES = 64;
    private static final int EVENT_BYTES = 21;
    /** What a receiver accepts unless told otherwise. */
    private static final long MAX_SEGMENT_BYTES = 64 << 20;

    private static final Instant LATEST = Instant.ofEpochSecond(0, Long.MAX_VALUE);

    /** Checks every value, and that segments stay below what a receiver accepts. */
    public GeneratorOptions {
        require(region >= 0 && region <= 0xFFFF, "--region", region, "0..65535");
        require(logs >= 1 && logs <= 0x10000, "--logs", logs, "1..65536");
        require(segments >= 1, "--segments", segments, "1 or more per log");
        require(batchEvents >= 1 && batchEvents <= 0xFFFF, "--batch", batchEvents, "1..65535");
        require(entities >= 1, "--entities", entities, "1 or more");
        require(skew >= 0 && skew <= 10, "--zipf", skew, "0..10");
        require(lateFraction >= 0 && lateFraction <= 1, "--late", lateFraction, "0..1");
        require(!span.isNegative(), "--span", span, "0 or more");
        require(
                !start.isBefore(Instant.EPOCH)
                        && !start.isAfter(LATEST)
                        && span.compareTo(Duration.between(start, LATEST)) <= 0,
                "--start",
                start,
                "a time from 1970 on, so that the last event lies before " + LATEST);
        require(
                events >= (long) logs * segments,
                "--events",
                events,
                "at least one event for each of " + (long) logs * segments + " segments");
        long perSegment = ceilDiv(ceilDiv(events, logs), segments);
        long bytes = perSegment * EVENT_BYTES + ceilDiv(perSegment, batchEvents) * BATCH_HEADER_BYTES;
        require(
                perSegment <= MAX_SEGMENT_BYTES && bytes <= MAX_SEGMENT_BYTES,
                "--segments",
                segments,
                "more: a segment would pass " + MAX_SEGMENT_BYTES + " bytes, which is what a receiver accepts");
    }

    /** Events of one log. */
    long eventsOfLog(int shard) {
        return share(events, logs, shard);
    }

    /** Events of one segment of a log. */
    int eventsOfSegment(int shard, int segment) {
        return Math.toIntExact(share(eventsOfLog(shard), segments, segment));
    }

    private static long share(long total, int parts, int part) {
        return total / parts + (part < total % parts ? 1 : 0);
    }

    private static long ceilDiv(long a, long b) {
        return -Math.floorDiv(-a, b);
    }

    private static void require(boolean holds, String option, Object found, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(option + ": found " + found + ", expected " + expected);
        }
    }
}
