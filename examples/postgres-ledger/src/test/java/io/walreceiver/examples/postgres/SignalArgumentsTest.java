package io.walreceiver.examples.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walreceiver.schema.SignalType;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignalArgumentsTest {

    @Test
    void typesAreNumberedInOrder() {
        assertThat(SignalArguments.parse("touch=P7D,churn=PT12H,release=permanent")
                        .types())
                .containsExactly(
                        SignalType.exponential(0, "touch", Duration.ofDays(7)),
                        SignalType.exponential(1, "churn", Duration.ofHours(12)),
                        SignalType.permanent(2, "release"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "touch", "touch=", "touch=7d", "=P7D", "touch=P7D,", "touch=PT0S", "a=P1D,a=P2D"})
    void whatIsNotATypeIsRefused(String text) {
        assertThatThrownBy(() -> SignalArguments.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
