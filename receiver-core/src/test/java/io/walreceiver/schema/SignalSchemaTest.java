package io.walreceiver.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SignalSchemaTest {

    private final SignalType view = SignalType.exponential(3, "view", Duration.ofDays(7));
    private final SignalType like = SignalType.permanent(255, "like");

    @Test
    void typesAreFoundByIndexAndName() {
        SignalSchema schema = SignalSchema.of(like, view);

        assertThat(schema.types()).containsExactly(view, like);
        assertThat(schema.type(3)).contains(view);
        assertThat(schema.named("like")).contains(like);
        assertThat(schema.type(0)).isEmpty();
        assertThat(schema.named("share")).isEmpty();
    }

    @Test
    void anyIndexMayBeAskedFor() {
        SignalSchema schema = SignalSchema.of(view, like);

        assertThat(schema.knows(3)).isTrue();
        assertThat(schema.knows(255)).isTrue();
        assertThat(schema.knows(4)).isFalse();
        assertThat(schema.knows(-1)).isFalse();
        assertThat(schema.knows(256)).isFalse();
        assertThat(schema.type(-1)).isEmpty();
    }

    @Test
    void indexUsedTwiceNamesBothTypes() {
        assertThatThrownBy(() -> SignalSchema.of(view, SignalType.permanent(3, "share")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("signal type 3 is named twice: view and share");
    }

    @Test
    void nameUsedTwiceNamesBothIndexes() {
        assertThatThrownBy(() -> SignalSchema.of(view, SignalType.permanent(4, "view")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("signal name view is used twice: by types 3 and 4");
    }

    @Test
    void indexMustFitTheWire() {
        assertThatThrownBy(() -> SignalType.permanent(256, "view"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("signal type 256: must be 0..255");
        assertThatThrownBy(() -> SignalType.permanent(-1, "view"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("signal type -1: must be 0..255");
    }

    @Test
    void nameMustNotBeBlank() {
        assertThatThrownBy(() -> SignalType.permanent(1, " "))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("signal type 1: the name is blank");
    }

    @Test
    void halfLifeMustBePositive() {
        for (Duration halfLife : new Duration[] {Duration.ZERO, Duration.ofHours(-1)}) {
            assertThatThrownBy(() -> SignalType.exponential(1, "view", halfLife))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("signal type 1 (view): half-life " + halfLife + " must be greater than zero");
        }
    }

    @Test
    void decayRatesAreThoseOfTheHalfLife() {
        SignalType hour = SignalType.exponential(0, "hour", Duration.ofHours(1));

        assertThat(hour.lambdaPerSecond()).isEqualTo(0x1.62e42fefa39efp-1 / 3600);
        assertThat(hour.lambdaPerNano()).isEqualTo(0x1.62e42fefa39efp-1 / 3600e9);
        assertThat(like.lambdaPerSecond()).isZero();
        assertThat(like.lambdaPerNano()).isZero();
    }

    @Test
    void longestAndShortestHalfLifeHaveARate() {
        SignalType longest = SignalType.exponential(0, "eon", Duration.ofSeconds(Long.MAX_VALUE, 999_999_999));
        SignalType shortest = SignalType.exponential(0, "instant", Duration.ofNanos(1));

        assertThat(longest.lambdaPerNano()).isPositive();
        assertThat(shortest.lambdaPerNano()).isEqualTo(0x1.62e42fefa39efp-1);
    }
}
