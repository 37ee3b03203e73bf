package io.walreceiver.storage;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentView;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.storage.checkpoint.Checkpoint;
import io.walreceiver.storage.checkpoint.CheckpointWriter;
import io.walreceiver.storage.disk.Disk;
import io.walreceiver.storage.disk.DiskFullException;
import io.walreceiver.storage.records.Skip;
import io.walreceiver.storage.records.Skips;
import io.walreceiver.storage.wal.LogAppender;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.List;
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
    private final LogId log;
    private final long knownDurable;
    private final BooleanSupplier makeRoomElsewhere;
    private final Executor diskThreads;
    private final GroupSync groupSync;
    private final CheckpointSchedule checkpoints;
    private final KeptAside keptAside;

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
    private volatile boolean failed;
    private volatile boolean folderIsDurable;
    private volatile Skips skips = Skips.NONE;

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
        this.folderIsDurable = folderIsDurable;
        this.makeRoomElsewhere = makeRoomElsewhere;
        this.diskThreads = diskThreads;
        this.groupSync = new GroupSync(options.commitPolicy(), diskThreads, timer, this::syncAndTell);
        this.checkpoints = new CheckpointSchedule(options);
        this.keptAside = new KeptAside(options, log);
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
            appender = new LogAppender(
                    disk, folder, log, options.maxFileBytes(), recovered.position(), BatchHasher.fastest());
            written = recovered.position();
            durable = recovered.position();
            failed = false;
            keptAside.look();
            skips = recovery.skips();
            tell(recovered.findings());
            return recovered;
        } catch (DiskFullException full) {
            keptAside.makeRoom(durable + 1); // the next try has it
            throw full;
        } finally {
            files.unlock();
        }
    }

    private void tell(List<RecoveryFinding> findings) {
        try {
            findings.forEach(options.findings());
        } catch (RuntimeException e) { // the user's own: what was recovered stays recovered
            LOG.warn("log {}: whoever is told of findings failed", log, e);
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
        LogAppender to = appender;
        if (to == null || failed) {
            throw new IOException("log " + log + " in " + folder + " has failed and was not recovered yet");
        }
        try {
            createFolder();
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

    /** What is durable in a folder is lost with it, if its name is not durable. */
    private void createFolder() throws IOException {
        if (folderIsDurable) {
            return;
        }
        if (disk.exists(folder)) {
            disk.syncDirectory(DataLayout.logs(options.directory()));
        } else {
            DataLayout.create(disk, folder);
        }
        folderIsDurable = true;
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
            LogAppender current = appender;
            if (current == null || failed) {
                throw new IOException("log " + log + " in " + folder + " has failed and was not recovered yet");
            }
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
        } finally {
            files.unlock();
        }
    }

    @Override
    public void keepAside(WalSegmentPayload segment, String cause, long waitingFor) {
        try {
            createFolder();
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
        createFolder();
        checkpoints.begins(position);
        CheckpointWriter writer = CheckpointWriter.begin(
                disk,
                folder,
                log,
                position,
                Checkpoint.nextNumber(disk, folder),
                skips,
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
            dropWhatIsNotNeeded(position);
        } catch (IOException e) {
            LogAppender beside = appender;
            if (beside != null) {
                beside.folderSyncFailed(); // it may have been that
            }
            throw e;
        }
    }

    private void dropWhatIsNotNeeded(long position) throws IOException {
        files.lock();
        try {
            long freed = new Housekeeping(options, folder, log).afterCheckpoint();
            LOG.debug("log {}: checkpoint at event {}, {} bytes of files dropped", log, position, freed);
        } finally {
            files.unlock();
        }
    }

    @Override
    public List<Skip> skips() {
        return skips.records();
    }

    @Override
    public int keptAside() {
        return keptAside.count();
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
