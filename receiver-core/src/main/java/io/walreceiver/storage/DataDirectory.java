package io.walreceiver.storage;

import io.walreceiver.format.LogId;
import io.walreceiver.schema.SchemaDiff;
import io.walreceiver.schema.StoredSchema;
import io.walreceiver.storage.StorageException.Reason;
import io.walreceiver.storage.disk.Disk;
import io.walreceiver.storage.disk.DiskFullException;
import io.walreceiver.storage.disk.DiskLock;
import io.walreceiver.storage.records.DamagedFileException;
import io.walreceiver.storage.records.KnownPositions;
import io.walreceiver.storage.records.Marker;
import io.walreceiver.storage.records.NewerFormatException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Scheduler;

/** A data directory in use by one receiver, which holds its lock. */
final class DataDirectory implements OpenStorage {

    private static final Logger LOG = LoggerFactory.getLogger(DataDirectory.class);

    private final DirectoryStorage options;
    private final Disk disk;
    private final Path directory;
    private final DiskLock lock;
    private final Set<LogId> folders;
    private final Set<LogId> logs;
    private final Map<LogId, Long> knownDurable;
    private final Executor diskThreads;
    private final Scheduler timer;
    private final ConcurrentMap<LogId, DirectoryLogStore> stores = new ConcurrentHashMap<>();
    private volatile StoredSchema stored;
    private KnownPositions remembered;
    private boolean closed;

    private DataDirectory(
            DirectoryStorage options,
            DiskLock lock,
            StoredSchema stored,
            Set<LogId> logs,
            KnownPositions known,
            Executor diskThreads,
            Scheduler timer) {
        this.options = options;
        this.disk = options.disk();
        this.directory = options.directory();
        this.lock = lock;
        this.stored = stored;
        this.knownDurable = known.durable();
        this.folders = Set.copyOf(logs);
        this.logs = new TreeSet<>(logs);
        this.logs.addAll(knownDurable.keySet()); // one whose folder is gone is to be missed
        this.remembered = known;
        this.diskThreads = diskThreads;
        this.timer = timer;
    }

    /**
     * Takes the directory into use, making it if need be.
     *
     * @throws StorageException if it cannot be
     */
    static DataDirectory open(DirectoryStorage options, StoredSchema wanted, Executor diskThreads, Scheduler timer) {
        Disk disk = options.disk();
        Path directory = options.directory();
        DiskLock lock = DirectoryLock.take(disk, directory, options.clock());
        try {
            StoredSchema stored = stored(options, wanted);
            if (!disk.exists(DataLayout.logs(directory))) {
                DataLayout.create(disk, DataLayout.logs(directory));
            }
            disk.syncDirectory(directory);
            disk.syncDirectory(DataLayout.logs(directory)); // a log's folder may have been made just before a crash
            LogDrop.finish(disk, directory);
            tellReplaced(disk, directory);
            KnownPositions known = known(disk, directory);
            if (known.cleanStop()) {
                known = new KnownPositions(false, known.durable()); // before anything can change that
                known.write(disk, directory);
            }
            return new DataDirectory(
                    options, lock, stored, DataLayout.logs(disk, directory), known, diskThreads, timer);
        } catch (IOException e) {
            lock.close();
            throw failed(directory, e);
        } catch (RuntimeException | Error e) {
            lock.close();
            throw e;
        }
    }

    private static void tellReplaced(Disk disk, Path directory) throws IOException {
        for (String name : disk.list(DataLayout.logs(directory))) {
            if (DataLayout.isReplaced(name)) {
                LOG.info(
                        "{} holds a log that was replaced: it is not read; delete it when nobody needs it",
                        DataLayout.logs(directory).resolve(name));
            }
        }
    }

    private static StorageException failed(Path directory, IOException e) {
        if (e instanceof NewerFormatException) {
            return new StorageException(Reason.NEWER_FORMAT, String.valueOf(e.getMessage()), e);
        }
        if (e instanceof DamagedFileException) {
            return new StorageException(Reason.DAMAGED, String.valueOf(e.getMessage()), e);
        }
        if (e instanceof DiskFullException) {
            return new StorageException(
                    Reason.DISK_FULL, "data directory " + directory + " cannot be opened: " + e.getMessage(), e);
        }
        return new StorageException(Reason.IO, "data directory " + directory + " cannot be opened: " + e, e);
    }

