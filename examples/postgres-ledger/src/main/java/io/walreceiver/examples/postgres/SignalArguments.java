package io.walreceiver.examples.postgres;

import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Signal types as one argument: {@code touch=P7D,churn=P30D,release=permanent}, types 0, 1 and 2. */
final class SignalArguments {

    private static final String PERMANENT = "permanent";

    private SignalArguments() {}

    /** @throws IllegalArgumentException saying what was expected */
    static SignalSchema parse(String text) {
        List<SignalType> types = new ArrayList<>();
        for (String entry : text.split(",", -1)) {
            int equals = entry.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException("expected NAME=HALF-LIFE, found \"" + entry + "\"");
            }
            types.add(new SignalType(types.size(), entry.substring(0, equals), halfLife(entry.substring(equals + 1))));
        }
        return SignalSchema.of(types);
    }

    private static Optional<Duration> halfLife(String text) {
        try {
            return text.equals(PERMANENT) ? Optional.empty() : Optional.of(Duration.parse(text));
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    "expected a half-life like P7D or PT1H, or \"" + PERMANENT + "\", found \"" + text + "\"", e);
        }
    }
}
