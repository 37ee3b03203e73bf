package io.walreceiver.ledger;

import io.walreceiver.format.EventBatch;
import io.walreceiver.format.LogId;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/** The test vectors that say what a ledger holds after a set of segments. */
final class VectorFiles {

    static final SignalSchema SCHEMA = SignalSchema.of(
            SignalType.exponential(0, "view", Duration.ofDays(7)),
            SignalType.exponential(1, "like", Duration.ofDays(30)),
            SignalType.exponential(2, "share", Duration.ofDays(1)),
            SignalType.exponential(3, "skip", Duration.ofHours(1)));

    private static final Path ROOT = Path.of(System.getProperty("vectors"));
    private static final int HEADER_BYTES = 64;

    private VectorFiles() {}

    /** One line of an expected file. */
    record Expected(SignalReading reading, double magnitude) {}

    static Path folder(String name) {
        return ROOT.resolve(name);
    }

    /** The batches of all segments in {@code folder/wal}, log after log, in order. */
    static void replay(Path folder, BiConsumer<LogId, EventBatch> action) {
        SortedMap<String, Path> segments = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder.resolve("wal"))) {
            files.forEach(file -> segments.put(file.getFileName().toString(), file));
            for (Path segment : segments.values()) {
                replaySegment(Files.readAllBytes(segment), action);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void replaySegment(byte[] bytes, BiConsumer<LogId, EventBatch> action) {
        ByteBuffer headers = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < bytes.length; ) {
            int count = headers.getShort(at + 6) & 0xFFFF;
            LogId log = new LogId(headers.getShort(at + 30) & 0xFFFF, headers.getShort(at + 28) & 0xFFFF);
            action.accept(
                    log,
                    new EventBatch(bytes, at + HEADER_BYTES, count, headers.getLong(at + 8), headers.getLong(at + 16)));
            at += HEADER_BYTES + count * EventBatch.EVENT_BYTES;
        }
    }

    /** The lines of an expected file, which is of the given instant. */
    static List<Expected> expected(Path file, long now) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.skip(1).map(line -> expected(line.split(","), now)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Expected expected(String[] columns, long now) {
        SignalReading reading = new SignalReading(
                Long.parseUnsignedLong(columns[0]),
                Integer.parseInt(columns[1]),
                now,
                Double.parseDouble(columns[6]),
                Long.parseLong(columns[2]),
                Long.parseLong(columns[3]),
                Long.parseLong(columns[4]),
                Long.parseLong(columns[5]));
        return new Expected(reading, Double.parseDouble(columns[7]));
    }
}
