package io.walreceiver.server.web.read;

import io.walreceiver.server.web.Call;
import io.walreceiver.server.web.PlainText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;

/** The parameters of a request. What is wrong with them is gathered, and told by {@link #check}: values are not to be used before. */
final class Parameters {

    /** Fails with what was expected. */
    static final class NotSoException extends RuntimeException {

        private static final long serialVersionUID = 1;

        NotSoException(String expected) {
            super(expected, null, false, false);
        }
    }

    private final Call call;
    private final TreeSet<String> known = new TreeSet<>();
    private final Mistakes mistakes = new Mistakes();

    Parameters(Call call) {
        this.call = call;
    }

    /** A part of the path. */
    <T> T path(String name, T otherwise, Function<String, T> parse) {
        return read(name, call.path(name), otherwise, parse);
    }

    /** A parameter that may be left out, and comes once. */
    <T> Optional<T> one(String name, Function<String, Optional<T>> parse) {
        known.add(name);
        List<String> values = call.queries(name);
        if (values.size() > 1) {
            mistakes.add(name + ": expected one, found " + values.size());
        }
        return values.isEmpty() ? Optional.empty() : read(name, values.get(0), Optional.empty(), parse);
    }

    /** A parameter that may be repeated. */
    <T> List<T> all(String name, int most, Function<String, Optional<T>> parse) {
        known.add(name);
        List<String> values = call.queries(name);
        if (values.size() > most) {
            mistakes.add(name + ": expected at most " + most + ", found " + values.size());
            return List.of();
        }
        List<T> parsed = new ArrayList<>();
        values.forEach(value -> read(name, value, Optional.<T>empty(), parse).ifPresent(parsed::add));
        return parsed;
    }

    /** Something else is wrong. */
    void mistake(String what) {
        mistakes.add(what);
    }

    /** Fails, with status 400, if anything is wrong: a parameter that nobody asked for, too. */
    void check() {
        call.parameters().keySet().stream()
                .filter(name -> !known.contains(name))
                .forEach(name -> mistakes.add("unknown parameter " + PlainText.word(name) + ": expected "
                        + (known.isEmpty() ? "none" : "one of " + String.join(", ", known))));
        mistakes.check();
    }

    private <T> T read(String name, String value, T otherwise, Function<String, T> parse) {
        try {
            return parse.apply(value);
        } catch (NotSoException e) {
            mistakes.add(name + ": expected " + e.getMessage() + ", found \"" + PlainText.word(value) + "\"");
            return otherwise;
        }
    }
}
