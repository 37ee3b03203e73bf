package io.walreceiver.test;

import io.walreceiver.format.LogId;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import java.time.Duration;

/** What the examples share. */
final class ExampleSchema {

    static final LogId LOG = new LogId(1, 3);
    static final int VIEW = 0;
    static final int PURCHASE = 1;
    static final SignalSchema SCHEMA = SignalSchema.of(
            SignalType.exponential(VIEW, "view", Duration.ofDays(7)), SignalType.permanent(PURCHASE, "purchase"));
    /** For what must come; generous, as a test only waits that long when it fails. */
    static final Duration SOON = Duration.ofSeconds(30);

    private ExampleSchema() {}

    /** A log whose random events are of the schema's types. */
    static Segments segments() {
        return Segments.of(LOG).signalTypes(2);
    }
}
