package io.walreceiver.schema;

import java.time.Duration;
import java.util.Optional;

/**
 * A kind of signal, for example {@code view} or {@code like}.
 *
 * @param index its number on the wire, 0..255
 * @param name its name, not blank
 * @param halfLife after how long a score is worth half, greater than zero; empty for permanent (no decay)
 */
public record SignalType(int index, String name, Optional<Duration> halfLife) {

    private static final double NANOS_PER_SECOND = 1e9;
    /** ln 2, correctly rounded. */
    private static final double LN_2 = 0x1.62e42fefa39efp-1;

    public SignalType {
        if (index < 0 || index > 255) {
            throw new IllegalArgumentException("signal type " + index + ": must be 0..255");
        }
        if (name.isBlank()) {
            throw new IllegalArgumentException("signal type " + index + ": the name is blank");
        }
        if (halfLife.isPresent() && (halfLife.get().isZero() || halfLife.get().isNegative())) {
            throw new IllegalArgumentException("signal type " + index + " (" + name + "): half-life " + halfLife.get()
                    + " must be greater than zero");
        }
    }

    /** A type whose score halves every {@code halfLife}. */
    public static SignalType exponential(int index, String name, Duration halfLife) {
        return new SignalType(index, name, Optional.of(halfLife));
    }

    /** A type whose score does not decay. */
    public static SignalType permanent(int index, String name) {
        return new SignalType(index, name, Optional.empty());
    }

    /**
     * Decay rate lambda = ln 2 / half-life in 1/nanoseconds, 0 for permanent: what the built-in ledger computes with. Its bits are
     * the same on every platform.
     */
    public double lambdaPerNano() {
        return halfLife.map(life -> LN_2 / (life.getSeconds() * NANOS_PER_SECOND + life.getNano()))
                .orElse(0.0);
    }

    /** Decay rate lambda = ln 2 / half-life in 1/seconds; 0 for permanent. */
    public double lambdaPerSecond() {
        return halfLife.map(life -> LN_2 / (life.getSeconds() + life.getNano() / NANOS_PER_SECOND))
                .orElse(0.0);
    }
}
