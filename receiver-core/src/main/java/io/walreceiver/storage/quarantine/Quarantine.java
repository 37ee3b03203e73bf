package io.walreceiver.storage.quarantine;

import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.storage.disk.Disk;
import io.walreceiver.storage.disk.DiskFullException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where the refused segments of one log are kept aside, in a folder of their own, for an operator to look at.
 *
 * <p>It is bounded by bytes and by entries. What was last seen longest ago makes room first, but never the only copy of the event that
 * the log waits for: once the sender has nothing better, that copy is all there is. So at most one entry is exempt, the youngest of
 * the copies. A segment for which there is no room is recorded without its bytes; one that is itself the only copy of what the log
 * waits for is kept whatever its size.
 *
 * <p>The folder is read at the first use of an instance, which also deletes what a crash left there, and created at the first
 * {@link #keep}; its parent must exist. After an I/O error it is read anew at the next use, so what is on disk is what counts. Nothing is
 * made durable: a power failure may lose entries, and nothing rests on them.
 *
 * <p>An instance is for one thread at a time, and the only one that writes to its folder. {@link #list(Disk, Path)} and
 * {@link #read(Disk, Path, KeptSegment)} only read, and may be called from anywhere, beside an instance too. All methods block.
 */
public final class Quarantine {

    private static final int MIN_ENTRIES = 2;

    private final QuarantineFolder folder;
    private final long maxBytes;
    private final int maxEntries;
    private @Nullable Map<String, KeptSegment> known; // by name; null until read, and after an I/O error

    /**
     * Touches no file.
     *
     * @param folder holds the quarantine of one log; its parent exists
     * @param maxBytes bound on the bytes of segments, 0 or more; the texts beside them are below 16 KiB each. Exceeded only by
     *     one segment alone, larger by itself, that was the only copy of what the log waited for when it came
     * @param maxEntries bound on segments, with or without bytes, 2 or more: what the log waits for, and another
     */
    public Quarantine(Disk disk, Path folder, long maxBytes, int maxEntries) {
        if (maxBytes < 0) {
            throw new IllegalArgumentException("maxBytes " + maxBytes + ": expected 0 or more");
        }
        if (maxEntries < MIN_ENTRIES) {
            throw new IllegalArgumentException("maxEntries " + maxEntries + ": expected " + MIN_ENTRIES + " or more");
        }
        this.folder = new QuarantineFolder(disk, folder);
        this.maxBytes = maxBytes;
        this.maxEntries = maxEntries;
    }

    /**
     * Keeps a refused segment, or counts it if the same bytes were kept under the same id before. If the disk is full, the oldest entries
     * are dropped to free as many bytes as it has, and it is tried once more.
     *
     * @param segment of this log; its bytes are read and not kept in memory. One without bytes was refused for its size alone
     * @param cause why it was refused; may hold any characters
     * @param waitingFor the next event that the log needs, 1 or more
     * @return what is now known of it, with how often it came
     * @throws DiskFullException if the disk is full even so; then nothing is left of the attempt
     * @throws IOException if it cannot be kept; nothing but this quarantine is touched by that, and the log may go on
     */
    public KeptSegment keep(WalSegmentPayload segment, String cause, Instant now, long waitingFor) throws IOException {
        KeptSegment first = KeptSegment.first(segment, QuarantineFolder.blake3(segment.bytes()), cause, now);
        try {
            return put(first, segment.bytes(), waitingFor);
        } catch (DiskFullException e) {
            shed(Math.max(1, first.sizeBytes()), first, waitingFor);
            return put(first, segment.bytes(), waitingFor);
        }
    }

    private KeptSegment put(KeptSegment first, byte[] bytes, long waitingFor) throws IOException {
        return changing(entries -> {
            KeptSegment before = entries.get(first.name());
            KeptSegment after =
                    before == null ? first : before.again(first.eventCount(), first.cause(), first.lastSeen());
            boolean bytesToo = !after.bytesKept() && bytes.length > 0 && admits(after, waitingFor);
            makeRoom(after, bytesToo ? bytes.length : 0, waitingFor);
            if (bytesToo) {
                folder.writeBytes(after.name(), bytes);
                after = after.withBytes(true);
            }
            folder.writeText(after);
            entries.put(after.name(), after);
            return after;
        });
    }

    /** Whether there is or can be made room for the bytes, or they must be kept without. */
    private boolean admits(KeptSegment one, long waitingFor) throws IOException {
        boolean onlyCopy =
                one.claims(waitingFor) && entries().values().stream().noneMatch(other -> other.isCopyOf(waitingFor));
        return onlyCopy || sizeBytes() - sum(droppable(one, waitingFor).stream()) <= maxBytes - one.sizeBytes();
    }

    private void makeRoom(KeptSegment one, long bytes, long waitingFor) throws IOException {
        Map<String, KeptSegment> entries = entries();
        int tooMany = entries.size() + (entries.containsKey(one.name()) ? 0 : 1) - maxEntries;
        for (KeptSegment old : droppable(one, waitingFor).subList(0, Math.max(0, tooMany))) {
            drop(old);
        }
        shed(sizeBytes() + bytes - maxBytes, one, waitingFor);
    }

    /** Drops the oldest entries that have bytes, until so many bytes are free or nothing more may be dropped. */
    private void shed(long bytes, KeptSegment exempt, long waitingFor) throws IOException {
        long left = bytes;
        for (KeptSegment old : droppable(exempt, waitingFor)) {
            if (left > 0 && old.bytesKept()) {
                drop(old);
                left -= old.sizeBytes();
            }
        }
    }

    /** What may be dropped for one that stays, the oldest first: all but the youngest copy of what the log waits for. */
    private List<KeptSegment> droppable(KeptSegment one, long waitingFor) throws IOException {
        List<KeptSegment> others = new ArrayList<>(list());
        others.removeIf(other -> other.name().equals(one.name()));
        if (!one.isCopyOf(waitingFor)) {
            youngestCopy(others, waitingFor).ifPresent(others::remove);
        }
        return others;
    }

    private static Optional<KeptSegment> youngestCopy(List<KeptSegment> entries, long waitingFor) {
        return entries.stream().filter(one -> one.isCopyOf(waitingFor)).max(KeptSegment.OLDEST_FIRST);
    }

    /** What is kept, the one that was last seen longest ago first. */
    public List<KeptSegment> list() throws IOException {
        return entries().values().stream().sorted(KeptSegment.OLDEST_FIRST).toList();
    }

    /**
     * Looks into a folder, and changes nothing there. Files may come and go meanwhile; a folder that is not there is empty.
     *
     * @throws IOException if the folder cannot be listed; what is wrong with a single file is part of the listing
     */
    public static QuarantineListing list(Disk disk, Path folder) throws IOException {
        QuarantineFolder.Contents contents = new QuarantineFolder(disk, folder).contents();
        List<String> damaged = Stream.concat(contents.torn().stream(), contents.unreadable().stream())
                .filter(name -> !QuarantineFolder.isTemporary(name))
                .sorted()
                .toList();
        return new QuarantineListing(contents.kept(), damaged);
    }

    /**
     * Gives the bytes back as they came.
     *
     * @return empty if they are not kept, or not any more
     * @throws IOException if they cannot be read, or are not those that came: then it says so
     */
    public Optional<WalSegmentPayload> read(KeptSegment kept) throws IOException {
        return folder.read(kept);
    }

    /** As {@link #read(KeptSegment)}, for who only looks into a folder. */
    public static Optional<WalSegmentPayload> read(Disk disk, Path folder, KeptSegment kept) throws IOException {
        return new QuarantineFolder(disk, folder).read(kept);
    }

    /** Drops an entry, whatever the log waits for. Does nothing if it is gone. */
    public void drop(KeptSegment kept) throws IOException {
        changing(entries -> {
            folder.delete(kept);
            return entries.remove(kept.name());
        });
    }

    /**
     * Drops everything but the only copy of what the log waits for: for a full disk.
     *
     * @param waitingFor the next event that the log needs, 1 or more
     * @return bytes of segments that this freed
     */
    public long dropAllBut(long waitingFor) throws IOException {
        List<KeptSegment> droppable = new ArrayList<>(list());
        youngestCopy(droppable, waitingFor).ifPresent(droppable::remove);
        for (KeptSegment one : droppable) {
            drop(one);
        }
        return sum(droppable.stream());
    }

    /** Bytes of the segments that are kept, without the texts beside them. */
    public long sizeBytes() throws IOException {
        return sum(entries().values().stream());
    }

    private static long sum(Stream<KeptSegment> entries) {
        return entries.mapToLong(KeptSegment::keptBytes).sum();
    }

    private interface Change<T extends @Nullable Object> {
        T apply(Map<String, KeptSegment> entries) throws IOException;
    }

    /** After a failure nobody knows what is on disk: it is read anew, which also deletes what was begun. */
    private <T extends @Nullable Object> T changing(Change<T> change) throws IOException {
        try {
            return change.apply(entries());
        } catch (IOException e) {
            known = null;
            try {
                entries();
            } catch (IOException alsoFailed) {
                e.addSuppressed(alsoFailed);
            }
            throw e;
        }
    }

    private Map<String, KeptSegment> entries() throws IOException {
        if (known == null) {
            QuarantineFolder.Contents contents = folder.contents();
            for (String name : contents.torn()) {
                folder.delete(name);
            }
            Map<String, KeptSegment> entries = new HashMap<>();
            contents.kept().forEach(kept -> entries.put(kept.name(), kept));
            known = entries;
        }
        return known;
    }
}
