package io.walreceiver.server.schemafile;

import io.walreceiver.server.input.Csv;
import io.walreceiver.server.input.InvalidFileException;
import io.walreceiver.server.input.Mistake;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Names of entities, from a CSV file with the header {@code entity_id,name} or {@code entity_id,path}. Immutable. */
public final class EntityNames {

    /** No entity has a name. */
    public static final EntityNames NONE = new EntityNames(Map.of());

    private static final int MOST_MISTAKES = 10;
    private static final List<List<String>> HEADERS =
            List.of(List.of("entity_id", "name"), List.of("entity_id", "path"));

    private final Map<Long, String> names;

    private EntityNames(Map<Long, String> names) {
        this.names = names;
    }

    /**
     * Reads a file of names.
     *
     * @throws InvalidFileException if it holds mistakes: the first ten of them
     * @throws IOException if it cannot be read
     */
    public static EntityNames load(Path file) throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            return new Reader(file.toString()).read(lines);
        } catch (CharacterCodingException e) {
            throw new InvalidFileException(List.of(new Mistake(file.toString(), 0, 0, "not a text in UTF-8")));
        }
    }

    /**
     * Reads names from a text that is in memory.
     *
     * @param file what messages call it
     * @throws InvalidFileException if it holds mistakes: the first ten of them
     */
    public static EntityNames parse(String file, String text) {
        try (BufferedReader lines = new BufferedReader(new StringReader(text))) {
            return new Reader(file).read(lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The name of an entity, if it has one. */
    public Optional<String> name(long entityId) {
        return Optional.ofNullable(names.get(entityId));
    }

    /** How an entity is shown: by its name, else by its number, unsigned. */
    public String show(long entityId) {
        return name(entityId).orElseGet(() -> Long.toUnsignedString(entityId));
    }

    /** How many entities have names. */
    public int size() {
        return names.size();
    }

    private static final class Reader {

        private final String file;
        private final Map<Long, String> names = new HashMap<>();
        private final List<Mistake> mistakes = new ArrayList<>();

        Reader(String file) {
            this.file = file;
        }

        EntityNames read(BufferedReader lines) throws IOException {
            checkHeader(lines.readLine());
            int number = 1;
            String line = lines.readLine();
            while (line != null && mistakes.size() < MOST_MISTAKES) {
                number++;
                if (!line.isEmpty()) {
                    add(number, line);
                }
                line = lines.readLine();
            }
            if (!mistakes.isEmpty()) {
                throw new InvalidFileException(mistakes);
            }
            return new EntityNames(names);
        }

        private void checkHeader(@Nullable String header) {
            if (header == null || !HEADERS.contains(fields(1, header))) {
                mistake(
                        1,
                        "found the header " + (header == null ? "nothing" : "\"" + header + "\"")
                                + ", expected entity_id,name or entity_id,path");
            }
        }

        private void add(int number, String line) {
            List<String> fields = fields(number, line);
            if (fields.isEmpty()) {
                return;
            }
            if (fields.size() != 2) {
                mistake(
                        number,
                        "found " + fields.size() + " fields, expected 2: a name with a comma needs double quotes");
                return;
            }
            try {
                String before = names.put(Long.parseUnsignedLong(fields.get(0)), fields.get(1));
                if (before != null) {
                    mistake(number, "entity " + fields.get(0) + " is named twice, first " + before);
                }
            } catch (NumberFormatException e) {
                mistake(number, "entity_id: found \"" + fields.get(0) + "\", expected a number from 0 to 2^64-1");
            }
        }

        private List<String> fields(int number, String line) {
            try {
                return Csv.fields(line);
            } catch (IllegalArgumentException e) {
                mistake(number, String.valueOf(e.getMessage()));
                return List.of();
            }
        }

        private void mistake(int line, String what) {
            mistakes.add(new Mistake(file, line, 0, what));
        }
    }
}
