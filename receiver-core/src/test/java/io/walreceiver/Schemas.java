package io.walreceiver;

import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import java.time.Duration;

/** The schemas of the vectors. */
final class Schemas {

    /** {@code verdicts}, {@code delivery}, {@code windows}, {@code generated}. */
    static final SignalSchema FOUR_TYPES = SignalSchema.of(
            SignalType.exponential(0, "view", Duration.ofDays(7)),
            SignalType.exponential(1, "like", Duration.ofDays(30)),
            SignalType.exponential(2, "share", Duration.ofDays(1)),
            SignalType.exponential(3, "skip", Duration.ofHours(1)));

    private Schemas() {}
}
