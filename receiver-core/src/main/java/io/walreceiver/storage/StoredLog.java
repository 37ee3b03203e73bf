package io.walreceiver.storage;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentView;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.ledger.ImageReader;
import io.walreceiver.storage.checkpoint.Checkpoint;
import io.walreceiver.storage.checkpoint.CheckpointReader;
import io.walreceiver.storage.disk.Disk;
import io.walreceiver.storage.quarantine.KeptSegment;
import io.walreceiver.storage.quarantine.Quarantine;
import io.walreceiver.storage.quarantine.QuarantineListing;
import io.walreceiver.storage.records.DamagedFileException;
import io.walreceiver.storage.records.Epoch;
import io.walreceiver.storage.records.KnownPositions;
import io.walreceiver.storage.records.Skips;
import io.walreceiver.storage.wal.LogCursor;
import io.walreceiver.storage.wal.LogEnd;
import io.walreceiver.storage.wal.LogFile;
import io.walreceiver.storage.wal.LogReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One log of a data directory, looked at from outside; see {@link StoredData}. All methods block, but for the first two. */
public final class StoredLog {

    private static final Logger LOG = LoggerFactory.getLogger(StoredLog.class);

    /** A receiver that works there drops files now and then; this often only where something else is wrong. */
    private static final int TRIES = 10;

    private static final Pattern ROTTEN = Pattern.compile(".*\\.rotten(-\\d+)?");

    private final Disk disk;
    private final Path directory;
    private final LogId log;

    StoredLog(Disk disk, Path directory, LogId log) {
        this.disk = disk;
        this.directory = directory;
        this.log = log;
    }

    /**
     * What reading a log came to.
     *
     * @param checkpoint the newest one that is whole; empty if there is none
     * @param position the last event that can be recovered, or was skipped; 0 for none
     * @param skips the holes that operators accepted, for ever
     * @param findings what is not as it should be; beside a receiver that works, also what it is writing at this moment
     */
    public record Reading(Optional<Checkpoint> checkpoint, long position, Skips skips, List<RecoveryFinding> findings) {

        public Reading {
            findings = List.copyOf(findings);
        }
    }

    /** Which log it is. */
    public LogId log() {
        return log;
    }

    /** Its folder, which need not exist. */
    public Path folder() {
        return DataLayout.log(directory, log);
    }

    /** Its checkpoints, newest first; whether they are whole, {@link #read} says. */
    public List<Checkpoint> checkpoints() throws IOException {
        return again(() -> disk.exists(folder()) ? Checkpoint.list(disk, folder(), log) : List.of());
    }

    /** The files of its durable log, in order of their first event. */
    public List<LogFile> files() throws IOException {
        return LogFile.list(disk, folder(), log);
    }

    /** About how many bytes a recovery has to read: the newest checkpoint, and the files after it. */
    public long bytesToRecover() throws IOException {
        Optional<Checkpoint> newest = checkpoints().stream().findFirst();
        long position = newest.map(Checkpoint::position).orElse(0L);
        List<LogFile> files = files();
        long bytes = newest.map(Checkpoint::sizeBytes).orElse(0L);
        for (int i = 0; i < files.size(); i++) {
            boolean needed = i + 1 == files.size() || files.get(i + 1).firstSeq() - 1 > position;
            bytes += needed ? files.get(i).sizeBytes() : 0;
        }
        return bytes;
    }

    /** Log files and checkpoints that were found rotten and set aside. */
    public List<Path> rotten() throws IOException {
        return !disk.exists(folder())
                ? List.of()
                : disk.list(folder()).stream()
                        .filter(name -> ROTTEN.matcher(name).matches())
                        .map(folder()::resolve)
                        .toList();
    }

    /** What was refused of it and is kept aside. */
    public QuarantineListing keptAside() throws IOException {
        return Quarantine.list(disk, DataLayout.quarantine(folder()));
    }

    /**
     * The bytes of a segment that is kept aside.
     *
     * @return empty if they are not kept, or not any more
     */
    public Optional<WalSegmentPayload> bytes(KeptSegment kept) throws IOException {
        return Quarantine.read(disk, DataLayout.quarantine(folder()), kept);
    }

    /** The holes that operators accepted, as on record in the log's own file. */
    public Skips skips() throws IOException {
        return Skips.read(disk, folder());
    }

    /** The highest leader's epoch that was followed; empty if there was none. */
    public Optional<Epoch> epoch() throws IOException {
        return Epoch.read(disk, folder());
    }

