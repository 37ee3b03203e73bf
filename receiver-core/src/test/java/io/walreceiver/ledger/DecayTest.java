package io.walreceiver.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.walreceiver.schema.SignalType;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DecayTest {

    /** Arguments of every magnitude from 2^-40 to 2^10, the same ones on every run and platform. */
    private static double argument(SplittableRandom random) {
        int exponent = random.nextInt(-40, 10);
        double mantissa = 1 + (random.nextLong() >>> 12) * 0x1p-52;
        return -mantissa * Double.longBitsToDouble(exponent + 1023L << 52);
    }

    @Test
    void expIsWithinAnUlpOfStrictMath() {
        SplittableRandom random = new SplittableRandom(42);
        double worst = 0;
        for (int i = 0; i < 1_000_000; i++) {
            double x = argument(random);
            double expected = StrictMath.exp(x);
            if (expected >= Double.MIN_NORMAL) {
                worst = Math.max(worst, Math.abs(Decay.exp(x) - expected) / expected);
            } else {
                assertThat(Decay.exp(x)).isBetween(expected - Double.MIN_VALUE, expected + Double.MIN_VALUE);
            }
        }
        assertThat(worst).isLessThan(2.3e-16);
    }

    /** These bits are a contract: followers and stored checkpoints rest on them. */
    @Test
    void bitsAreTheSameEverywhere() {
        SplittableRandom random = new SplittableRandom(7);
        long hash = 0;
        for (int i = 0; i < 1_000_000; i++) {
            hash = hash * 31 + Double.doubleToRawLongBits(Decay.exp(argument(random)));
        }
        double week = SignalType.exponential(0, "week", Duration.ofDays(7)).lambdaPerNano();

        assertThat(Long.toHexString(hash)).isEqualTo("e614054598f99eb6");
        assertThat(Double.toHexString(week)).isEqualTo("0x1.4a55888ac9d28p-50");
        assertThat(Double.toHexString(Decay.factor(week, 1_767_960_000_000_001L)))
                .isEqualTo("0x1.0dfe917d862c4p-3");
    }

    @Test
    void nothingDecaysInNoTimeOrWithoutARate() {
        assertThat(Decay.factor(1e-15, 0)).isEqualTo(1);
        assertThat(Decay.factor(0, Long.MAX_VALUE)).isEqualTo(1);
    }

    @Test
    void decayNeverGrowsAScore() {
        SplittableRandom random = new SplittableRandom(11);
        for (int i = 0; i < 200_000; i++) {
            assertThat(Decay.exp(argument(random)) <= 1).isTrue();
        }
        assertThat(Decay.exp(-Double.MIN_VALUE)).isEqualTo(1);
        assertThat(Decay.exp(-0x1p-53)).isLessThanOrEqualTo(1);
    }

    @Test
    void decayEndsAtZero() {
        assertThat(Decay.exp(-745)).isEqualTo(Double.MIN_VALUE);
        assertThat(Decay.exp(-746.1)).isZero();
        assertThat(Decay.exp(-Double.MAX_VALUE)).isZero();
        double oneNanosecond =
                SignalType.exponential(0, "brief", Duration.ofNanos(1)).lambdaPerNano();
        assertThat(Decay.factor(oneNanosecond, 1)).isEqualTo(0.5);
        assertThat(Decay.factor(oneNanosecond, Long.MAX_VALUE)).isZero();
    }

    @Test
    void aHalfLifeHalves() {
        for (Duration life : new Duration[] {Duration.ofHours(1), Duration.ofDays(7), Duration.ofDays(365)}) {
            double lambda = SignalType.exponential(0, "any", life).lambdaPerNano();
            assertThat(Decay.factor(lambda, life.toNanos())).isCloseTo(0.5, within(1e-16));
            assertThat(Decay.factor(lambda, 3 * life.toNanos())).isCloseTo(0.125, within(1e-16));
        }
    }
}
