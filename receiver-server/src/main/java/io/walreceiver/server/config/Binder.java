package io.walreceiver.server.config;

import io.walreceiver.server.config.Section.Member;
import io.walreceiver.server.config.Section.Option;
import io.walreceiver.server.config.Section.Part;
import io.walreceiver.server.input.Mistake;
import io.walreceiver.server.input.Mistakes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes records of what was said, and gathers the mistakes in it: also in what counts for nothing, since something else has more weight. */
final class Binder {

    private static final int LONGEST_SHOWN = 60;

    private final Layers layers;
    private final Mistakes mistakes;

    Binder(Layers layers, Mistakes mistakes) {
        this.layers = layers;
        this.mistakes = mistakes;
    }

    /** The record; empty if there are mistakes. */
    Optional<Record> bind(Section section, String prefix) {
        List<Object> values = new ArrayList<>();
        for (Member member : section.members()) {
            value(member, prefix + member.key()).ifPresent(values::add);
        }
        return values.size() == section.members().size() ? Optional.of(section.make(values)) : Optional.empty();
    }

    private Optional<?> value(Member member, String path) {
        if (member instanceof Option option) {
            return option(option, path);
        }
        Part part = (Part) member;
        return part.repeated() ? list(part, path) : bind(part.section(), path + ".");
    }

    private Optional<List<Record>> list(Part part, String path) {
        int items = layers.items(path);
        List<Record> bound = new ArrayList<>();
        for (int i = 0; i < items; i++) {
            bind(part.section(), path + "[" + i + "].").ifPresent(bound::add);
        }
        return bound.size() == items ? Optional.of(bound) : Optional.empty();
    }

    private Optional<Object> option(Option option, String path) {
        List<Given> given = layers.given(path);
        if (given.isEmpty()) {
            Optional<Object> preset =
                    option.preset().flatMap(text -> read(option, new Given(text, Given.Origin.PRESET)));
            if (preset.isEmpty()) {
                mistakes.add(new Mistake(
                        "the configuration",
                        0,
                        0,
                        path + " is missing; expected " + expected(option, Given.Origin.PRESET)));
            }
            return preset;
        }
        Optional<Object> first = Optional.empty();
        boolean valid = true;
        for (Given each : given) {
            Optional<Object> value = read(option, each);
            if (value.isEmpty()) {
                mistakes.add(each.origin().mistake(wrong(option, path, each)));
                valid = false;
            }
            first = first.or(() -> value);
        }
        return valid ? first : Optional.empty();
    }

    private static Optional<Object> read(Option option, Given given) {
        return option.kind(given.origin().base()).reader().apply(given.text()).map(value -> (Object) value);
    }

    private static String expected(Option option, Given.Origin origin) {
        return option.kind(origin.base()).expected();
    }

    private static String wrong(Option option, String path, Given given) {
        String found = option.setting().secret()
                ? "something else (not shown, as it may be the secret itself)"
                : "\"" + shown(given.text()) + "\"";
        String hint = given.text().matches("\\d+")
                        && !expected(option, given.origin()).startsWith("a number")
                ? " (a number needs a unit)"
                : "";
        return path + ": found " + found + (option.setting().secret() ? "" : hint) + ", expected "
                + expected(option, given.origin());
    }

    private static String shown(String text) {
        String printable = text.replaceAll("\\p{Cntrl}", "?");
        return printable.length() <= LONGEST_SHOWN ? printable : printable.substring(0, LONGEST_SHOWN) + "...";
    }
}
