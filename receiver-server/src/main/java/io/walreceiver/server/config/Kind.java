package io.walreceiver.server.config;

import java.util.Optional;
import java.util.function.Function;

/**
 * What the value of an option can be.
 *
 * @param expected what a message says is expected
 * @param reader reads what people write; empty if it is not that
 * @param writer writes it so that {@code reader} reads the same
 */
record Kind<T>(String expected, Function<String, Optional<T>> reader, Function<T, String> writer) {

    private static final String OFF = "off";

    /** The same, or nothing: the word off. */
    Kind<Optional<T>> optional() {
        return new Kind<>(
                expected + ", or " + OFF,
                text -> text.equals(OFF)
                        ? Optional.of(Optional.empty())
                        : reader.apply(text).map(Optional::of),
                value -> value.map(writer).orElse(OFF));
    }

    /** The same with a range. */
    static <T extends Comparable<T>> Kind<T> within(Kind<T> kind, String least, String most) {
        Optional<T> from = least.isEmpty() ? Optional.empty() : kind.reader.apply(least);
        Optional<T> to = most.isEmpty() ? Optional.empty() : kind.reader.apply(most);
        String range = (least.isEmpty() ? "" : " from " + least)
                + (most.isEmpty() ? "" : " to " + most)
                + (most.isEmpty() && !least.isEmpty() ? " on" : "");
        return new Kind<>(
                kind.expected + range,
                text -> kind.reader
                        .apply(text)
                        .filter(value -> from.map(least0 -> value.compareTo(least0) >= 0)
                                        .orElse(true)
                                && to.map(most0 -> value.compareTo(most0) <= 0).orElse(true)),
                kind.writer);
    }

    /** What is read, written again. */
    String write(Object value) {
        @SuppressWarnings("unchecked") // the value is one that this kind has read
        T read = (T) value;
        return writer.apply(read);
    }
}
