package io.walreceiver.transport;

import java.time.Instant;

/**
 * Events of a log that an operator gave up at the source.
 *
 * @param from the first, 1 or more
 * @param through the last
 * @param at when that was decided
 * @param reason why, in the operator's words; any text
 */
public record SkippedEvents(long from, long through, Instant at, String reason) {

    @Override
    public String toString() {
        return "events " + from + ".." + through + " skipped at " + at + ": " + reason;
    }
}
