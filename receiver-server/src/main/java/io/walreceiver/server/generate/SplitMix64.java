package io.walreceiver.server.generate;

/**
 * Steele, Lea and Flood's SplitMix64: random numbers that are the same on every Java, which {@code java.util} does not promise
 * for its own from release to release.
 */
final class SplitMix64 {

    private static final double TO_UNIT = 0x1p-53;

    private long state;

    SplitMix64(long seed) {
        this.state = seed;
    }

    long nextLong() {
        state += 0x9E3779B97F4A7C15L;
        return mix(state);
    }

    /** A number in [0, 1). */
    double nextDouble() {
        return (nextLong() >>> 11) * TO_UNIT;
    }

    /** Spreads the bits of a number; a bijection. */
    static long mix(long number) {
        long z = (number ^ (number >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
