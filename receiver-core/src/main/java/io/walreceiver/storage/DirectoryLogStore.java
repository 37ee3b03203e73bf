package io.walreceiver.storage;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentView;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.storage.checkpoint.Checkpoint;
import io.walreceiver.storage.checkpoint.CheckpointWriter;
import io.walreceiver.storage.disk.Disk;
import io.walreceiver.storage.disk.DiskFullException;
import io.walreceiver.storage.quarantine.KeptSegment;
import io.walreceiver.storage.records.Epoch;
import io.walreceiver.storage.records.Skip;
import io.walreceiver.storage.wal.LogAppender;
import io.walreceiver.storage.wal.StoredBatch;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** One log's folder in a data directory. */
final class DirectoryLogStore implements LogStore {

    private static final Logger LOG = LoggerFactory.getLogger(DirectoryLogStore.class);

    private final DirectoryStorage options;
    private final Disk disk;
    private final Path folder;
    private final LogFolder logFolder;
    private final LogId log;
    private final long knownDurable;
    private final BooleanSupplier makeRoomElsewhere;
    private final Executor diskThreads;
    private final GroupSync groupSync;
    private final CheckpointSchedule checkpoints;
    private final KeptAside keptAside;
    private final LogRecords records;

    /** Held by who reads, repairs, syncs or prunes files; the writer appends without it. */
    private final ReentrantLock files = new ReentrantLock();

    /** Held while a checkpoint is being finished; taken before the other. */
    private final ReentrantLock checkpointing = new ReentrantLock();

    private volatile @Nullable Listener listener;
    private volatile @Nullable LogAppender appender;
    /** The last checkpoint that was begun; of the writer. */
    private @Nullable CheckpointWriter unfinished;

    private volatile long written;
    private volatile long durable;
    private volatile Optional<StoredBatch> lastDurableBatch = Optional.empty();
    private volatile boolean failed;

    /**
     * @param knownDurable last event that is known to be durable; 0 if nothing is known
     * @param folderIsDurable whether the log's folder is there, and its name is durable
     * @param makeRoomElsewhere has other logs drop what they keep aside; whether that freed anything
     */
    DirectoryLogStore(
            DirectoryStorage options,
            LogId log,
            long knownDurable,
            boolean folderIsDurable,
            BooleanSupplier makeRoomElsewhere,
            Executor diskThreads,
            Scheduler timer) {
        this.options = options;
        this.disk = options.disk();
        this.folder = DataLayout.log(options.directory(), log);
        this.log = log;
        this.knownDurable = knownDurable;
        this.logFolder = new LogFolder(disk, folder, folderIsDurable);
        this.makeRoomElsewhere = makeRoomElsewhere;
        this.diskThreads = diskThreads;
        this.groupSync = new GroupSync(options.commitPolicy(), diskThreads, timer, this::syncAndTell);
        this.checkpoints = new CheckpointSchedule(options);
        this.keptAside = new KeptAside(options, log);
        this.records = new LogRecords(disk, logFolder, log, this::folderSyncFailed);
    }

    @Override
    public boolean isVolatile() {
        return false;
    }

    @Override
    public void listener(Listener listener) {
        this.listener = listener;
    }

    @Override
    public Recovered recover(RecoveryTarget target) throws IOException {
        files.lock();
        try {
            leaveAppender();
            Recovery recovery = new Recovery(disk, folder, log);
            Recovered recovered = recovery.repair(target, Math.max(knownDurable, durable));
            checkpoints.recovered(recovery.checkpoint(), recovery.replayedBytes());
            records.recovered(recovery.skips());
            appender = new LogAppender(
                    disk,
                    folder,
                    log,
                    options.maxFileBytes(),
                    recovered.position(),
                    recovery.lastBatch(),
                    BatchHasher.fastest());
            lastDurableBatch = recovery.lastBatch();
            written = recovered.position();
            durable = recovered.position();
            failed = false;
            keptAside.look();
            options.tell(recovered.findings());
            return recovered;
        } catch (DiskFullException full) {
            keptAside.makeRoom(durable + 1); // the next try has it
            throw full;
        } finally {
            files.unlock();
        }
    }

    /** Takes the files of the appender before, if there is one, to where a recovery can read them. */
    private void leaveAppender() throws IOException {
        LogAppender before = appender;
        if (before == null) {
            return;
        }
        if (!failed && !before.isBroken()) {
            try {
                before.seal();
                before.close();
                appender = null;
                return;
            } catch (IOException e) {
                failed = true;
                LOG.warn("log {}: its last file could not be sealed", log, e);
            }
        }
        before.abandon();
        appender = null;
    }

    @Override
    public void append(SegmentView segment, long from) throws IOException {
        LogAppender to = usable();
        try {
            logFolder.create();
            appendMakingRoom(to, segment, from);
        } catch (IOException e) {
            // A file that was made though making it failed is in the way until a recovery has looked at it.
            if (to.isBroken()
                    || e instanceof FileAlreadyExistsException) { // not |=, which would undo what a sync finds
                failed = true;
            }
            throw e;
        }
        written = to.position();
        checkpoints.appended(segment.sizeBytes());
        groupSync.ask();
    }

    private LogAppender usable() throws IOException {
        LogAppender current = appender;
        if (current == null || failed) {
            throw new IOException("log " + log + " in " + folder + " has failed and was not recovered yet");
        }
        return current;
    }

