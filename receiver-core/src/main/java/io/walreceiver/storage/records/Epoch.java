package io.walreceiver.storage.records;

import io.walreceiver.storage.disk.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The highest leader's epoch that a log has followed. Immutable. Its file, {@value #FILE}, lies in the log's folder:
 *
 * <pre>
 * walreceiver epoch
 * epoch 7 start 12000
 * blake3 0c4f...
 * </pre>
 *
 * @param number 1 or more; grows with each new leader
 * @param start last event that its leader took over from the one before; 0 if it began the log
 */
public record Epoch(long number, long start) {

    /** The name of the file. */
    public static final String FILE = "epoch";

    private static final String TITLE = "walreceiver epoch";
    private static final String WHAT_TO_DO =
            "restore the file from a backup, or delete it: then the log follows whichever leader"
                    + " names an epoch first, also one that was replaced";

    public Epoch {
        if (number < 1 || start < 0) {
            throw new IllegalArgumentException(
                    "epoch " + number + " start " + start + ": expected 1 or more, from 0 or more");
        }
    }

    /**
     * Reads a log's epoch.
     *
     * @return empty if there is no such file
     * @throws DamagedFileException if it is not as it was written
     */
    public static Optional<Epoch> read(Disk disk, Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        if (!disk.exists(file)) {
            return Optional.empty();
        }
        LineReader in = new LineReader(file, TextFile.read(disk, file, WHAT_TO_DO), WHAT_TO_DO);
        in.expect(TITLE);
        Epoch epoch = in.next(
                "epoch NUMBER start POSITION",
                values -> new Epoch(Long.parseLong(values.get(0)), Long.parseLong(values.get(1))));
        in.expectEnd();
        return Optional.of(epoch);
    }

    /** Makes this the epoch of a log: durable when it returns, the old one or this after a failure. */
    public void write(Disk disk, Path folder) throws IOException {
        TextFile.write(disk, folder.resolve(FILE), List.of(TITLE, toString()));
    }

    @Override
    public String toString() {
        return "epoch " + number + " start " + start;
    }
}
