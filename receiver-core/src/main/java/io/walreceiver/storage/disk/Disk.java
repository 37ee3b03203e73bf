package io.walreceiver.storage.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The operations on files that durability rests on, and no others, so that a test can stand in for the machine.
 *
 * <p>What counts as durable: the bytes of a file through its last {@link DiskFile#sync}, under the name that its directory had at
 * its last {@link #syncDirectory}. All methods block and may be called from any thread that may; none is cut short by an interrupt,
 * and each leaves the thread's interrupt flag as it was. A disk without room fails with {@link DiskFullException}, everything else
 * as {@link java.nio.file} does: with a {@link java.nio.file.FileSystemException}, or the kind of it that is named, which says the
 * file and the reason.
 */
public interface Disk {

    /** The files of this machine's operating system. */
    static Disk ofOperatingSystem() {
        return new FileDisk();
    }

    /**
     * Creates a file for reading and writing.
     *
     * @throws java.nio.file.FileAlreadyExistsException if there is a file or directory of this name
     * @throws java.nio.file.NoSuchFileException if its directory is missing
     */
    DiskFile create(Path file) throws IOException;

    /**
     * Opens a file that exists, for reading and writing.
     *
     * @throws java.nio.file.NoSuchFileException if it does not
     */
    DiskFile open(Path file) throws IOException;

    /**
     * Opens a file that exists, for reading.
     *
     * @throws java.nio.file.NoSuchFileException if it does not
     */
    DiskFile openForReading(Path file) throws IOException;

    /**
     * The names in a directory, sorted.
     *
     * @throws java.nio.file.NoSuchFileException if it is missing
     * @throws java.nio.file.NotDirectoryException if it is a file
     */
    List<String> list(Path directory) throws IOException;

    /** Whether there is such a file or directory. */
    boolean exists(Path path);

    /** When a file was last written to, by the machine's clock. */
    Instant lastModified(Path file) throws IOException;

    /**
     * Creates a directory in one that exists.
     *
     * @throws java.nio.file.FileAlreadyExistsException if there is a file or directory of this name
     * @throws java.nio.file.NoSuchFileException if the directory that it would lie in is missing
     */
    void createDirectory(Path directory) throws IOException;

    /**
     * Renames a file or directory within its directory, atomically; a file of the new name is replaced. Files that are open stay
     * open.
     *
     * @throws IllegalArgumentException if the names lie in two directories
     * @throws java.nio.file.NoSuchFileException if there is nothing to rename
     */
    void rename(Path from, Path to) throws IOException;

    /**
     * Deletes a file, or a directory that is empty.
     *
     * @throws java.nio.file.NoSuchFileException if it does not exist
     * @throws java.nio.file.DirectoryNotEmptyException if there is something in it
     */
    void delete(Path path) throws IOException;

    /**
     * Makes durable what was created, renamed and deleted in a directory. After a failure none of it since the last success may be
     * counted on. On Windows, where a directory cannot be opened, this does nothing: the file system's journal has to do.
     *
     * @throws java.nio.file.NoSuchFileException if it is missing
     * @throws java.nio.file.NotDirectoryException if it is a file
     */
    void syncDirectory(Path directory) throws IOException;

    /** As {@link #syncDirectory}, of the directory that a file lies in. */
    default void syncParent(Path file) throws IOException {
        Path parent = file.getParent();
        if (parent == null) {
            throw new IllegalArgumentException(file + " does not say which directory it lies in");
        }
        syncDirectory(parent);
    }

    /**
     * Locks a file, which is created if need be, until the lock is closed or this process ends. The file must be opened by nobody
     * else in this process, not even to read it: closing it anywhere would drop the lock.
     *
     * @return empty if the lock is held, in this process or another
     */
    Optional<DiskLock> tryLock(Path file) throws IOException;
}
