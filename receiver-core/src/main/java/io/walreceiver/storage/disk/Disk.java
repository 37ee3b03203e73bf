package io.walreceiver.storage.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The operations on files that durability rests on, and no others, so that a test can stand in for the machine.
 *
 * <p>What counts as durable: the bytes of a file through its last {@link DiskFile#sync}, under the name that its directory had at
 * its last {@link #syncDirectory}. All methods block and may be called from any thread that may; none is cut short by an interrupt.
 * A disk without room fails with {@link DiskFullException}, everything else as {@link java.nio.file} does.
 */
public interface Disk {

    /** Creates a file for reading and writing; fails if it exists. */
    DiskFile create(Path file) throws IOException;

    /** Opens a file that exists, for reading and writing. */
    DiskFile open(Path file) throws IOException;

    /** Opens a file that exists, for reading. */
    DiskFile openForReading(Path file) throws IOException;

    /** The names in a directory, sorted. */
    List<String> list(Path directory) throws IOException;

    /** Whether there is such a file or directory. */
    boolean exists(Path path);

    /** Creates a directory in one that exists; fails if it exists. */
    void createDirectory(Path directory) throws IOException;

    /** Renames a file or directory within its directory, atomically; a file of the new name is replaced. */
    void rename(Path from, Path to) throws IOException;

    /** Deletes a file, or a directory that is empty; fails if it does not exist. */
    void delete(Path path) throws IOException;

    /** Makes durable what was created, renamed and deleted in a directory. */
    void syncDirectory(Path directory) throws IOException;

    /**
     * Locks a file, which is created if need be, until it is closed or this process ends. The file must be opened by nobody else in
     * this process: closing it anywhere would drop the lock.
     *
     * @return empty if the lock is held, in this process or another
     */
    Optional<DiskLock> tryLock(Path file) throws IOException;
}
