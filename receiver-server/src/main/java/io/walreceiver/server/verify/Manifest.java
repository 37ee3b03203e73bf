package io.walreceiver.server.verify;

import io.walreceiver.format.WalSegmentId;
import io.walreceiver.server.input.Csv;
import io.walreceiver.server.input.InvalidFileException;
import io.walreceiver.server.input.Mistake;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Says which segments files are meant to be. A CSV file with the columns {@code file} (relative to the manifest),
 * {@code region}, {@code shard}, {@code seqno} and {@code claimed_event_count}, and optionally {@code verdict}, in any order;
 * other columns are notes. Immutable.
 */
public final class Manifest {

    private static final List<String> REQUIRED = List.of("file", "region", "shard", "seqno", "claimed_event_count");
    private static final String VERDICT = "verdict";
    private static final int MOST_MISTAKES = 10;

    private final Map<Path, FileCheck> checks;

    private Manifest(Map<Path, FileCheck> checks) {
        this.checks = checks;
    }

    /**
     * Reads a manifest.
     *
     * @throws InvalidFileException if it holds mistakes: the first ten of them
     * @throws IOException if it cannot be read
     */
    public static Manifest load(Path file) throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            return new Reader(file).read(lines);
        } catch (CharacterCodingException e) {
            throw new InvalidFileException(List.of(new Mistake(file.toString(), 0, 0, "not a text in UTF-8")));
        }
    }

    /** Every file that is named, in the order of the manifest. */
    public Collection<FileCheck> checks() {
        return checks.values();
    }

    /** What the manifest says about a file; the file's own name speaks if it says nothing. */
    public FileCheck check(Path file) {
        FileCheck named = checks.get(key(file));
        return named == null
                ? FileCheck.of(file)
                : new FileCheck(file, named.id(), named.claimedEvents(), named.expected());
    }

    private static Path key(Path file) {
        return file.toAbsolutePath().normalize();
    }

    private static final class Reader {

        private final Path manifest;
        private final List<Mistake> mistakes = new ArrayList<>();
        private final Map<Path, FileCheck> checks = new LinkedHashMap<>();

        Reader(Path manifest) {
            this.manifest = manifest;
        }

        Manifest read(BufferedReader lines) throws IOException {
            List<String> header = header(lines.readLine());
            int number = 1;
            String line = lines.readLine();
            while (line != null && mistakes.size() < MOST_MISTAKES) {
                number++;
                if (!line.isEmpty()) {
                    add(number, header, line);
                }
                line = lines.readLine();
            }
            if (!mistakes.isEmpty()) {
                throw new InvalidFileException(mistakes);
            }
            return new Manifest(checks);
        }

        private List<String> header(@Nullable String line) {
            List<String> columns = line == null ? List.of() : fields(1, line);
            List<String> missing = REQUIRED.stream()
                    .filter(column -> !columns.contains(column))
                    .toList();
            if (!missing.isEmpty()) {
                mistake(
                        1,
                        "the header lacks " + String.join(", ", missing) + "; expected " + String.join(",", REQUIRED)
                                + " and optionally verdict,reason");
                throw new InvalidFileException(mistakes);
            }
            return columns;
        }

        private void add(int number, List<String> header, String line) {
            List<String> fields = fields(number, line);
            if (fields.isEmpty()) {
                return;
            }
            if (fields.size() != header.size()) {
                mistake(number, "found " + fields.size() + " fields, expected " + header.size() + " as in the header");
                return;
            }
            Map<String, String> row = new LinkedHashMap<>();
            for (int i = 0; i < fields.size(); i++) {
                row.put(header.get(i), fields.get(i));
            }
            addRow(number, row);
        }

        private void addRow(int number, Map<String, String> row) {
            Optional<Path> file = file(number, row.getOrDefault("file", ""));
            Optional<WalSegmentId> id = id(number, row);
            OptionalLong claimed = claimed(number, row.getOrDefault("claimed_event_count", ""));
            if (file.isEmpty() || id.isEmpty() || claimed.isEmpty()) {
                return;
            }
            Optional<String> expected = Optional.ofNullable(row.get(VERDICT)).filter(verdict -> !verdict.isBlank());
            if (checks.put(key(file.get()), new FileCheck(file.get(), id, claimed, expected)) != null) {
                mistake(number, "file " + row.get("file") + " is named twice");
            }
        }

        private Optional<Path> file(int number, String name) {
            try {
                if (!name.isBlank()) {
                    return Optional.of(manifest.resolveSibling(name));
                }
                mistake(number, "file: found nothing, expected a file name");
            } catch (InvalidPathException e) {
                mistake(number, "file: \"" + name + "\" cannot name a file: " + e.getReason());
            }
            return Optional.empty();
        }

        private Optional<WalSegmentId> id(int number, Map<String, String> row) {
            String text = row.get("region") + ":" + row.get("shard") + ":" + row.get("seqno");
            try {
                return Optional.of(WalSegmentId.parse(text));
            } catch (IllegalArgumentException e) {
                mistake(
                        number,
                        "region, shard and seqno: found " + text
                                + ", expected numbers from 0 to 65535, 65535 and 2^64-1");
                return Optional.empty();
            }
        }

        private OptionalLong claimed(int number, String text) {
            try {
                return OptionalLong.of(Long.parseUnsignedLong(text));
            } catch (NumberFormatException e) {
                mistake(number, "claimed_event_count: found \"" + text + "\", expected a number");
                return OptionalLong.empty();
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
            mistakes.add(new Mistake(manifest.toString(), line, 0, what));
        }
    }
}
