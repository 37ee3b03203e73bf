package io.walreceiver.storage;

import io.walreceiver.storage.disk.Disk;
import java.io.IOException;
import java.nio.file.Path;

/** The folder of one log, which is made when there is something to put in it. */
final class LogFolder {

    private final Disk disk;
    private final Path path;
    private volatile boolean durable;

    /**
     * @param durable whether it is there, and its name is durable
     */
    LogFolder(Disk disk, Path path, boolean durable) {
        this.disk = disk;
        this.path = path;
        this.durable = durable;
    }

    Path path() {
        return path;
    }

    /** What is durable in a folder is lost with it, if its name is not durable. Of the log's writer. */
    void create() throws IOException {
        if (durable) {
            return;
        }
        if (disk.exists(path)) {
            disk.syncParent(path);
        } else {
            DataLayout.create(disk, path);
        }
        durable = true;
    }
}
