package io.walreceiver.storage;

import io.walreceiver.storage.StorageException.Reason;
import io.walreceiver.storage.disk.Disk;
import io.walreceiver.storage.disk.DiskFullException;
import io.walreceiver.storage.disk.DiskLock;
import io.walreceiver.storage.records.Marker;
import io.walreceiver.storage.records.Owner;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Takes a data directory for one process, or says why not, and who has it. */
final class DirectoryLock {

    /** All that a crash may leave of a first start: the lock's name may be lost, and that of a later file not. */
    private static final Set<String> FIRST_FILES = Set.of(Owner.FILE, Owner.FILE + ".tmp", Marker.FILE + ".tmp");

    private DirectoryLock() {}

    /**
     * Takes the lock of a directory, which is made if it does not exist.
     *
     * @throws StorageException if it cannot be taken
     */
    static DiskLock take(Disk disk, Path directory, Clock clock) {
        try {
            create(disk, directory);
            Optional<DiskLock> lock = disk.tryLock(DataLayout.lock(directory));
            if (lock.isEmpty()) {
                throw new StorageException(
                        Reason.LOCKED,
                        "data directory " + directory + " is in use by "
                                + Owner.read(disk, directory)
                                        .map(DirectoryLock::name)
                                        .orElse("another process")
                                + "; stop that one, or name another directory");
            }
            tellOwner(disk, directory, clock, lock.get());
            return lock.get();
        } catch (DiskFullException e) {
            throw new StorageException(
                    Reason.DISK_FULL, "data directory " + directory + " cannot be opened: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new StorageException(
                    Reason.NOT_WRITABLE,
                    "data directory " + directory + " cannot be written to: " + e
                            + "; name one that this process may write to",
                    e);
        }
    }

    private static void create(Disk disk, Path directory) throws IOException {
        Path parent = directory.getParent();
        if (!disk.exists(directory)) {
            if (parent == null || !disk.exists(parent)) {
                throw new StorageException(
                        Reason.MISSING,
                        "there is no directory " + (parent == null ? directory : parent) + " to make " + directory
                                + " in; create it, or name another");
            }
            DataLayout.create(disk, directory);
            return;
        }
        List<String> names = new ArrayList<>(disk.list(directory));
        names.remove("lost+found"); // a file system's own, where the directory is one of its own
        if (parent != null && !names.contains(Marker.FILE)) {
            disk.syncDirectory(parent); // it may have been made just before a crash
        }
        boolean ours = names.contains(Marker.FILE)
                || names.contains(String.valueOf(DataLayout.lock(directory).getFileName()))
                || FIRST_FILES.containsAll(names);
        if (!ours) {
            throw new StorageException(
                    Reason.NOT_A_DATA_DIRECTORY,
                    "directory " + directory + " holds other things (" + names.get(0) + ", say) and no file "
                            + Marker.FILE + "; name an empty directory, or one that a receiver made");
        }
    }

    private static void tellOwner(Disk disk, Path directory, Clock clock, DiskLock lock) throws IOException {
        try {
            new Owner(ProcessHandle.current().pid(), hostName(), clock.instant(), command(), Optional.empty())
                    .write(disk, directory);
        } catch (IOException e) {
            lock.close();
            throw e;
        }
    }

    private static String name(Owner owner) {
        return "process " + owner.pid() + " on " + owner.host() + " (since " + owner.since() + ": " + owner.command()
                + ")";
    }

    /** What was started, without the virtual machine's options, which can be pages of paths, and without its arguments. */
    private static String command() {
        String[] words = System.getProperty("sun.java.command", "").split(" ", 2);
        return words[0].isEmpty() ? "java" : words[0];
    }

    static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "this host";
        }
    }
}
