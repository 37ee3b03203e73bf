package io.walreceiver.storage.checkpoint;

import io.walreceiver.storage.disk.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Which checkpoints of a log stay: the newest two that are valid, so that one may rot and recovery still has the other, with the log
 * after it; and for the operator the newest two that were found rotten.
 */
public final class CheckpointRetention {

    /** Checkpoints that are kept, and rotten ones too. */
    public static final int KEPT = 2;

    private CheckpointRetention() {}

    /**
     * Deletes every checkpoint that is older than the newest two valid ones; with fewer than two, none. Durable when it returns.
     *
     * @param valid checkpoints in {@code folder} that were finished or verified by this process, newest first
     * @return the older one of those that are kept: the log up to its position is not needed any more; empty if there are fewer
     *     than two, and then all of the log is
     */
    public static Optional<Checkpoint> keepNewest(Disk disk, Path folder, List<Checkpoint> valid) throws IOException {
        if (valid.size() < KEPT) {
            return Optional.empty();
        }
        Checkpoint oldest = valid.get(KEPT - 1);
        delete(
                disk,
                folder,
                CheckpointName.list(disk, folder, CheckpointName.FINISHED).stream()
                        .filter(name -> name.number() < oldest.number())
                        .toList());
        return Optional.of(oldest);
    }

    /** Renames a checkpoint that is damaged, so that nobody starts from it again. Durable when it returns. */
    public static void setAside(Disk disk, Checkpoint damaged) throws IOException {
        Path folder = damaged.path().resolveSibling("");
        String rotten = new CheckpointName(damaged.position(), damaged.number(), CheckpointName.ROTTEN).toString();
        disk.rename(damaged.path(), folder.resolve(rotten));
        disk.syncDirectory(folder);
        delete(
                disk,
                folder,
                CheckpointName.list(disk, folder, CheckpointName.ROTTEN).stream()
                        .skip(KEPT)
                        .toList());
    }

    static void delete(Disk disk, Path folder, List<CheckpointName> names) throws IOException {
        for (CheckpointName name : names) {
            disk.delete(folder.resolve(name.toString()));
        }
        if (!names.isEmpty()) {
            disk.syncDirectory(folder);
        }
    }
}
