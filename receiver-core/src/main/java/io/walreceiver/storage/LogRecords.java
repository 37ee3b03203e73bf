package io.walreceiver.storage;

import io.walreceiver.format.LogId;
import io.walreceiver.storage.disk.Disk;
import io.walreceiver.storage.records.Epoch;
import io.walreceiver.storage.records.Skip;
import io.walreceiver.storage.records.Skips;
import java.io.IOException;
import java.util.Optional;

/**
 * What is on record of one log beside its events: the holes in it, and whose reign it follows. Any thread reads; what may block is done
 * by the log's writer.
 */
final class LogRecords {

    private final Disk disk;
    private final LogFolder folder;
    private final LogId log;
    private final Runnable failed;
    private volatile Skips skips = Skips.NONE;
    private volatile Optional<Epoch> epoch = Optional.empty();
    /** Whether the epoch was written here: one that was read may be there only until the next crash. Of the log's writer. */
    private boolean epochIsDurable;

    /**
     * @param failed called when a record could not be made durable: a sync of the folder may have failed
     */
    LogRecords(Disk disk, LogFolder folder, LogId log, Runnable failed) {
        this.disk = disk;
        this.folder = folder;
        this.log = log;
        this.failed = failed;
    }

    Skips skips() {
        return skips;
    }

    Optional<Epoch> epoch() {
        return epoch;
    }

    /**
     * Reads what is on record. Holes are written anew before anything may rest on them: those of a call whose sync failed, in a process
     * that has ended since, can be read, and no later sync makes their file's name durable as it is.
     *
     * @param recovered the holes that a recovery has found, those that checkpoints carry among them
     */
    void recovered(Skips recovered) throws IOException {
        epoch = Epoch.read(disk, folder.path());
        epochIsDurable = false;
        if (!recovered.records().isEmpty()) {
            put(recovered);
        }
        skips = recovered;
    }

    void skip(Skip skip) throws IOException {
        Skips all = skips.plus(skip);
        put(all); // also what a checkpoint alone has carried: the file may have been lost
        skips = all;
    }

    private void put(Skips all) throws IOException {
        put(() -> all.write(disk, folder.path()));
    }

    void adopt(Epoch adopted) throws IOException {
        if (epoch.isEmpty()) {
            epoch = Epoch.read(disk, folder.path()); // of a log that is not recovered from here
        }
        Epoch highest = higher(log, epoch, adopted);
        if (!epochIsDurable || epoch.filter(highest::equals).isEmpty()) {
            put(() -> highest.write(disk, folder.path()));
            epoch = Optional.of(highest);
            epochIsDurable = true;
        }
    }

    private interface Change {
        void make() throws IOException;
    }

    private void put(Change record) throws IOException {
        folder.create();
        try {
            record.make();
        } catch (IOException e) {
            epochIsDurable = false;
            failed.run();
            throw e;
        }
    }

    /** The one on record, or the new one if it has a higher number; a lower one is refused. */
    static Epoch higher(LogId log, Optional<Epoch> recorded, Epoch adopted) {
        if (recorded.isEmpty() || adopted.number() > recorded.get().number()) {
            return adopted;
        }
        if (adopted.number() < recorded.get().number()) {
            throw new IllegalArgumentException("log " + log + ": expected a leader of epoch "
                    + recorded.get().number() + ", which it follows, or a later one; found epoch " + adopted.number()
                    + ": follow the new leader");
        }
        return recorded.get();
    }
}
