package io.walreceiver.schema;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The signal types that a ledger knows, by index. Immutable; safe for use by any thread. */
public final class SignalSchema {

    private static final int MAX_TYPES = 256;

    private final @Nullable SignalType[] byIndex = new @Nullable SignalType[MAX_TYPES];
    private final List<SignalType> types;

    private SignalSchema(Collection<SignalType> types) {
        TreeMap<String, SignalType> byName = new TreeMap<>();
        for (SignalType type : types) {
            SignalType sameIndex = byIndex[type.index()];
            if (sameIndex != null) {
                throw new IllegalArgumentException(
                        "signal type " + type.index() + " is named twice: " + sameIndex.name() + " and " + type.name());
            }
            SignalType sameName = byName.put(type.name(), type);
            if (sameName != null) {
                throw new IllegalArgumentException("signal name " + type.name() + " is used twice: by types "
                        + sameName.index() + " and " + type.index());
            }
            byIndex[type.index()] = type;
        }
        this.types = types.stream()
                .sorted((a, b) -> Integer.compare(a.index(), b.index()))
                .toList();
    }

    /**
     * A schema of the given types.
     *
     * @throws IllegalArgumentException if two types share an index or a name
     */
    public static SignalSchema of(Collection<SignalType> types) {
        return new SignalSchema(types);
    }

    /** A schema of the given types; see {@link #of(Collection)}. */
    public static SignalSchema of(SignalType... types) {
        return new SignalSchema(List.of(types));
    }

    /** All types, ordered by index. */
    public List<SignalType> types() {
        return types;
    }

    /** Whether the type is known. Any {@code index} may be asked for. */
    public boolean knows(int index) {
        return index >= 0 && index < MAX_TYPES && byIndex[index] != null;
    }

    /** The type with this index, if it is known. */
    public Optional<SignalType> type(int index) {
        return knows(index) ? Optional.ofNullable(byIndex[index]) : Optional.empty();
    }

    /** The type with this name, if there is one. */
    public Optional<SignalType> named(String name) {
        return types.stream().filter(type -> type.name().equals(name)).findFirst();
    }
}
