package io.walreceiver.storage.wal;

import io.walreceiver.storage.disk.Disk;
import io.walreceiver.storage.disk.DiskFile;
import java.io.IOException;
import java.nio.file.Path;

/** Keeps files that the log can no longer use, as {@code NAME.rotten}, {@code NAME.rotten-2} and so on; none is ever replaced. */
final class RottenFiles {

    private static final String ROTTEN = ".rotten";

    private final Disk disk;

    RottenFiles(Disk disk) {
        this.disk = disk;
    }

    /** Renames a file; durable with the next sync of its folder. Returns where it is now. */
    Path setAside(LogFile file) throws IOException {
        int number = 1;
        while (disk.exists(name(file, number))) {
            number++;
        }
        disk.rename(file.path(), name(file, number));
        return name(file, number);
    }

    /** Copies a file, durably, so that it can be cut; unless a recovery that did not get further has. Returns where the copy is. */
    Path copyAside(LogFile file) throws IOException {
        try (DiskFile from = disk.openForReading(file.path())) {
            int number = 1;
            for (; disk.exists(name(file, number)); number++) {
                try (DiskFile earlier = disk.openForReading(name(file, number))) {
                    if (DurableFiles.same(from, earlier)) {
                        disk.syncParent(file.path());
                        return name(file, number);
                    }
                }
            }
            Path copy = name(file, number);
            Path temporary = copy.resolveSibling(copy.getFileName() + LogFile.TEMPORARY);
            DurableFiles.copy(disk, from, 0, from.size(), temporary);
            disk.rename(temporary, copy);
            disk.syncParent(copy);
            return copy;
        }
    }

    private static Path name(LogFile file, int number) {
        return file.path().resolveSibling(file.path().getFileName() + ROTTEN + (number == 1 ? "" : "-" + number));
    }
}
