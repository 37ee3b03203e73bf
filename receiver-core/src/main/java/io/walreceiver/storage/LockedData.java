package io.walreceiver.storage;

import io.walreceiver.format.LogId;
import io.walreceiver.storage.disk.Disk;
import io.walreceiver.storage.disk.DiskLock;
import io.walreceiver.storage.quarantine.KeptSegment;
import io.walreceiver.storage.quarantine.Quarantine;
import io.walreceiver.storage.records.DamagedFileException;
import io.walreceiver.storage.records.KnownPositions;
import io.walreceiver.storage.records.Skip;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A data directory whose lock is held, for changes that an operator makes while no receiver runs there. For one thread; all methods
 * block. What a method did is durable when it returns.
 */
public final class LockedData implements AutoCloseable {

    private final Disk disk;
    private final Clock clock;
    private final DiskLock lock;
    private final StoredData stored;

    private LockedData(Disk disk, Clock clock, DiskLock lock, StoredData stored) {
        this.disk = disk;
        this.clock = clock;
        this.lock = lock;
        this.stored = stored;
    }

    /**
     * Takes the lock of a data directory that exists.
     *
     * @throws StorageException if it is no data directory, cannot be used, or another process holds its lock: then the message says
     *     which
     */
    public static LockedData take(Path directory) {
        return take(Disk.ofOperatingSystem(), directory, Clock.systemUTC());
    }

    static LockedData take(Disk disk, Path directory, Clock clock) {
        Path absolute = StoredData.in(disk, directory).directory(); // a typing error must not leave a lock behind
        DiskLock lock = DirectoryLock.take(disk, absolute, clock);
        try {
            return new LockedData(disk, clock, lock, StoredData.in(disk, absolute));
        } catch (RuntimeException | Error e) {
            lock.close();
            throw e;
        }
    }

    /** What is stored. */
    public StoredData stored() {
        return stored;
    }

    /**
     * Gives up the events that follow what a log holds: the only hole that a recovery accepts, on record for ever.
     *
     * @param through the last event that is given up, beyond what the log holds
     * @param reason why; not blank
     * @return what was put on record, now or before: a call that failed may be made again
     * @throws IllegalArgumentException if the log holds event {@code through}, or the reason is blank; nothing was changed
     * @throws IOException if it could not be made durable
     */
    public Skip skip(LogId log, long through, String reason) throws IOException {
        StoredLog of = stored.log(log);
        StoredLog.Reading reading = of.read();
        Optional<Skip> again = reading.skips().records().stream()
                .filter(one -> one.through() == through)
                .findAny();
        if (again.isPresent()) { // after a failure, perhaps: only what is written anew is durable for sure
            reading.skips().write(disk, of.folder());
            return again.get();
        }
        if (through <= reading.position()) {
            throw new IllegalArgumentException("log " + log + " holds its events through " + reading.position()
                    + ": expected a position beyond it, found " + through);
        }
        if (reason.isBlank()) {
            throw new IllegalArgumentException("skip in log " + log + ": expected a reason, found none");
        }
        makeFolder(of.folder());
        Skip skip = new Skip(reading.position() + 1, through, clock.instant(), reason);
        reading.skips().plus(skip).write(disk, of.folder());
        return skip;
    }

    /** Each directory is durable before anything is put in it. */
    private void makeFolder(Path folder) throws IOException {
        Path logs = DataLayout.logs(stored.directory());
        if (!disk.exists(logs)) {
            DataLayout.create(disk, logs);
        }
        disk.syncDirectory(stored.directory());
        if (!disk.exists(folder)) {
            DataLayout.create(disk, folder);
        }
        disk.syncDirectory(logs);
    }

    /**
     * Drops all that is stored of a log. Cut short by a crash, it is either there still, or gone and deleted by whoever takes the lock
     * next.
     *
     * @throws IOException if that fails; it may be tried again
     */
    public void drop(LogId log) throws IOException {
        forget(log);
        if (disk.exists(DataLayout.log(stored.directory(), log))) {
            LogDrop.drop(disk, stored.directory(), log);
        } else {
            LogDrop.finish(disk, stored.directory());
        }
    }

    /** Before the folder goes: what is known to be durable and has no folder would be taken for rot. */
    private void forget(LogId log) throws IOException {
        Optional<KnownPositions> known = known();
        if (known.isPresent() && known.get().durable().containsKey(log)) {
            Map<LogId, Long> others = new HashMap<>(known.get().durable());
            others.remove(log);
            new KnownPositions(known.get().cleanStop(), others).write(disk, stored.directory());
        }
    }

    private Optional<KnownPositions> known() throws IOException {
        try {
            return stored.known();
        } catch (DamagedFileException e) {
            return Optional.empty(); // says nothing of the log either
        }
    }

    /** Drops a refused segment that is kept aside, whatever its log waits for. */
    public void drop(LogId log, KeptSegment kept) throws IOException {
        Path folder = DataLayout.quarantine(stored.log(log).folder());
        new Quarantine(disk, folder, Long.MAX_VALUE, Integer.MAX_VALUE).drop(kept);
        disk.syncDirectory(folder);
    }

    /** Gives the lock back. Idempotent. */
    @Override
    public void close() {
        lock.close();
    }
}
