package io.walreceiver.server.config;

import io.walreceiver.server.input.Durations;
import io.walreceiver.server.input.Endpoint;
import io.walreceiver.server.input.Sizes;
import io.walreceiver.storage.CommitPolicy;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What the value of an option can be, by the type of its component. */
final class Kinds {

    private static final String BYTES = "Bytes";
    private static final int LONGEST_NAME = 255;

    private Kinds() {}

    /**
     * The kind of an option.
     *
     * @param base what names of files are relative to
     */
    static Kind<?> of(RecordComponent component, Setting setting, Path base) {
        if (component.getType() == Optional.class) {
            Type inner = ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[0];
            return plain((Class<?>) inner, component.getName(), setting, base).optional();
        }
        return plain(component.getType(), component.getName(), setting, base);
    }

    private static Kind<?> plain(Class<?> type, String name, Setting setting, Path base) {
        if (type == String.class) {
            return word();
        }
        if (type == Path.class) {
            return name.equals("directory") ? directory(base) : file(base);
        }
        if (type == Duration.class) {
            return Kind.within(duration(), setting.least(), setting.most());
        }
        if (type == Endpoint.class) {
            return endpoint(List.of(setting.schemes()), name.equals("address") ? 1 : 0);
        }
        if (type == HostNames.class) {
            return new Kind<>("names of hosts, with commas between them", HostNames::parse, HostNames::toString);
        }
        if (type == CommitPolicy.class) {
            return commit();
        }
        if (type == boolean.class) {
            return new Kind<>("true or false", Kinds::flag, String::valueOf);
        }
        if (type.isEnum()) {
            return choice(type);
        }
        Kind<Long> number = Kind.within(name.contains(BYTES) ? size() : count(), setting.least(), setting.most());
        return type == long.class || type == Long.class
                ? number
                : new Kind<>(
                        number.expected(),
                        text -> number.reader()
                                .apply(text)
                                .filter(value -> value <= Integer.MAX_VALUE)
                                .map(Long::intValue),
                        value -> number.writer().apply((long) value));
    }

    private static Kind<String> word() {
        return new Kind<>(
                "a name of 1 to " + LONGEST_NAME + " characters",
                text -> Optional.of(text)
                        .filter(name -> !name.isBlank()
                                && name.length() <= LONGEST_NAME
                                && name.chars().noneMatch(Character::isISOControl)),
                text -> text);
    }

    private static Kind<Path> file(Path base) {
        return new Kind<>(
                "the name of a file that can be read",
                text -> path(base, text).filter(file -> Files.isReadable(file) && !Files.isDirectory(file)),
                Path::toString);
    }

    private static Kind<Path> directory(Path base) {
        return new Kind<>(
                "the name of a directory",
                text -> path(base, text).filter(place -> !Files.exists(place) || Files.isDirectory(place)),
                Path::toString);
    }

    private static Optional<Path> path(Path base, String text) {
        try {
            return Optional.of(base.resolve(text).toAbsolutePath().normalize());
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private static Kind<Duration> duration() {
        return new Kind<>(
                Durations.EXPECTED, text -> Durations.parse(text).filter(d -> !d.isNegative()), Durations::text);
    }

    private static Kind<Long> size() {
        return new Kind<>(Sizes.EXPECTED, Sizes::parse, Sizes::text);
    }

    private static Kind<Long> count() {
        return new Kind<>("a number", Kinds::number, String::valueOf);
    }

    private static Optional<Long> number(String text) {
        return text.matches("\\d{1,18}") ? Optional.of(Long.valueOf(text)) : Optional.empty();
    }

    private static Optional<Boolean> flag(String text) {
        return text.equals("true") || text.equals("false") ? Optional.of(text.equals("true")) : Optional.empty();
    }

    private static Kind<Endpoint> endpoint(List<String> schemes, int lowestPort) {
        String expected =
                schemes.stream().map(scheme -> scheme + "://HOST:PORT").collect(Collectors.joining(" or "))
                        + " with a port from " + lowestPort + " to 65535";
        return new Kind<>(
                expected,
                text -> {
                    try {
                        return Optional.of(Endpoint.parse(text, Set.copyOf(schemes), lowestPort));
                    } catch (IllegalArgumentException e) {
                        return Optional.empty();
                    }
                },
                Endpoint::toString);
    }

    private static Kind<CommitPolicy> commit() {
        return new Kind<>(
                "commit, or a duration up to 1h such as 100ms or 2s",
                text -> text.equals("commit")
                        ? Optional.of(CommitPolicy.commit())
                        : Durations.parse(text)
                                .filter(gather -> !gather.isZero()
                                        && !gather.isNegative()
                                        && gather.compareTo(Duration.ofHours(1)) <= 0)
                                .map(CommitPolicy::interval),
                policy -> policy.interval().isZero() ? "commit" : Durations.text(policy.interval()));
    }

    private static Kind<Object> choice(Class<?> type) {
        List<Object> choices = Arrays.asList(type.getEnumConstants());
        return new Kind<>(
                choices.stream().map(Kinds::word).collect(Collectors.joining(" or ")),
                text -> choices.stream()
                        .filter(choice -> word(choice).equals(text))
                        .findFirst(),
                Kinds::word);
    }

    private static String word(Object choice) {
        return choice.toString().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