    private static StoredSchema stored(DirectoryStorage options, StoredSchema wanted) throws IOException {
        Marker marker = Marker.read(options.disk(), options.directory()).orElse(null);
        boolean begun = options.disk().exists(DataLayout.logs(options.directory())); // made after the marker
        if (marker == null && begun) {
            throw new StorageException(
                    Reason.DAMAGED,
                    "data directory " + options.directory() + " holds logs, but its file " + Marker.FILE
                            + " is gone, which says under which schema they were applied: restore it from a backup, or"
                            + " name another directory");
        }
        if (marker == null || !begun) { // one whose sync failed is written again: only a new name can be made durable
            new Marker(Marker.CURRENT, wanted).write(options.disk(), options.directory());
            return wanted;
        }
        SchemaDiff diff = SchemaDiff.between(marker.stored(), wanted);
        if (diff.same() || (diff.compatible() && options.adoptsSchemaChanges())) {
            return marker.stored();
        }
        String next = diff.compatible()
                ? "the change can be adopted: receiver schema apply, or the storage's option adoptsSchemaChanges, does it"
                : "scores rest on what is stored, so it cannot be adopted: keep the stored schema, give the changed type a new"
                        + " index, or replay into a new data directory";
        throw new StorageException(
                Reason.OTHER_SCHEMA,
                "data directory " + options.directory() + " was written under another schema:\n" + diff.describe()
                        + "\n" + next);
    }

    /** Without it less is known of what was durable, and nothing is lost. */
    private static KnownPositions known(Disk disk, Path directory) throws IOException {
        try {
            return KnownPositions.read(disk, directory).orElse(new KnownPositions(false, Map.of()));
        } catch (DamagedFileException e) {
            LOG.warn("{}; rot in what was written last cannot be told from a torn tail this time", e.getMessage());
            return new KnownPositions(false, Map.of());
        }
    }

    @Override
    public StoredSchema stored() {
        return stored;
    }

    @Override
    public Set<LogId> logs() {
        return logs;
    }

    @Override
    public LogStore log(LogId log) {
        return stores.computeIfAbsent(
                log,
                id -> new DirectoryLogStore(
                        options,
                        id,
                        knownDurable.getOrDefault(id, 0L),
                        folders.contains(id),
                        () -> makeRoomBeside(id),
                        diskThreads,
                        timer));
    }

    private boolean makeRoomBeside(LogId full) {
        boolean freed = false;
        for (Map.Entry<LogId, DirectoryLogStore> other : stores.entrySet()) {
            freed |= !other.getKey().equals(full) && other.getValue().makeRoom();
        }
        return freed;
    }

    @Override
    public void adopt(StoredSchema schema) throws IOException {
        new Marker(Marker.CURRENT, schema).write(disk, directory);
        stored = schema;
    }

    @Override
    public void remember() {
        remember(false);
    }

    /** One at a time: a slow disk may make one call last until the next, or until the end. */
    private synchronized void remember(boolean clean) {
        if (closed) {
            return; // the directory may be another process's by now
        }
        Map<LogId, Long> durable = new HashMap<>(remembered.durable());
        // What once was durable stays known, also where it rotted and was not sent again yet.
        stores.forEach((log, store) -> {
            if (store.durable() > 0) {
                durable.merge(log, store.durable(), Math::max);
            }
        });
        KnownPositions now = new KnownPositions(clean, durable);
        if (now.equals(remembered)) {
            return;
        }
        try {
            now.write(disk, directory);
            remembered = now;
        } catch (IOException e) {
            LOG.warn("data directory {}: what is durable could not be written down; it is tried again", directory, e);
        }
    }

    @Override
    public synchronized void close(boolean clean) {
        if (closed) {
            return;
        }
        try {
            remember(clean);
        } finally {
            closed = true;
            lock.close();
        }
    }
}
