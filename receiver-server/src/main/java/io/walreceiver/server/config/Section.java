package io.walreceiver.server.config;

import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * The options that a record holds, in its order: the one table that the file, the environment, the output and the documentation go by.
 *
 * @param type of the record
 * @param members its components
 */
record Section(Class<? extends Record> type, List<Member> members) {

    /** A component. */
    sealed interface Member {

        /** Its key in the file. */
        String key();

        /** What it is. */
        Setting setting();

        /** Its value in a record. */
        Object of(Record record);
    }

    /** An option. */
    record Option(String key, Setting setting, RecordComponent component) implements Member {

        Kind<?> kind(Path base) {
            return Kinds.of(component, setting, base);
        }

        boolean isOptional() {
            return component.getType() == Optional.class;
        }

        /** What it is if nobody says, as it would be written; empty if somebody has to. */
        Optional<String> preset() {
            return setting.preset().isEmpty()
                    ? isOptional() ? Optional.of("off") : Optional.empty()
                    : Optional.of(setting.preset());
        }

        @Override
        public Object of(Record record) {
            return read(component, record);
        }
    }

    /** A record of more options; of any number of such if it is repeated. */
    record Part(String key, Setting setting, RecordComponent component, Section section, boolean repeated)
            implements Member {

        @Override
        public Object of(Record record) {
            return read(component, record);
        }
    }

    /** All options of the service. */
    static Section all() {
        return of(ServerConfig.class);
    }

    /** The keys, in order. */
    List<String> keys() {
        return members.stream().map(Member::key).toList();
    }

    /** A record with these values, in the order of the components. */
    Record make(List<Object> values) {
        try {
            Constructor<? extends Record> constructor =
                    type.getDeclaredConstructor(Arrays.stream(type.getRecordComponents())
                            .map(RecordComponent::getType)
                            .toArray(Class<?>[]::new));
            return constructor.newInstance(values.toArray());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a record of options cannot be made: " + type, e);
        }
    }

    private static Section of(Class<? extends Record> type) {
        List<Member> members = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            members.add(member(component));
        }
        return new Section(type, List.copyOf(members));
    }

    private static Member member(RecordComponent component) {
        Setting setting = Objects.requireNonNull(component.getAnnotation(Setting.class));
        String key = key(component.getName());
        if (component.getType().isRecord() && component.getType().getPackage() == Setting.class.getPackage()) {
            return new Part(key, setting, component, of(component.getType().asSubclass(Record.class)), false);
        }
        if (component.getType() == List.class) {
            Class<?> item = (Class<?>) ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[0];
            return new Part(key, setting, component, of(item.asSubclass(Record.class)), true);
        }
        return new Option(key, setting, component);
    }

    private static String key(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    private static Object read(RecordComponent component, Record record) {
        try {
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("an option cannot be read: " + component, e);
        }
    }
}
