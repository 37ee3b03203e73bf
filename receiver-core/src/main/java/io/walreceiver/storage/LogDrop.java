package io.walreceiver.storage;

import io.walreceiver.format.LogId;
import io.walreceiver.storage.disk.Disk;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** Deletes a log's folder: renamed first, so that it is gone as a whole whenever the deleting is cut short. */
final class LogDrop {

    private static final String PREFIX = "dropped-";

    private LogDrop() {}

    /** Drops a log that has a folder. */
    static void drop(Disk disk, Path directory, LogId log) throws IOException {
        finish(disk, directory);
        disk.rename(DataLayout.log(directory, log), DataLayout.dropped(directory, log));
        finish(disk, directory);
    }

    /** Finishes what was begun. */
    static void finish(Disk disk, Path directory) throws IOException {
        Path logs = DataLayout.logs(directory);
        if (!disk.exists(logs)) {
            return;
        }
        List<String> dropped =
                disk.list(logs).stream().filter(name -> name.startsWith(PREFIX)).toList();
        if (dropped.isEmpty()) {
            return;
        }
        disk.syncDirectory(logs); // or a crash may give the folder its old name back, with half of its files
        for (String name : dropped) {
            delete(disk, logs.resolve(name));
        }
        disk.syncDirectory(logs);
    }

    private static void delete(Disk disk, Path folder) throws IOException {
        for (String name : disk.list(folder)) {
            Path path = folder.resolve(name);
            if (isDirectory(disk, path)) {
                delete(disk, path);
            } else {
                disk.delete(path);
            }
        }
        disk.delete(folder);
    }

    private static boolean isDirectory(Disk disk, Path path) throws IOException {
        try {
            disk.list(path);
            return true;
        } catch (NoSuchFileException e) {
            throw e;
        } catch (IOException e) { // a file has no names in it
            return false;
        }
    }
}
