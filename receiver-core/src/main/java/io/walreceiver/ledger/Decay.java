package io.walreceiver.ledger;

import java.math.BigDecimal;
import java.math.MathContext;

/**
 * Exponential decay with the same bits on every platform.
 *
 * <p>The decay over {@code dt} nanoseconds is {@code exp(-(lambdaPerNano * (double) dt))}: one rounding for {@code dt}, one for
 * the product, then {@link #exp}. That form, and every constant here, is part of the contract between followers and of stored
 * checkpoints: changing one bit of it is a change of format.
 *
 * <p>{@code Math.exp} is a platform stub (it differs from {@code StrictMath} in 3 % of the arguments) and {@code Math.fma}
 * rounds once where others round twice, so neither is used. Plain {@code + - *} are strict from Java 17 on.
 *
 * <p>For a ledger of your own that is to agree with the built-in one to the bit. With {@code factor} of this class, of a pair's score
 * {@code s} and its newest event time {@code last}, an event of weight {@code w} at {@code t} makes, from {@code s = 0} and {@code last =
 * t} at first:
 *
 * <pre>{@code
 * t >= last:  s = s * factor(lambda, t - last) + w;  last = t
 * t <  last:  s = s + w * factor(lambda, last - t)
 * read at asOf >= last:  s * factor(lambda, asOf - last)
 * }</pre>
 */
public final class Decay {

    /** 2^(1/128) is the step of the table. */
    private static final int STEPS = 128;

    private static final int STEP_BITS = 7;
    private static final int MANTISSA_BITS = 52;
    /** Adding this leaves the nearest integer in the low bits of the sum. */
    private static final double ROUNDER = 0x1.8p52;

    /** 128 / ln 2. */
    private static final double STEPS_PER_UNIT = 0x1.71547652b82fep7;
    /** ln 2 / 128 in two pieces; the first has its 32 low bits clear, so its product with a step number is exact. */
    private static final double STEP_HIGH = 0x1.62e42p-8;

    private static final double STEP_LOW = 0x1.fdf473de6af28p-29;

    /** Below this the result may be subnormal: it is computed 2^64 times larger and scaled down, which rounds once. */
    private static final double LIFTED_BELOW = -700;

    private static final int LIFT = 64;
    private static final double UNLIFT = 0x1p-64;

    /** Below this the result is less than half the least double. */
    private static final double ZERO_BELOW = -746;

    /** Bits of 2^(i/128), less i/128 of an exponent step: adding {@code k << 45} scales by 2^(k/128) in one go. */
    private static final long[] POWERS = powers();

    private Decay() {}

    /**
     * What is left of 1 after {@code dtNanos}.
     *
     * @param lambdaPerNano decay rate in 1/nanoseconds, 0 or more: {@link io.walreceiver.schema.SignalType#lambdaPerNano}
     * @param dtNanos 0 or more
     * @return 0..1, exactly 1 if either argument is 0
     */
    public static double factor(double lambdaPerNano, long dtNanos) {
        return exp(-(lambdaPerNano * dtNanos));
    }

    /**
     * e^x within 2.3e-16 of itself: x = k * ln 2 / 128 + r, e^x = 2^(k/128) * (1 + p(r)), {@code |r| <= ln 2 / 256}.
     *
     * @param x 0 or less
     */
    static double exp(double x) {
        if (x > LIFTED_BELOW) {
            return exp(x, 0);
        }
        return x < ZERO_BELOW ? 0 : exp(x, LIFT) * UNLIFT;
    }

    /** e^x * 2^lift. */
    private static double exp(double x, int lift) {
        double rounded = x * STEPS_PER_UNIT + ROUNDER;
        long k = (int) Double.doubleToRawLongBits(rounded);
        double steps = rounded - ROUNDER;
        double r = (x - steps * STEP_HIGH) - steps * STEP_LOW;
        double r2 = r * r;
        double p = r + r2 * (0.5 + r * (1.0 / 6)) + r2 * r2 * (1.0 / 24 + r * (1.0 / 120));
        double power = Double.longBitsToDouble(
                POWERS[(int) k & (STEPS - 1)] + (k + lift * STEPS << MANTISSA_BITS - STEP_BITS));
        return power + power * p;
    }

    /** Correctly rounded from 40 digits. */
    private static long[] powers() {
        MathContext digits = new MathContext(40);
        BigDecimal step = BigDecimal.valueOf(2);
        for (int i = 0; i < STEP_BITS; i++) {
            step = step.sqrt(digits);
        }
        long[] powers = new long[STEPS];
        BigDecimal power = BigDecimal.ONE;
        for (int i = 0; i < STEPS; i++) {
            powers[i] = Double.doubleToRawLongBits(power.doubleValue()) - ((long) i << (MANTISSA_BITS - STEP_BITS));
            power = power.multiply(step, digits);
        }
        return powers;
    }
}