    /** The highest position on record as durable; 0 if nothing is. */
    public long knownDurable() throws IOException {
        try {
            return KnownPositions.read(disk, directory)
                    .map(known -> known.durable().getOrDefault(log, 0L))
                    .orElse(0L);
        } catch (DamagedFileException e) {
            return 0; // less is known then
        }
    }

    /** Reads the newest checkpoint that is whole, and the log after it, and checks every bit of both. */
    public Reading read() throws IOException {
        long known = knownDurable(); // first: it only grows
        if (!disk.exists(folder())) {
            return new Reading(Optional.empty(), 0, Skips.NONE, List.of());
        }
        return again(() -> {
            Recovery recovery = new Recovery(disk, folder(), log);
            LogEnd end = recovery.read(new Unused());
            return new Reading(recovery.checkpoint(), end.position(), recovery.skips(), findings(recovery, end, known));
        });
    }

    /**
     * The events that follow a position, verified, in pieces as they lie there: whole batches, so that the first piece may begin with
     * events at or below the position. They end where the log cannot be read, and before a hole.
     *
     * @param after 0 or more
     * @param bytes about how many are wanted: a piece is at most 4 MiB, and the last one may go beyond
     */
    public List<SegmentView> events(long after, long bytes) throws IOException {
        List<SegmentView> pieces = new ArrayList<>();
        try {
            new LogReader(disk, log, BatchHasher.fastest())
                    .read(files(), after, position -> position, gatherer(pieces, bytes), read -> {});
        } catch (Enough e) {
            return pieces;
        }
        return pieces;
    }

    private static Consumer<SegmentView> gatherer(List<SegmentView> pieces, long bytes) {
        long[] left = {bytes};
        return piece -> {
            pieces.add(piece);
            left[0] -= piece.sizeBytes();
            if (left[0] <= 0) {
                throw new Enough();
            }
        };
    }

    /**
     * Reads the durable log on and on, beside a receiver that works, too.
     *
     * @param after the last event that is not wanted, 0 or more
     */
    public LogCursor cursor(long after) {
        return new LogCursor(disk, folder(), log, after);
    }

    /** The newest checkpoint that is whole; every bit of it is read. */
    public Optional<Checkpoint> newestCheckpoint() throws IOException {
        return again(() -> {
            for (Checkpoint candidate : checkpoints()) {
                try (CheckpointReader reader = CheckpointReader.open(disk, candidate)) {
                    reader.verify();
                    return Optional.of(candidate);
                } catch (DamagedFileException e) {
                    LOG.warn("log {}: {} is passed over: {}", log, candidate.path(), e.getMessage());
                }
            }
            return Optional.empty();
        });
    }

    /**
     * The bytes of a checkpoint's file.
     *
     * @param from the first one that is wanted, 0 or more
     * @throws NoSuchFileException if it was dropped
     */
    public InputStream open(Checkpoint checkpoint, long from) throws IOException {
        return new StoredFileStream(disk.openForReading(checkpoint.path()), from);
    }

    /** What a recovery that repairs would find, in the words of one that does not. */
    static List<RecoveryFinding> findings(Recovery recovery, LogEnd end, long knownDurable) {
        List<RecoveryFinding> findings = new ArrayList<>(recovery.findings());
        end.broken().ifPresent(broken -> {
            boolean rot = broken.expected() <= knownDurable || broken.kind() == LogEnd.Kind.HOLE;
            findings.add(new RecoveryFinding(
                    broken.file().id().log(),
                    rot ? RecoveryFinding.Kind.ROT : RecoveryFinding.Kind.CUT,
                    broken.text() + "; " + (rot ? "it was durable" : "it is not known to be durable")
                            + ", and events from " + broken.expected() + " on are left out"));
        });
        return findings;
    }

    private interface Read<T> {
        T read() throws IOException;
    }

    private static <T> T again(Read<T> read) throws IOException {
        for (int tries = 1; ; tries++) {
            try {
                return read.read();
            } catch (NoSuchFileException e) { // dropped since its name was read
                if (tries == TRIES) {
                    throw e;
                }
            }
        }
    }

    /** Has what was asked for. */
    private static final class Enough extends RuntimeException {

        private static final long serialVersionUID = 1;

        Enough() {
            super(null, null, false, false);
        }
    }

    /** Checks without a use for what is checked: a checkpoint is verified before its image is offered. */
    private static final class Unused implements RecoveryTarget {

        @Override
        public boolean takesImages() {
            return true;
        }

        @Override
        public void restore(ImageReader image) {}

        @Override
        public void replay(SegmentView events, long from) {}

        @Override
        public void done(long bytes) {}

        @Override
        public void expect(long bytes) {}
    }
}
