package io.walreceiver.storage;

import io.walreceiver.format.LogId;
import io.walreceiver.schema.StoredSchema;
import io.walreceiver.storage.StorageException.Reason;
import io.walreceiver.storage.disk.Disk;
import io.walreceiver.storage.records.DamagedFileException;
import io.walreceiver.storage.records.KnownPositions;
import io.walreceiver.storage.records.Marker;
import io.walreceiver.storage.records.NewerFormatException;
import io.walreceiver.storage.records.Owner;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.Consumer;

/**
 * Looks into a data directory: takes no lock, changes nothing, and may be used while a receiver works there, which then may be a
 * moment ahead of what is seen. Immutable; safe for use by any thread. Methods that throw an {@link IOException} block.
 */
public final class StoredData {

    private final Disk disk;
    private final Path directory;
    private final Marker marker;

    private StoredData(Disk disk, Path directory, Marker marker) {
        this.disk = disk;
        this.directory = directory;
        this.marker = marker;
    }

    /** Whether the process on record as the directory's owner uses it. */
    public enum Use {
        /** Nobody is on record. */
        NEVER,
        /** The process runs, on this host. */
        IN_USE,
        /** The process has ended, or has stopped using the directory. */
        ENDED,
        /** The process is another host's: it cannot be told from here. */
        UNKNOWN
    }

    /**
     * Looks into a directory. Blocks.
     *
     * @throws StorageException if it is missing, no data directory, of a newer format, damaged, or cannot be read
     */
    public static StoredData in(Path directory) {
        return in(Disk.ofOperatingSystem(), directory);
    }

    static StoredData in(Disk disk, Path directory) {
        Path absolute = directory.toAbsolutePath().normalize();
        if (!disk.exists(absolute)) {
            throw new StorageException(
                    Reason.MISSING,
                    "data directory " + directory + ": there is no such directory; name one that a receiver made");
        }
        return find(disk, absolute)
                .orElseThrow(() -> new StorageException(
                        Reason.NOT_A_DATA_DIRECTORY,
                        "directory " + directory + " has no file " + Marker.FILE
                                + ": it is not a data directory; name one that a receiver made"));
    }

    /**
     * Looks into a directory that may be new. Blocks.
     *
     * @return empty if the directory is missing, or no receiver has stored anything in it
     * @throws StorageException if it is of a newer format, damaged, or cannot be read
     */
    public static Optional<StoredData> find(Path directory) {
        return find(Disk.ofOperatingSystem(), directory.toAbsolutePath().normalize());
    }

    static Optional<StoredData> find(Disk disk, Path directory) {
        try {
            return Marker.read(disk, directory).map(marker -> new StoredData(disk, directory, marker));
        } catch (NewerFormatException e) {
            throw new StorageException(Reason.NEWER_FORMAT, String.valueOf(e.getMessage()), e);
        } catch (DamagedFileException e) {
            throw new StorageException(Reason.DAMAGED, String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new StorageException(
                    Reason.IO, "data directory " + directory + " cannot be read: " + e + "; see who may read it", e);
        }
    }

    /** Where it is: absolute. */
    public Path directory() {
        return directory;
    }

    /** The format of what is stored, 1 or more. */
    public int formatVersion() {
        return marker.formatVersion();
    }

    /** What was applied, was applied under this. */
    public StoredSchema schema() {
        return marker.stored();
    }

    /** The bytes of the file that names format, schema and policy. Blocks. */
    public byte[] marker() throws IOException {
        return Marker.bytes(disk, directory);
    }

    /** Who holds the directory's lock, or held it last; empty if nobody is on record. Blocks. */
    public Optional<Owner> owner() {
        return Owner.read(disk, directory);
    }

    /** Whether the owner uses the directory now, as far as that can be told without its lock. */
    public Use use() throws IOException {
        Optional<Owner> owner = owner();
        if (owner.isEmpty()) {
            return Use.NEVER;
        }
        if (!owner.get().host().equals(DirectoryLock.hostName())) {
            return stoppedSince(owner.get().since()) ? Use.ENDED : Use.UNKNOWN;
        }
        boolean runs = ProcessHandle.of(owner.get().pid())
                .filter(ProcessHandle::isAlive)
                // A process that began later is another one, to which the number was given again.
                .filter(process -> process.info()
                        .startInstant()
                        .map(start -> !start.isAfter(owner.get().since().plusSeconds(1)))
                        .orElse(true))
                .isPresent();
        return runs && !stoppedSince(owner.get().since()) ? Use.IN_USE : Use.ENDED;
    }

    /** A clean stop that was on record before the owner came is that of the one before. */
    private boolean stoppedSince(Instant since) throws IOException {
        Path positions = directory.resolve(KnownPositions.FILE);
        return stoppedInOrder() && disk.lastModified(positions).isAfter(since);
    }

    /** Whether the receiver that was last on record stopped in order, with everything that came applied and durable. */
    public boolean stoppedInOrder() throws IOException {
        try {
            return known().map(KnownPositions::cleanStop).orElse(false);
        } catch (DamagedFileException e) {
            return false;
        }
    }

    /**
     * What is on record as durable; empty if nothing is.
     *
     * @throws DamagedFileException if the record is damaged: then less is known, and nothing is lost
     */
    public Optional<KnownPositions> known() throws IOException {
        return KnownPositions.read(disk, directory);
    }

    /** The logs of which something is stored. */
    public SortedSet<LogId> logs() throws IOException {
        return DataLayout.logs(disk, directory);
    }

    /** Folders of logs that were replaced by a {@link Bootstrap}: nobody reads them, and they may be deleted. */
    public List<Path> replaced() throws IOException {
        Path logs = DataLayout.logs(directory);
        return !disk.exists(logs)
                ? List.of()
                : disk.list(logs).stream()
                        .filter(DataLayout::isReplaced)
                        .map(logs::resolve)
                        .toList();
    }

    /** One log, of which nothing need be stored. */
    public StoredLog log(LogId log) {
        return new StoredLog(disk, directory, log);
    }

    /**
     * A storage for receivers that are to read back what is stored and nothing more: nothing can be appended. Such a receiver needs
     * the stored schema and policy. A log that cannot be read to its end is read as far as that goes.
     *
     * @param findings told of what is not as it should be, on the storage's threads, several at once; must not throw
     */
    public Storage readOnly(Consumer<RecoveryFinding> findings) {
        return new ReadOnlyStorage(this, disk, Optional.empty(), Long.MAX_VALUE, findings);
    }

    /**
     * As {@link #readOnly(Consumer)}, for one log alone and no further than a position.
     *
     * @param through the last event that is read, 1 or more
     */
    public Storage readOnly(LogId log, long through, Consumer<RecoveryFinding> findings) {
        return new ReadOnlyStorage(this, disk, Optional.of(log), through, findings);
    }

    @Override
    public String toString() {
        return "data directory " + directory;
    }
}
