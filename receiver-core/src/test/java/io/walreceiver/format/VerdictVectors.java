package io.walreceiver.format;

import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The segments of {@code vectors/verdicts}, with the verdict that an independent program wrote beside them. */
public final class VerdictVectors {

    public static final SignalSchema SCHEMA = SignalSchema.of(
            SignalType.exponential(0, "a", Duration.ofDays(7)),
            SignalType.exponential(1, "b", Duration.ofDays(30)),
            SignalType.exponential(2, "c", Duration.ofDays(1)),
            SignalType.exponential(3, "d", Duration.ofHours(1)));

    private static final Path FOLDER = Path.of(System.getProperty("vectors"), "verdicts");

    public record Row(String file, WalSegmentPayload payload, String verdict, String reason) {
        @Override
        public String toString() {
            return file + ": " + verdict;
        }
    }

    private VerdictVectors() {}

    public static List<Row> rows() throws IOException {
        return Files.readAllLines(FOLDER.resolve("manifest.csv")).stream()
                .skip(1)
                .map(line -> row(line.split(",", 7)))
                .toList();
    }

    public static Row row(String file) throws IOException {
        return rows().stream()
                .filter(row -> row.file().equals(file))
                .findFirst()
                .orElseThrow();
    }

    private static Row row(String[] cells) {
        WalSegmentId id = new WalSegmentId(
                Integer.parseInt(cells[1]), Integer.parseInt(cells[2]), Long.parseUnsignedLong(cells[3]));
        return new Row(
                cells[0],
                new WalSegmentPayload(id, read(FOLDER.resolve(cells[0])), Long.parseLong(cells[4])),
                cells[5],
                cells[6]);
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
