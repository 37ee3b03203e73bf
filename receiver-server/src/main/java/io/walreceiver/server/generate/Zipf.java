package io.walreceiver.server.generate;

/**
 * Ranks 1..n where rank k comes up in proportion to {@code k^-skew}, by rejection-inversion (Hörmann and Derflinger, 1996): no
 * table, so that a billion entities cost no memory. Only StrictMath is used, so that every platform draws the same ranks.
 */
final class Zipf {

    private final long n;
    private final double skew;
    private final double integralFirst;
    private final double integralLast;
    private final double shortcut;

    /**
     * A distribution.
     *
     * @param n number of ranks, 1 or more
     * @param skew 0 or more; 0 makes all ranks equally likely
     */
    Zipf(long n, double skew) {
        this.n = n;
        this.skew = skew;
        this.integralFirst = integral(1.5) - 1;
        this.integralLast = integral(n + 0.5);
        this.shortcut = 2 - inverse(integral(2.5) - density(2));
    }

    long next(SplitMix64 random) {
        while (true) {
            double u = integralLast + random.nextDouble() * (integralFirst - integralLast);
            double x = inverse(u);
            long rank = Math.max(1, Math.min(n, (long) (x + 0.5)));
            if ((double) rank - x <= shortcut || u >= integral(rank + 0.5) - density(rank)) {
                return rank;
            }
        }
    }

    private double density(double x) {
        return StrictMath.exp(-skew * StrictMath.log(x));
    }

    /** Integral of the density: {@code (x^(1-skew) - 1) / (1 - skew)}, which is {@code ln x} for a skew of 1. */
    private double integral(double x) {
        double log = StrictMath.log(x);
        double power = (1 - skew) * log;
        return Math.abs(power) < 1e-8 ? log * (1 + power / 2) : StrictMath.expm1(power) / (1 - skew);
    }

    private double inverse(double u) {
        double t = Math.max(-1, u * (1 - skew));
        double log = Math.abs(t) < 1e-8 ? u * (1 - t / 2) : StrictMath.log1p(t) / (1 - skew);
        return StrictMath.exp(log);
    }
}
