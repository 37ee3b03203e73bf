package io.walreceiver.server.input;

import java.util.List;
import java.util.Optional;

/** A piece of a YAML or JSON document that remembers where it stands. */
public sealed interface Node {

    /** Where it begins, from 1. */
    int line();

    /** Where it begins, from 1. */
    int column();

    /** What it is, for a message that says what was found. */
    String found();

    /** Keys and their values, in the order of the file; a key may have been written twice. */
    record Mapping(List<Entry> entries, int line, int column) implements Node {

        /** The value of a key; the first one if the key was written twice. */
        public Optional<Node> value(String key) {
            return entries.stream()
                    .filter(entry -> entry.key().text().equals(key))
                    .map(Entry::value)
                    .findFirst();
        }

        @Override
        public String found() {
            return entries.isEmpty() ? "an empty mapping" : "a mapping";
        }
    }

    /** A key and its value. */
    record Entry(Scalar key, Node value) {}

    /** A list. */
    record Sequence(List<Node> items, int line, int column) implements Node {

        @Override
        public String found() {
            return items.isEmpty() ? "an empty list" : "a list";
        }
    }

    /** A word, a number, true, false or nothing. */
    record Scalar(String text, boolean empty, int line, int column) implements Node {

        private static final int MOST_SHOWN = 60;

        @Override
        public String found() {
            if (empty) {
                return "nothing";
            }
            return text.length() <= MOST_SHOWN ? "\"" + text + "\"" : "\"" + text.substring(0, MOST_SHOWN) + "...\"";
        }
    }
}
