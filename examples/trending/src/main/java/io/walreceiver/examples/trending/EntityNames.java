package io.walreceiver.examples.trending;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** What entities are called: the log knows them by number alone. Read once, at the start. */
@Component
final class EntityNames {

    private final Map<Long, String> names;

    EntityNames(TrendingProperties properties) throws IOException {
        names = properties
                .names()
                .getContentAsString(StandardCharsets.UTF_8)
                .lines()
                .skip(1)
                .map(line -> line.split(",", 2))
                .collect(
                        Collectors.toUnmodifiableMap(fields -> Long.parseUnsignedLong(fields[0]), fields -> fields[1]));
    }

    /** The name of an entity, or else its number, unsigned. */
    String of(long entityId) {
        return names.getOrDefault(entityId, Long.toUnsignedString(entityId));
    }
}