    private void appendMakingRoom(LogAppender to, SegmentView segment, long from) throws IOException {
        try {
            to.append(segment, from);
        } catch (DiskFullException full) {
            if (to.isBroken() || !(keptAside.makeRoom(from) || makeRoomElsewhere.getAsBoolean())) {
                throw full;
            }
            to.append(segment, from);
        }
    }

    /** Drops what is kept aside, for another log that finds the disk full. Any thread. */
    boolean makeRoom() {
        return keptAside.makeRoom(durable + 1);
    }

    @Override
    public long written() {
        return written;
    }

    @Override
    public long durable() {
        return durable;
    }

    @Override
    public boolean failed() {
        return failed;
    }

    @Override
    public Mono<Void> sync() {
        return Mono.defer(() -> written == durable && !failed
                ? Mono.empty()
                : Mono.create(sink -> diskThreads.execute(() -> {
                    try {
                        syncNow();
                        sink.success();
                    } catch (Throwable e) { // whatever it is: somebody waits
                        sink.error(e);
                    }
                })));
    }

    private void syncAndTell() {
        try {
            syncNow();
        } catch (Throwable e) { // whatever it is: the log must not go on as if nothing had happened
            Listener told = listener;
            if (told != null) {
                told.failed(e);
            }
        }
    }

    /** Makes durable what was written before the call. */
    void syncNow() throws IOException {
        files.lock();
        try {
            LogAppender current = usable();
            if (current.synced() == current.position()) {
                return;
            }
            try {
                durable = current.sync();
            } catch (Throwable e) {
                failed = true;
                throw e;
            }
            Listener told = listener;
            if (told != null) {
                told.durable(durable); // with the lock, so that positions come in order
            }
            lastDurableBatch = current.lastSyncedBatch(); // then: no sender takes it for one beyond its acknowledgement
        } finally {
            files.unlock();
        }
    }

    @Override
    public void keepAside(WalSegmentPayload segment, String cause, long waitingFor) {
        try {
            logFolder.create();
        } catch (IOException e) {
            LOG.warn("log {}: its folder could not be made, so refused {} is not kept aside", log, segment, e);
            return;
        }
        keptAside.keep(segment, cause, waitingFor);
    }

    @Override
    public boolean checkpointDue() {
        return checkpoints.due(written);
    }

    @Override
    public CheckpointInProgress beginCheckpoint() throws IOException {
        long position = written;
        LogAppender writtenBy = appender;
        logFolder.create();
        checkpoints.begins(position);
        CheckpointWriter writer = CheckpointWriter.begin(
                disk,
                folder,
                log,
                position,
                Checkpoint.nextNumber(disk, folder),
                records.skips(),
                options.clock().instant());
        unfinished = writer;
        return new DirectoryCheckpoint(writer, () -> finish(writer, position, writtenBy));
    }

    private void finish(CheckpointWriter writer, long position, @Nullable LogAppender writtenBy) throws IOException {
        checkpointing.lock();
        try {
            syncNow();
            if (appender != writtenBy) {
                throw new IOException("log " + log + ": the checkpoint at event " + position
                        + " was begun before the log was read back from its storage, which may have gone back");
            }
            makeValid(writer, position);
        } finally {
            checkpointing.unlock();
        }
    }

    private void makeValid(CheckpointWriter writer, long position) throws IOException {
        try {
            writer.finish();
            files.lock();
            try {
                new Housekeeping(options, folder, log).afterCheckpoint(position);
            } finally {
                files.unlock();
            }
        } catch (IOException e) {
            folderSyncFailed();
            throw e;
        }
    }

    /** It may have been that what failed. */
    private void folderSyncFailed() {
        LogAppender beside = appender;
        if (beside != null) {
            beside.folderSyncFailed();
        }
    }

    @Override
    public List<Skip> skips() {
        return records.skips().records();
    }

    @Override
    public void skip(Skip skip) throws IOException {
        syncNow(); // what lies in front of the hole is not to be lost once the hole is on record
        records.skip(skip);
        files.lock();
        try {
            usable().skipTo(skip.through());
            written = skip.through();
            syncNow();
        } finally {
            files.unlock();
        }
    }

    @Override
    public Optional<StoredBatch> lastDurableBatch(long through) {
        return lastDurableBatch.filter(batch -> batch.mark().lastSeq() <= through);
    }

    @Override
    public Optional<Epoch> epoch() {
        return records.epoch();
    }

    @Override
    public void adopt(Epoch epoch) throws IOException {
        records.adopt(epoch);
    }

    @Override
    public int keptAside() {
        return keptAside.count();
    }

    @Override
    public Optional<KeptSegment> dropKeptAside(String name) throws IOException {
        return keptAside.drop(name);
    }

    @Override
    public void close() {
        checkpointing.lock();
        files.lock();
        try (LogAppender last = appender) { // closed also where it cannot be sealed
            CheckpointWriter begun = unfinished;
            if (begun != null) {
                begun.close(); // here, while the directory is ours: who finishes it may come later
            }
            appender = null;
            if (last != null && !failed && !last.isBroken()) {
                last.seal();
                durable = last.synced();
            }
        } catch (IOException e) {
            LOG.warn("log {}: its last file could not be sealed; nothing durable is affected", log, e);
        } finally {
            files.unlock();
            checkpointing.unlock();
        }
    }
}
