package io.walreceiver.storage.records;

import java.time.Instant;

/**
 * A hole in a log that an operator allowed: events that were not there, and never will be.
 *
 * @param from position of the first event that is passed over, 1 or more
 * @param through position of the last one, {@code from} or more
 * @param at when it was decided
 * @param reason why, in the operator's words; any text
 */
public record Skip(long from, long through, Instant at, String reason) {

    public Skip {
        if (from < 1 || through < from) {
            throw new IllegalArgumentException(
                    "skip of events " + from + " through " + through + ": must be 1 <= from <= through");
        }
    }

    @Override
    public String toString() {
        return "skip " + from + " through " + through + " at " + at + " reason " + Escaped.of(reason);
    }
}
