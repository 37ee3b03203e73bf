package io.walreceiver.storage.checkpoint;

import io.walreceiver.format.LogId;
import io.walreceiver.storage.disk.Disk;
import io.walreceiver.storage.disk.DiskFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A checkpoint file that was finished; whether it is still whole, {@link CheckpointReader#verify} says. Its name is
 * {@code checkpoint-POSITION-NUMBER.ckpt}, with 20 and at least 8 digits; {@code .tmp} behind it while it is being written,
 * {@code .rotten} when it was set aside.
 *
 * @param log the log whose part it holds
 * @param position the last event in it, 0 or more
 * @param number counts the checkpoints of the log, 1 or more: the highest is the newest
 * @param path the file, in the log's folder
 * @param sizeBytes bytes of the file
 */
public record Checkpoint(LogId log, long position, long number, Path path, long sizeBytes) {

    /**
     * The finished checkpoints in a log's folder, newest first.
     *
     * @param folder exists
     */
    public static List<Checkpoint> list(Disk disk, Path folder, LogId log) throws IOException {
        List<Checkpoint> found = new ArrayList<>();
        for (CheckpointName name : CheckpointName.list(disk, folder, CheckpointName.FINISHED)) {
            Path path = folder.resolve(name.toString());
            try (DiskFile file = disk.openForReading(path)) {
                found.add(new Checkpoint(log, name.position(), name.number(), path, file.size()));
            }
        }
        return found;
    }

    /**
     * A checkpoint by the name of its file, which need not exist.
     *
     * @param name any text
     * @param sizeBytes of the file
     * @return empty if no finished checkpoint has such a name
     */
    public static Optional<Checkpoint> named(Path folder, LogId log, String name, long sizeBytes) {
        return CheckpointName.parse(name)
                .filter(parsed -> parsed.ending().equals(CheckpointName.FINISHED))
                .map(parsed ->
                        new Checkpoint(log, parsed.position(), parsed.number(), folder.resolve(name), sizeBytes));
    }

    /** The number for the next checkpoint in a log's folder: above that of every file there, finished or not, whole or rotten. */
    public static long nextNumber(Disk disk, Path folder) throws IOException {
        List<CheckpointName> newestFirst = CheckpointName.list(disk, folder);
        return newestFirst.isEmpty() ? 1 : newestFirst.get(0).number() + 1;
    }

    /** Deletes what was left unfinished in a log's folder. Not to be called while a checkpoint is written there. */
    public static void cleanUp(Disk disk, Path folder) throws IOException {
        CheckpointRetention.delete(disk, folder, CheckpointName.list(disk, folder, CheckpointName.TEMPORARY));
    }
}
