package io.walreceiver.storage.records;

import io.walreceiver.format.LogId;
import io.walreceiver.storage.disk.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What was known to be durable when this was written, which is now and then: a lower bound for each log, by which recovery tells rot
 * from a torn tail. Immutable. Its file, {@value #FILE}, lies in the data directory:
 *
 * <pre>
 * walreceiver positions
 * clean-stop yes
 * log 1:3 durable 1500
 * blake3 e07a...
 * </pre>
 *
 * @param cleanStop whether the receiver stopped on request, with everything written made durable, and has not started since
 * @param durable the highest position acknowledged of each log, 0 or more; ordered by log
 */
public record KnownPositions(boolean cleanStop, Map<LogId, Long> durable) {

    /** The name of the file. */
    public static final String FILE = "positions";

    private static final String TITLE = "walreceiver positions";
    private static final String YES = "yes";
    private static final String NO = "no";
    private static final String WHAT_TO_DO =
            "delete the file: less is then known to be durable, what checkpoints and sealed files vouch for";

    public KnownPositions {
        durable.forEach(KnownPositions::check);
        durable = Collections.unmodifiableSortedMap(new TreeMap<>(durable));
    }

    /**
     * Reads the positions of a data directory.
     *
     * @return empty if there is no such file
     * @throws DamagedFileException if it is not as it was written
     */
    public static Optional<KnownPositions> read(Disk disk, Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        if (!disk.exists(file)) {
            return Optional.empty();
        }
        LineReader in = new LineReader(file, TextFile.read(disk, file, WHAT_TO_DO), WHAT_TO_DO);
        in.expect(TITLE);
        boolean cleanStop = in.next("clean-stop YES-OR-NO", values -> yes(values.get(0)));
        SortedMap<LogId, Long> durable = new TreeMap<>();
        while (in.hasNext()) {
            Map.Entry<LogId, Long> entry = in.next(
                    "log LOG durable POSITION",
                    values -> check(LogId.parse(values.get(0)), Long.parseLong(values.get(1))));
            durable.put(entry.getKey(), entry.getValue());
        }
        return Optional.of(new KnownPositions(cleanStop, durable));
    }

    /** Makes these the positions of a data directory: durable when it returns, the old ones or these after a failure. */
    public void write(Disk disk, Path directory) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add(TITLE);
        lines.add("clean-stop " + (cleanStop ? YES : NO));
        durable.forEach((log, position) -> lines.add("log " + log + " durable " + position));
        TextFile.write(disk, directory.resolve(FILE), lines);
    }

    private static Map.Entry<LogId, Long> check(LogId log, long position) {
        if (position < 0) {
            throw new IllegalArgumentException("log " + log + ": position " + position + " must be 0 or more");
        }
        return Map.entry(log, position);
    }

    private static boolean yes(String word) {
        if (!word.equals(YES) && !word.equals(NO)) {
            throw new IllegalArgumentException("neither " + YES + " nor " + NO);
        }
        return word.equals(YES);
    }
}
