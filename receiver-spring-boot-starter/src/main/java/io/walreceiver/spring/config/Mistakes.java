package io.walreceiver.spring.config;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gathers mistakes, so that all of them are told at once. Not safe for use by several threads. */
public final class Mistakes {

    private final List<Mistake> found = new ArrayList<>();

    /** None so far. */
    public Mistakes() {}

    /** Adds one. */
    public void add(Mistake mistake) {
        found.add(mistake);
    }

    /** Adds one, which a better value heals. */
    public void wrong(String property, @Nullable Object value, String expected) {
        add(new Mistake(
                property,
                value == null ? null : value.toString(),
                expected,
                "Set " + property + " to " + expected + "."));
    }

    /** Adds one if a value is outside of its range; null is not. */
    <T extends Comparable<T>> void range(String property, @Nullable T value, T least, T most) {
        if (value != null && (value.compareTo(least) < 0 || value.compareTo(most) > 0)) {
            wrong(property, value, "a value from " + Told.of(least) + " to " + Told.of(most));
        }
    }

    /** Adds one if a value is too small; null is not. */
    <T extends Comparable<T>> void atLeast(String property, @Nullable T value, T least) {
        if (value != null && value.compareTo(least) < 0) {
            wrong(property, value, "a value of " + Told.of(least) + " or more");
        }
    }

    /**
     * Ends the gathering.
     *
     * @throws InvalidConfigurationException if there are any
     */
    public void throwIfAny() {
        if (!found.isEmpty()) {
            throw new InvalidConfigurationException(found);
        }
    }
}
