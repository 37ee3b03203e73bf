package io.walreceiver.storage;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.format.LogId;
import io.walreceiver.storage.checkpoint.Checkpoint;
import io.walreceiver.storage.checkpoint.CheckpointReader;
import io.walreceiver.storage.checkpoint.CheckpointRetention;
import io.walreceiver.storage.disk.Disk;
import io.walreceiver.storage.records.DamagedFileException;
import io.walreceiver.storage.records.Skips;
import io.walreceiver.storage.wal.Finding;
import io.walreceiver.storage.wal.LogEnd;
import io.walreceiver.storage.wal.LogFile;
import io.walreceiver.storage.wal.LogReader;
import io.walreceiver.storage.wal.LogRepair;
import io.walreceiver.storage.wal.StoredBatch;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads back what is stored of one log: the newest checkpoint that is whole, then the log after it. With {@link #repair} the folder is
 * brought into order, too; {@link #read} changes nothing.
 */
final class Recovery {

    private final Disk disk;
    private final Path folder;
    private final LogId log;
    private final long through;
    private final List<RecoveryFinding> findings = new ArrayList<>();
    private final List<Checkpoint> damaged = new ArrayList<>();
    private Optional<Checkpoint> checkpoint = Optional.empty();
    private Skips skips = Skips.NONE;
    private List<LogFile> files = List.of();
    private long position;
    private Optional<StoredBatch> lastBatch = Optional.empty();
    private long replayedBytes;
    private @Nullable IOException unreadable;

    Recovery(Disk disk, Path folder, LogId log) {
        this(disk, folder, log, Long.MAX_VALUE);
    }

    /**
     * @param through the last event that is wanted, for {@link #read}: no checkpoint beyond it is started from
     */
    Recovery(Disk disk, Path folder, LogId log, long through) {
        this.disk = disk;
        this.folder = folder;
        this.log = log;
        this.through = through;
    }

    /** What was found on the way, after {@link #read}. */
    List<RecoveryFinding> findings() {
        return List.copyOf(findings);
    }

    /** The checkpoint that was started from, after {@link #read} or {@link #repair}. */
    Optional<Checkpoint> checkpoint() {
        return checkpoint;
    }

    /** How much of the log was replayed after the checkpoint. */
    long replayedBytes() {
        return replayedBytes;
    }

    /** What operators gave up, after {@link #read} or {@link #repair}. */
    Skips skips() {
        return skips;
    }

    /** The last batch of the log's files through the position, if there is one, after {@link #repair}. */
    Optional<StoredBatch> lastBatch() {
        return lastBatch;
    }

    /** Reads without a change, as far as it goes: beside a receiver that works, too. */
    LogEnd read(RecoveryTarget target) throws IOException {
        // Files before checkpoints: what is dropped in between lies below a checkpoint that is there by then.
        files = LogFile.list(disk, folder, log);
        if (target.takesImages()) {
            restore(target);
            if (checkpoint.isEmpty() && unreadable != null) {
                throw unreadable; // what it stands for may be nowhere else; perhaps it can be read the next time
            }
        }
        skips = skips.union(Skips.read(disk, folder));
        target.expect(bytesToRead());
        LogEnd end = new LogReader(disk, log, BatchHasher.fastest())
                .read(
                        files,
                        position,
                        skips::skippedThrough,
                        events -> {
                            target.replay(events, Math.max(events.firstSeq(), position + 1));
                            replayedBytes += events.sizeBytes();
                            position = events.lastSeq();
                        },
                        target::done);
        position = end.position();
        lastBatch = end.lastBatch();
        return end;
    }

    /** Of the files that do not lie at or below the checkpoint. */
    private long bytesToRead() {
        long bytes = 0;
        for (int i = 0; i < files.size(); i++) {
            boolean needed = i + 1 == files.size() || files.get(i + 1).firstSeq() - 1 > position;
            bytes += needed ? files.get(i).sizeBytes() : 0;
        }
        return bytes;
    }

    /**
     * Reads, and makes the folder fit to be appended to.
     *
     * @param knownDurable last event that is known to have been durable
     */
    Recovered repair(RecoveryTarget target, long knownDurable) throws IOException {
        if (!disk.exists(folder)) {
            return new Recovered(0, knownDurable, missing(knownDurable));
        }
        Checkpoint.cleanUp(disk, folder);
        LogEnd end = read(target);
        checkNoImageIsNeeded(target, end);
        for (Checkpoint rotten : damaged) {
            CheckpointRetention.setAside(disk, rotten);
        }
        // A damaged one, too: it got its name after the log was durable that far.
        long bound = Stream.concat(checkpoint.stream(), damaged.stream())
                .mapToLong(Checkpoint::position)
                .reduce(knownDurable, Math::max);
        boolean rot = false;
        for (Finding finding : new LogRepair(disk, folder, log).repair(files, end, bound)) {
            rot |= finding.kind() == Finding.Kind.ROT;
            findings.add(new RecoveryFinding(
                    log,
                    finding.kind() == Finding.Kind.ROT ? RecoveryFinding.Kind.ROT : RecoveryFinding.Kind.CUT,
                    finding.text()));
        }
        return new Recovered(end.position(), Math.max(bound, end.position() + (rot ? 1 : 0)), findings);
    }

    /** Nothing has rotted where the events before the first file are in an image that this ledger does not take: nothing is touched. */
    private void checkNoImageIsNeeded(RecoveryTarget target, LogEnd end) throws IOException {
        boolean startMissing = end.position() == 0 && end.broken().isPresent();
        if (startMissing
                && !target.takesImages()
                && !Checkpoint.list(disk, folder, log).isEmpty()) {
            throw new IOException(end.broken().get().text()
                    + "; those before it are in checkpoints only, which this ledger's parts do not take: use a ledger whose"
                    + " parts do (SnapshottingPart), or another data directory");
        }
    }

    private List<RecoveryFinding> missing(long knownDurable) {
        return knownDurable == 0
                ? List.of()
                : List.of(new RecoveryFinding(
                        log,
                        RecoveryFinding.Kind.ROT,
                        "log " + log + ": its folder " + folder + " is gone, though events through " + knownDurable
                                + " were durable in it"));
    }

    private void restore(RecoveryTarget target) throws IOException {
        for (Checkpoint candidate : Checkpoint.list(disk, folder, log)) {
            if (candidate.position() > through) {
                continue;
            }
            target.expect(candidate.sizeBytes());
            CheckpointReader whole = verified(candidate);
            if (whole == null) {
                target.done(candidate.sizeBytes());
                continue;
            }
            try (whole) {
                target.restore(whole.image()); // what fails from here on is for another try, with an empty part
                target.done(candidate.sizeBytes());
                skips = whole.skips();
                checkpoint = Optional.of(candidate);
                position = candidate.position();
                return;
            }
        }
    }

    /** Opens a checkpoint that is whole; null if it is not, or cannot be read. */
    private @Nullable CheckpointReader verified(Checkpoint candidate) throws IOException {
        CheckpointReader reader = null;
        try {
            reader = CheckpointReader.open(disk, candidate);
            reader.verify();
            return reader;
        } catch (NoSuchFileException e) { // dropped by a receiver that works here
            throw e;
        } catch (DamagedFileException e) {
            damaged.add(candidate);
            found(candidate, e);
        } catch (IOException e) { // a bad sector, perhaps; or perhaps it can be read the next time
            unreadable = e;
            found(candidate, e);
        }
        if (reader != null) {
            reader.close();
        }
        return null;
    }

    private void found(Checkpoint candidate, IOException e) {
        findings.add(new RecoveryFinding(
                log,
                RecoveryFinding.Kind.DAMAGED_CHECKPOINT,
                "log " + log + ": " + candidate.path() + " cannot be used: " + e.getMessage()));
    }
}
