package io.walreceiver.server.web.read;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.walreceiver.ledger.SignalReading;
import io.walreceiver.ledger.Window;
import io.walreceiver.server.web.read.Readings.AskedAsOf;

/**
 * What the ledger says of a pair, as JSON. A score is finite: weights are, and it would take some 10^269 of them to be more than a
 * double holds.
 *
 * @param signal name of the type
 * @param asOf the instant that all of it is of
 */
record ReadingJson(
        String signal, int signalType, String asOf, double score, Counts counts, Velocity velocityPerSecond) {

    /** Events by window. */
    record Counts(
            @JsonProperty("1h") long hour,
            @JsonProperty("24h") long day,
            @JsonProperty("7d") long week,
            long all) {}

    /** Events a second by window. */
    record Velocity(
            @JsonProperty("1h") double hour,
            @JsonProperty("24h") double day,
            @JsonProperty("7d") double week) {}

    static ReadingJson of(String signal, SignalReading reading, AskedAsOf asked) {
        return new ReadingJson(
                signal,
                reading.signalType(),
                asked.text(reading.asOfNanos()),
                reading.score(),
                new Counts(reading.lastHour(), reading.lastDay(), reading.lastWeek(), reading.allTime()),
                new Velocity(
                        reading.velocity(Window.HOUR), reading.velocity(Window.DAY), reading.velocity(Window.WEEK)));
    }
}
