package io.walreceiver.storage.wal;

import io.walreceiver.format.WalSegmentId;
import io.walreceiver.storage.disk.Disk;
import io.walreceiver.storage.disk.DiskFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A file that {@link LogAppender} made and has not sealed yet. Its fields are guarded by the appender's lock. */
final class AppendedFile {

    final DiskFile bytes;
    private final Disk disk;
    private final Path openPath;
    private final Path sealedPath;

    /** Bytes of whole appends. */
    long written;
    /** Bytes that {@link LogAppender#synced} counts. */
    long synced;
    /** Whether a sync of the directory covers its name. */
    boolean named;
    /** Whether nothing is appended any more. */
    boolean full;

    private boolean cut;

    private AppendedFile(Disk disk, Path openPath, Path sealedPath, DiskFile bytes) {
        this.disk = disk;
        this.openPath = openPath;
        this.sealedPath = sealedPath;
        this.bytes = bytes;
    }

    static AppendedFile create(Disk disk, Path folder, WalSegmentId id) throws IOException {
        Path openPath = folder.resolve(id.fileName() + LogFile.OPEN);
        return new AppendedFile(disk, openPath, folder.resolve(id.fileName()), disk.create(openPath));
    }

    void seal() throws IOException {
        disk.rename(openPath, sealedPath);
    }

    void delete() throws IOException {
        disk.delete(openPath);
    }

    /** Cuts it back to what counts and seals it, durably; to be repeated after a failure. */
    void abandon() throws IOException {
        if (!cut) {
            if (!disk.exists(openPath)) { // the folder's sync failed; what is sealed must at no time be less than whole
                disk.rename(sealedPath, openPath);
                disk.syncParent(openPath);
            }
            DurableFiles.cutAgain(bytes, synced);
            cut = true;
        }
        if (disk.exists(openPath)) {
            seal();
        }
        disk.syncParent(openPath);
        bytes.close();
    }

    /**
     * Deletes it durably, whichever name it has; to be repeated after a failure. A name that is gone may owe that to a rename or a deletion
     * whose sync failed, which no later sync makes good: it is made and deleted again.
     */
    void discard() throws IOException {
        bytes.close();
        // First the name that it has: until that is gone the other must not be made anew, as a loss of power may find
        // the
        // file there.
        List<Path> names = disk.exists(sealedPath) ? List.of(sealedPath, openPath) : List.of(openPath, sealedPath);
        for (Path name : names) {
            if (!disk.exists(name)) {
                disk.create(name).close();
            }
            disk.delete(name);
        }
        disk.syncParent(openPath);
    }

    @Override
    public String toString() {
        return openPath.toString();
    }
}
