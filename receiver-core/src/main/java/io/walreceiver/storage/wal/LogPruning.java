package io.walreceiver.storage.wal;

import io.walreceiver.storage.disk.Disk;
import java.io.IOException;
import java.util.List;
import java.util.function.Predicate;

/** Deletes the oldest files of a log. */
public final class LogPruning {

    private LogPruning() {}

    /**
     * Deletes sealed files from the oldest on, as long as all that they hold is at or below a position and the rule lets them go; never
     * the last one, so that the log's place in the sequence stays known. What was deleted is durably so on return; after a failure the
     * next call goes on.
     *
     * @param files all files of the log, as {@link LogFile#list} gives them
     * @param through the last event that is not needed
     * @param mayGo whether retention lets a file go; asked from the oldest on, up to its first no
     * @return bytes freed
     * @throws IOException if a file cannot be deleted
     */
    public static long prune(Disk disk, List<LogFile> files, long through, Predicate<LogFile> mayGo)
            throws IOException {
        long freed = 0;
        for (int i = 0; i < files.size(); i++) {
            LogFile file = files.get(i);
            if (file.open() || !LogFile.nextCovers(files, i, through) || !mayGo.test(file)) {
                break;
            }
            disk.delete(file.path());
            freed += file.sizeBytes();
            // One by one, so that no crash leaves an older file in front of a hole.
            disk.syncParent(file.path());
        }
        return freed;
    }
}
