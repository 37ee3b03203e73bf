package io.walreceiver.storage.wal;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentEncoder;
import io.walreceiver.format.SegmentView;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.storage.disk.Disk;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Appends to a log. One thread appends and skips; one other at a time syncs beside it, and holds it up for no longer than it takes to
 * note how far the files go.
 *
 * <pre>
 *   sealed files | full ones, to be synced and sealed | the open one
 *                ^ synced()                                         ^ position()
 * </pre>
 *
 * <p>After a failed sync nothing beyond {@link #synced} counts, and what the machine says of it is not to be believed: the appender is
 * broken for good. {@link #abandon} takes the files back to what is durable, and a new appender goes on from there in a new file.
 */
public final class LogAppender implements Closeable {

    private final Disk disk;
    private final Path folder;
    private final LogId log;
    private final long maxFileBytes;
    private final BatchHasher hasher;

    /** What is not sealed yet, in order; the lock of its files' fields too. Only the first may have bytes that are synced. */
    private final Deque<AppendedFile> files = new ArrayDeque<>();

    /** The file to append to, if there is one; the last of {@link #files}. Of the appending thread. */
    private @Nullable AppendedFile current;

    private volatile long position;
    private volatile long synced;
    /** The last batch through {@link #position}, of the appending thread but for a look with the lock. */
    private @Nullable StoredBatch lastBatch;

    private volatile @Nullable StoredBatch lastSyncedBatch;
    private volatile boolean broken;
    private volatile boolean closed;

    /**
     * An appender to a log whose files are all sealed. It touches no file before the first append.
     *
     * @param disk holds the files
     * @param folder where the log is; it exists
     * @param log the log
     * @param maxFileBytes a file that has reached this size is followed by a new one, 1 or more; a segment is not split, so that a
     *     file may be larger by one segment
     * @param position the last event that the sealed files hold or an operator skipped; 0 for none
     * @param lastBatch the last batch that the sealed files hold, if it is known
     * @param hasher computes the checksums of batches that are cut
     */
    public LogAppender(
            Disk disk,
            Path folder,
            LogId log,
            long maxFileBytes,
            long position,
            Optional<StoredBatch> lastBatch,
            BatchHasher hasher) {
        if (maxFileBytes < 1) {
            throw new IllegalArgumentException("maxFileBytes " + maxFileBytes + ": must be 1 or more");
        }
        this.disk = disk;
        this.folder = folder;
        this.log = log;
        this.maxFileBytes = maxFileBytes;
        this.hasher = hasher;
        this.position = position;
        this.synced = position;
        this.lastBatch = lastBatch.orElse(null);
        this.lastSyncedBatch = this.lastBatch;
    }

    /** The last event that was appended or skipped. Any thread. */
    public long position() {
        return position;
    }

    /** The last event that is durable. Any thread. */
    public long synced() {
        return synced;
    }

    /** The last batch that is durable, as it lies there; empty if there is none, or none is known. Any thread. */
    public Optional<StoredBatch> lastSyncedBatch() {
        return Optional.ofNullable(lastSyncedBatch);
    }

    /** Whether a failure has left this appender fit for nothing but {@link #abandon} and {@link #close}. Any thread. */
    public boolean isBroken() {
        return broken;
    }

    /**
     * Appends a segment's events from {@code from} on: its batches byte for byte, but for one that {@code from} cuts, which is encoded
     * anew.
     *
     * <p>Where writing fails, what was written of the segment is taken back and the same call may be made again (when the disk has room
     * again, say); if that fails too, the appender is broken.
     *
     * @param segment verified
     * @param from {@code position() + 1}, an event of the segment
     * @throws IllegalArgumentException if it is not, or the segment is of another log
     * @throws IOException if a file cannot be made or written, or the appender is broken or closed
     */
    public void append(SegmentView segment, long from) throws IOException {
        if (!segment.log().equals(log)
                || from - 1 != position
                || from < segment.firstSeq()
                || from > segment.lastSeq()) {
            throw new IllegalArgumentException(segment + " cannot be appended from event " + from + " to log " + log
                    + ", which expects event " + (position + 1));
        }
        checkUsable();
        int batch = segment.batchOf(from);
        byte[] cut = new byte[0];
        if (segment.batch(batch).firstSeq() < from) {
            cut = SegmentEncoder.recut(segment, batch++, from, hasher);
        }
        int whole = batch < segment.batchCount() ? segment.batchOffset(batch) : segment.sizeBytes();
        AppendedFile file = fileToAppendTo();
        try {
            write(file, 0, cut, 0);
            write(file, cut.length, segment.bytes(), whole);
        } catch (Throwable e) {
            cutBack(file, e);
            throw e;
        }
        StoredBatch last = StoredBatch.lastOf(segment, from, cut);
        synchronized (files) {
            file.written += cut.length + segment.sizeBytes() - whole;
            position = segment.lastSeq();
            lastBatch = last;
        }
    }

    /**
     * Goes on behind a hole that an operator accepted and that is recorded: the next append is to a new file. Of the appending thread.
     *
     * @param through the last event that is given up
     * @throws IllegalArgumentException if that is not beyond the position
     */
    public void skipTo(long through) {
        if (through <= position) {
            throw new IllegalArgumentException(
                    "log " + log + " cannot skip through event " + through + ": it is at " + position);
        }
        finishCurrent();
        synchronized (files) {
            position = through;
        }
    }

    /**
     * Makes durable what was appended before this call, bytes and names, and seals the files that are full. Touches nothing where there
     * is nothing to do. The first failure of any step breaks the appender, and {@link #synced} stays where it is.
     *
     * @return {@link #synced}
     * @throws IOException if a file or the folder cannot be synced, or the appender is broken or closed
     */
    public long sync() throws IOException {
        checkUsable();
        long through;
        StoredBatch last;
        List<Written> all = new ArrayList<>();
        synchronized (files) {
            through = position;
            last = lastBatch;
            files.forEach(file -> all.add(new Written(file, file.written, file.full)));
        }
        try {
            makeDurable(all);
            synchronized (files) {
                checkUsable(); // still
                for (Written each : all) {
                    each.file.synced = each.bytes;
                    each.file.named = true;
                    if (each.full) {
                        files.remove(each.file);
                    }
                }
                synced = through;
                lastSyncedBatch = last;
            }
            for (Written each : all) {
                if (each.full) {
                    each.file.bytes.close();
                }
            }
        } catch (Throwable e) {
            broken = true;
            throw e;
        }
        return through;
    }

    /**
     * A sync of the folder that was not this appender's has failed. A later one that succeeds says nothing of the names that were made
     * before, so if a file has such a name, the appender is broken. Any thread.
     */
    public void folderSyncFailed() {
        synchronized (files) {
            if (files.stream().anyMatch(file -> !file.named)) {
                broken = true;
            }
        }
    }

    /**
     * Syncs and leaves sealed files only: for a clean stop. Runs beside nothing else; appending may go on afterwards, in a new file.
     *
     * @throws IOException as {@link #sync} does
     */
    public void seal() throws IOException {
        finishCurrent();
        sync();
    }

    /**
     * After a failure: takes the files back to {@link #synced}, seals what is left and closes. Runs beside nothing else. If it fails it
     * may be repeated; it goes on where it failed.
     *
     * @throws IOException if a file cannot be deleted, cut or renamed, or the folder cannot be synced
     */
    public void abandon() throws IOException {
        broken = true;
        // From the last to the first and each for good, so that a crash in between leaves no sealed file behind a
        // hole, which would be taken for rot. Only the first can hold anything that counts.
        for (AppendedFile file; (file = files.peekLast()) != null; files.removeLast()) {
            if (file.synced == 0) {
                file.discard();
            } else {
                file.abandon();
            }
        }
        position = synced;
        closed = true;
    }

    /** Closes the files as they are: what is not synced may or may not be found again. Runs beside nothing else. Idempotent. */
    @Override
    public void close() throws IOException {
        closed = true;
        for (AppendedFile file : files) {
            file.bytes.close();
        }
    }

    private void checkUsable() throws IOException {
        if (broken || closed) {
            throw new IOException("log " + log + " in " + folder
                    + (closed ? " is closed" : " is broken: it is to be abandoned at event " + synced));
        }
    }

    private AppendedFile fileToAppendTo() throws IOException {
        if (current != null && current.written >= maxFileBytes) {
            finishCurrent();
        }
        if (current == null) {
            AppendedFile file = AppendedFile.create(disk, folder, new WalSegmentId(log, position + 1));
            synchronized (files) {
                files.add(file);
            }
            current = file;
        }
        return current;
    }

    private void finishCurrent() {
        if (current != null) {
            synchronized (files) {
                current.full = true;
            }
            current = null;
        }
    }

    private static void write(AppendedFile file, int at, byte[] bytes, int from) throws IOException {
        if (from < bytes.length) {
            file.bytes.write(file.written + at, bytes, from, bytes.length - from);
        }
    }

    private void cutBack(AppendedFile file, Throwable cause) {
        try {
            if (file.bytes.size() > file.written) {
                file.bytes.truncate(file.written);
            }
        } catch (Throwable e) {
            broken = true;
            cause.addSuppressed(e);
        }
    }

    private void makeDurable(List<Written> all) throws IOException {
        boolean names = false;
        boolean fullWithoutName = false;
        for (Written each : all) {
            // A full file is synced in any case: a write that failed may have been cut back since its last sync.
            if (each.full || each.bytes > each.file.synced) {
                each.file.bytes.sync();
            }
            names |= each.full || !each.file.named;
            fullWithoutName |= each.full && !each.file.named;
        }
        if (fullWithoutName) {
            // A crash may keep a rename and lose the creation of the file before: a hole that would be taken for rot.
            disk.syncDirectory(folder);
        }
        for (Written each : all) {
            if (each.full && each.bytes > 0) {
                each.file.seal();
            } else if (each.full) {
                each.file.delete();
            }
        }
        if (names) {
            disk.syncDirectory(folder);
        }
    }

    /** How far a file went when a sync began. */
    private record Written(AppendedFile file, long bytes, boolean full) {}
}
