package io.walreceiver.storage.records;

import io.walreceiver.storage.disk.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Every hole that was allowed in one log: never forgotten, so recovery accepts these and no others. Immutable. Its file, {@value #FILE},
 * lies in the log's folder:
 *
 * <pre>
 * walreceiver skips
 * skip 1001 through 1500 at 2025-03-01T12:00:00Z reason the leader's disk was lost
 * blake3 0c4f...
 * </pre>
 *
 * @param records each once, ordered by first event; they may overlap
 */
public record Skips(List<Skip> records) {

    /** The name of the file. */
    public static final String FILE = "skips";

    /** A log without a hole. */
    public static final Skips NONE = new Skips(List.of());

    private static final String TITLE = "walreceiver skips";
    private static final String WHAT_TO_DO =
            "restore the file from a backup, or delete it if the log's newest checkpoint was taken"
                    + " after the last skip: checkpoints carry the skips too";

    public Skips {
        records = records.stream()
                .distinct()
                .sorted(Comparator.comparingLong(Skip::from)
                        .thenComparingLong(Skip::through)
                        .thenComparing(Skip::at)
                        .thenComparing(Skip::reason))
                .toList();
    }

    /**
     * Reads a log's skips.
     *
     * @return {@link #NONE} if there is no such file
     * @throws DamagedFileException if it is not as it was written
     */
    public static Skips read(Disk disk, Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        if (!disk.exists(file)) {
            return NONE;
        }
        LineReader in = new LineReader(file, TextFile.read(disk, file, WHAT_TO_DO), WHAT_TO_DO);
        in.expect(TITLE);
        return parse(in);
    }

    /** Makes these the skips of a log: durable when it returns, the old ones or these after a failure. */
    public void write(Disk disk, Path folder) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add(TITLE);
        lines.addAll(lines());
        TextFile.write(disk, folder.resolve(FILE), lines);
    }

    /** These and one more. */
    public Skips plus(Skip skip) {
        return union(new Skips(List.of(skip)));
    }

    /** These and those. */
    public Skips union(Skips other) {
        return new Skips(Stream.concat(records.stream(), other.records.stream()).toList());
    }

    /**
     * Where a log that holds everything through {@code position} stands after the holes that follow at once, one behind the other.
     *
     * @param position 0 or more
     * @return the last event of the last of them, or {@code position} if the next event is in none
     */
    public long skippedThrough(long position) {
        long through = position;
        for (Skip skip : records) { // in order of first events, so once round finds every chain
            if (skip.from() - 1 <= through && skip.through() > through) {
                through = skip.through();
            }
        }
        return through;
    }

    /** One line for each record. */
    public List<String> lines() {
        return records.stream().map(Skip::toString).toList();
    }

    /**
     * Gives back what {@link #lines} gave.
     *
     * @param file where the lines come from
     * @param whatToDo the next step, should they not be such lines
     * @throws DamagedFileException if they are not such lines
     */
    public static Skips parse(Path file, List<String> lines, String whatToDo) throws DamagedFileException {
        return parse(new LineReader(file, lines, whatToDo));
    }

    private static Skips parse(LineReader in) throws DamagedFileException {
        List<Skip> records = new ArrayList<>();
        while (in.hasNext()) {
            records.add(in.next(
                    "skip FROM through THROUGH at TIME reason REASON",
                    values -> new Skip(
                            Long.parseLong(values.get(0)),
                            Long.parseLong(values.get(1)),
                            Instant.parse(values.get(2)),
                            Escaped.parse(values.get(3)))));
        }
        return new Skips(records);
    }
}
