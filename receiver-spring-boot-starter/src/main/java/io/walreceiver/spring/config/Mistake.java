package io.walreceiver.spring.config;

import org.jspecify.annotations.Nullable;

/**
 * Something that is wrong with the configuration.
 *
 * @param property its full name, such as {@code wal-receiver.sources[0].address}
 * @param found what was found; null if nothing was, or it may be a secret
 * @param expected what was expected instead
 * @param action what to do
 */
public record Mistake(String property, @Nullable String found, String expected, String action) {

    /** Nothing is said where something has to be. */
    public static Mistake missing(String property, String expected, String action) {
        return new Mistake(property, null, expected, action);
    }

    /** In a sentence. */
    @Override
    public String toString() {
        return property + ": " + (found == null ? "" : "found \"" + found + "\", ") + "expected " + expected;
    }
}
