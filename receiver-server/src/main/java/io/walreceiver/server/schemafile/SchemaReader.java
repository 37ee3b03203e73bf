package io.walreceiver.server.schemafile;

import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import io.walreceiver.server.input.Durations;
import io.walreceiver.server.input.Mistakes;
import io.walreceiver.server.input.Node;
import io.walreceiver.server.input.Node.Mapping;
import io.walreceiver.server.input.Node.Scalar;
import io.walreceiver.server.input.Node.Sequence;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Makes a schema of a document, and gathers every mistake on the way. */
final class SchemaReader {

    private static final String SIGNALS = "signals";
    private static final String ENTITIES = "entities";
    private static final String TYPE = "type";
    private static final String NAME = "name";
    private static final String HALF_LIFE = "half-life";
    private static final String PERMANENT = "permanent";
    private static final String EXAMPLE = "{type: 0, name: view, half-life: 7d}";

    private final Path file;
    private final Predicate<Path> readable;
    private final Mistakes mistakes = new Mistakes();
    private final Map<Integer, Scalar> typesSeen = new HashMap<>();
    private final Map<String, Scalar> namesSeen = new HashMap<>();

    SchemaReader(Path file, Predicate<Path> readable) {
        this.file = file;
        this.readable = readable;
    }

    SchemaFile read(Node root) {
        if (!(root instanceof Mapping document)) {
            mistake(root, "found " + root.found() + ", expected a mapping with the key " + SIGNALS);
            throw mistakes.asException();
        }
        mistakes.checkKeys(file.toString(), document, "a schema file", List.of(SIGNALS, ENTITIES));
        List<SignalType> types = signals(document);
        Optional<Path> entities = document.value(ENTITIES).flatMap(this::entities);
        if (!mistakes.isEmpty()) {
            throw mistakes.asException();
        }
        return new SchemaFile(file, SignalSchema.of(types), entities);
    }

    private List<SignalType> signals(Mapping document) {
        Optional<Node> signals = document.value(SIGNALS);
        if (signals.isEmpty()) {
            mistake(document, "the key " + SIGNALS + " is missing; expected a list of signals such as " + EXAMPLE);
            return List.of();
        }
        if (!(signals.get() instanceof Sequence list) || list.items().isEmpty()) {
            Node found = signals.get();
            mistake(found, SIGNALS + ": found " + found.found() + ", expected a list of signals such as " + EXAMPLE);
            return List.of();
        }
        return list.items().stream().flatMap(item -> signal(item).stream()).toList();
    }

    private Optional<SignalType> signal(Node item) {
        if (!(item instanceof Mapping signal)) {
            mistake(item, "a signal: found " + item.found() + ", expected a mapping such as " + EXAMPLE);
            return Optional.empty();
        }
        mistakes.checkKeys(file.toString(), signal, "a signal", List.of(TYPE, NAME, HALF_LIFE));
        Optional<Integer> type = word(signal, TYPE, "a number from 0 to 255").flatMap(this::type);
        Optional<String> name = word(signal, NAME, "a name").flatMap(this::name);
        Optional<Optional<Duration>> halfLife = word(
                        signal, HALF_LIFE, Durations.EXPECTED + ", or the word " + PERMANENT)
                .flatMap(this::halfLife);
        return type.flatMap(
                index -> name.flatMap(called -> halfLife.map(decay -> new SignalType(index, called, decay))));
    }

    private Optional<Integer> type(Scalar text) {
        if (!text.text().matches("\\d{1,3}") || Integer.parseInt(text.text()) > 255) {
            mistake(text, TYPE + ": found " + text.found() + ", expected a number from 0 to 255");
            return Optional.empty();
        }
        Integer type = Integer.valueOf(text.text());
        Scalar before = typesSeen.putIfAbsent(type, text);
        if (before != null) {
            mistake(text, TYPE + ": " + type + " is used twice, first in line " + before.line());
            return Optional.empty();
        }
        return Optional.of(type);
    }

    private Optional<String> name(Scalar text) {
        String name = text.text();
        if (name.isBlank() || name.chars().anyMatch(Character::isISOControl)) {
            mistake(text, NAME + ": found " + text.found() + ", expected a name");
            return Optional.empty();
        }
        Scalar before = namesSeen.putIfAbsent(name, text);
        if (before != null) {
            mistake(text, NAME + ": " + name + " is used twice, first in line " + before.line());
            return Optional.empty();
        }
        return Optional.of(name);
    }

    private Optional<Optional<Duration>> halfLife(Scalar text) {
        if (text.text().equals(PERMANENT)) {
            return Optional.of(Optional.empty());
        }
        Optional<Duration> duration = Durations.parse(text.text());
        if (duration.isEmpty()) {
            String hint = text.text().matches("\\d+") ? " (a number needs a unit)" : "";
            mistake(
                    text,
                    HALF_LIFE + ": found " + text.found() + hint + ", expected " + Durations.EXPECTED + ", or the word "
                            + PERMANENT);
            return Optional.empty();
        }
        if (duration.get().isZero() || duration.get().isNegative()) {
            mistake(text, HALF_LIFE + ": found " + text.found() + ", expected more than zero");
            return Optional.empty();
        }
        return Optional.of(duration);
    }

    private Optional<Path> entities(Node node) {
        if (!(node instanceof Scalar name) || name.empty()) {
            mistake(node, ENTITIES + ": found " + node.found() + ", expected the name of a CSV file");
            return Optional.empty();
        }
        try {
            Path names = file.resolveSibling(name.text());
            if (readable.test(names)) {
                return Optional.of(names);
            }
            mistake(
                    name,
                    ENTITIES + ": " + names + " is not a file that can be read; names are relative to the schema");
        } catch (InvalidPathException e) {
            mistake(name, ENTITIES + ": found " + name.found() + ", which cannot name a file: " + e.getReason());
        }
        return Optional.empty();
    }

    private Optional<Scalar> word(Mapping signal, String key, String expected) {
        Optional<Node> value = signal.value(key);
        if (value.isEmpty()) {
            mistake(signal, "a signal lacks the key " + key + "; expected " + expected);
            return Optional.empty();
        }
        if (!(value.get() instanceof Scalar scalar) || scalar.empty()) {
            mistake(value.get(), key + ": found " + value.get().found() + ", expected " + expected);
            return Optional.empty();
        }
        return Optional.of(scalar);
    }

    private void mistake(Node at, String what) {
        mistakes.add(file.toString(), at, what);
    }
}
