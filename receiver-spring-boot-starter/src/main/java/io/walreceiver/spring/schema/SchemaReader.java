package io.walreceiver.spring.schema;

import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import io.walreceiver.spring.config.Mistake;
import io.walreceiver.spring.config.Mistakes;
import io.walreceiver.spring.config.ReceiverProperties;
import io.walreceiver.spring.config.ReceiverProperties.Signal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes a schema of what the configuration says, or of the file that it names. */
public final class SchemaReader {

    private static final String INLINE = "wal-receiver.schema.signals";
    private static final String LOCATION = "wal-receiver.schema-location";

    private final SchemaFile file;
    private final Mistakes mistakes = new Mistakes();
    private final Map<Integer, String> typesSeen = new HashMap<>();
    private final Map<String, String> namesSeen = new HashMap<>();

    /**
     * A reader for one schema.
     *
     * @param file reads files
     */
    public SchemaReader(SchemaFile file) {
        this.file = file;
    }

    /**
     * Reads the schema. Blocks.
     *
     * @throws io.walreceiver.spring.config.InvalidConfigurationException telling all mistakes
     */
    public SignalSchema read(ReceiverProperties properties) {
        List<Signal> inline = properties.schema().signals();
        String location = properties.schemaLocation();
        if (location != null && !inline.isEmpty()) {
            mistakes.add(new Mistake(
                    LOCATION,
                    location,
                    "either this or " + INLINE + ", not both",
                    "Remove " + LOCATION + " or " + INLINE + "."));
        } else if (location == null && inline.isEmpty()) {
            mistakes.add(Mistake.missing(
                    INLINE,
                    "the signal types that events may have, such as {type: 0, name: view, half-life: 7d}",
                    "List them in " + INLINE + ", or name a schema file in " + LOCATION
                            + ", or define a bean of type SignalSchema."));
        }
        mistakes.throwIfAny();
        List<SignalType> types =
                location == null ? types(INLINE, inline) : types(LOCATION + " " + location, file.read(location));
        mistakes.throwIfAny();
        return SignalSchema.of(types);
    }

    private List<SignalType> types(String where, List<Signal> signals) {
        List<SignalType> types = new ArrayList<>();
        for (int i = 0; i < signals.size(); i++) {
            String path = where.equals(INLINE) ? INLINE + "[" + i + "]" : where + ": signals[" + i + "]";
            type(path, signals.get(i)).ifPresent(types::add);
        }
        return types;
    }

    private Optional<SignalType> type(String path, Signal signal) {
        Optional<Integer> index = index(path + ".type", signal.type());
        Optional<String> name = name(path + ".name", signal.name());
        Optional<HalfLife> halfLife = halfLife(path + ".half-life", signal.halfLife());
        return index.flatMap(type ->
                name.flatMap(called -> halfLife.map(life -> new SignalType(type, called, life.duration()))));
    }

    private Optional<Integer> index(String path, @Nullable Integer type) {
        if (type == null || type < 0 || type > 255) {
            return wrong(path, type, "a number from 0 to 255");
        }
        String before = typesSeen.putIfAbsent(type, path);
        return before == null
                ? Optional.of(type)
                : wrong(path, type, "a number that no other signal has; " + before + " has it too");
    }

    private Optional<String> name(String path, @Nullable String name) {
        if (name == null || name.isBlank() || name.chars().anyMatch(Character::isISOControl)) {
            return wrong(path, name, "a name");
        }
        String before = namesSeen.putIfAbsent(name, path);
        return before == null
                ? Optional.of(name)
                : wrong(path, name, "a name that no other signal has; " + before + " has it too");
    }

    private Optional<HalfLife> halfLife(String path, @Nullable String text) {
        Optional<HalfLife> halfLife = text == null ? Optional.empty() : HalfLife.parse(text.strip());
        return halfLife.isPresent() ? halfLife : wrong(path, text, HalfLife.EXPECTED);
    }

    private <T> Optional<T> wrong(String path, @Nullable Object found, String expected) {
        mistakes.wrong(path, found, expected);
        return Optional.empty();
    }
}
