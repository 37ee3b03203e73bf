package io.walreceiver;

/**
 * How many segments ended how.
 *
 * @param applied segments of which at least one event was new
 * @param duplicate segments that held nothing new
 * @param refused segments that were corrupt or held an invalid event
 * @param deferred segments that were let go and asked for again
 * @param abandoned segments that still waited when the stream ended
 * @param appliedEvents events that were new, skipped ones not among them
 * @param skippedEvents invalid events that were skipped by policy
 */
public record OutcomeCounts(
        long applied,
        long duplicate,
        long refused,
        long deferred,
        long abandoned,
        long appliedEvents,
        long skippedEvents) {}
