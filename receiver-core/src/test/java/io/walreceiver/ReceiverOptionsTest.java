package io.walreceiver;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is out of range is refused when options are built, by name, and not when a log first needs it. */
class ReceiverOptionsTest {

    private static final Duration TOO_LONG = Duration.ofSeconds(Long.MAX_VALUE);

    static Stream<Arguments> durations() {
        return Stream.of(
                duration("patience", ReceiverOptions.Builder::patience),
                duration("maxResendDelay", ReceiverOptions.Builder::maxResendDelay),
                duration("maxEventLead", ReceiverOptions.Builder::maxEventLead));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("durations")
    void aDurationThatNoClockCanMeasureIsRefused(
            String option, BiFunction<ReceiverOptions.Builder, Duration, ReceiverOptions.Builder> set) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> set.apply(ReceiverOptions.builder(), TOO_LONG).build())
                .withMessageContaining(option);
    }

    @Test
    void aNegativeLeadIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ReceiverOptions.builder()
                        .maxEventLead(Duration.ofNanos(-1))
                        .build())
                .withMessageContaining("maxEventLead");
    }

    private static Arguments duration(
            String option, BiFunction<ReceiverOptions.Builder, Duration, ReceiverOptions.Builder> set) {
        return Arguments.of(option, set);
    }
}
