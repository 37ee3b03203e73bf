package io.walreceiver.storage.wal;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.storage.disk.Disk;
import io.walreceiver.storage.disk.DiskFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A file of a durable log as it was found: batches back to back, in the segment format.
 *
 * <p>A sealed file is named as a leader names it ({@link WalSegmentId#fileName}), is durable in full and does not change any more. An
 * open one ({@code .seg.open}) is being appended to, or was when its writer ended.
 *
 * @param id the log, and the first event that the file holds or was made to hold
 * @param path where it is
 * @param open whether it is open, not sealed
 * @param sizeBytes its size when it was listed
 */
public record LogFile(WalSegmentId id, Path path, boolean open, long sizeBytes) {

    static final String OPEN = ".open";
    /** What a file is called while it is being made; recovery deletes it. */
    static final String TEMPORARY = ".tmp";

    /** A writer renames each file once, so that a listing is overtaken this often only where something else is wrong. */
    private static final int LISTINGS = 10;

    private static final Comparator<LogFile> ORDER =
            Comparator.comparing(LogFile::id).thenComparing(LogFile::open);

    /**
     * The files of a log, in order of their first event; a sealed one before an open one of the same first event. Other files are
     * ignored. May be called while a writer works in the folder.
     *
     * @param folder where the log is; there are no files where it does not exist
     * @throws IOException if the folder or a file cannot be read
     */
    public static List<LogFile> list(Disk disk, Path folder, LogId log) throws IOException {
        for (int listing = 1; ; listing++) {
            try {
                return disk.exists(folder) ? listOnce(disk, folder, log) : List.of();
            } catch (NoSuchFileException e) { // sealed, pruned or dropped since its name was read
                if (listing == LISTINGS) {
                    throw e;
                }
            }
        }
    }

    private static List<LogFile> listOnce(Disk disk, Path folder, LogId log) throws IOException {
        List<LogFile> files = new ArrayList<>();
        for (String name : disk.list(folder)) {
            boolean open = name.endsWith(OPEN);
            String sealedName = open ? name.substring(0, name.length() - OPEN.length()) : name;
            Optional<WalSegmentId> id = WalSegmentId.ofFileName(sealedName);
            // The short name that a leader may use for log 0:0 is not one that this log writes.
            if (id.isPresent()
                    && id.get().log().equals(log)
                    && id.get().seqno() > 0
                    && id.get().fileName().equals(sealedName)) {
                Path path = folder.resolve(name);
                files.add(new LogFile(id.get(), path, open, size(disk, path)));
            }
        }
        files.sort(ORDER);
        return files;
    }

    private static long size(Disk disk, Path path) throws IOException {
        try (DiskFile file = disk.openForReading(path)) {
            return file.size();
        }
    }

    /** Sequence number of the first event, 1 or more. */
    public long firstSeq() {
        return id.seqno();
    }

    /** What the file is called once it is sealed. */
    Path sealedPath() {
        return path.resolveSibling(id.fileName());
    }

    /**
     * Whether the files after this one hold the log from {@code position + 1} on: a file counts up to where the next one begins, and
     * where two overlap, after a crash, the later one is the one that was made whole.
     */
    static boolean nextCovers(List<LogFile> files, int index, long position) {
        LogFile next = next(files, index);
        return next != null && next.firstSeq() - 1 <= position;
    }

    /** Whether the file after this one is an open one; it may begin with the same event. */
    static boolean openFollows(List<LogFile> files, int index) {
        return index + 1 < files.size() && files.get(index + 1).open();
    }

    /** The first file that begins after this one does; null if there is none. */
    static @Nullable LogFile next(List<LogFile> files, int index) {
        long first = files.get(index).firstSeq();
        for (LogFile file : files.subList(index + 1, files.size())) {
            if (file.firstSeq() > first) {
                return file;
            }
        }
        return null;
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
