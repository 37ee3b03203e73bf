package io.walreceiver.storage.wal;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentFault;
import io.walreceiver.format.SegmentView;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.storage.disk.Disk;
import io.walreceiver.storage.disk.DiskFile;
import io.walreceiver.storage.wal.LogEnd.Break;
import io.walreceiver.storage.wal.LogEnd.Extent;
import io.walreceiver.storage.wal.LogEnd.Kind;
import io.walreceiver.verify.SegmentVerifier;
import io.walreceiver.verify.VerificationResult;
import io.walreceiver.verify.VerificationResult.Refused;
import io.walreceiver.verify.VerificationResult.Verified;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Reads a log from its files and changes nothing: for recovery, and for tools that look at a folder in which a writer works. What is
 * being written at that moment reads as a bad batch at the end. Immutable; safe for use by any thread.
 */
public final class LogReader {

    private final Disk disk;
    private final LogId log;
    private final SegmentVerifier verifier;

    /**
     * A reader.
     *
     * @param disk holds the files
     * @param log the log that they belong to
     * @param hasher computes the checksums
     */
    public LogReader(Disk disk, LogId log, BatchHasher hasher) {
        this.disk = disk;
        this.log = log;
        this.verifier = new SegmentVerifier(hasher);
    }

    /**
     * Reads what lies after a position, up to the first thing that is not good.
     *
     * <p>Files may overlap: a file counts up to where the next one begins, and each event is handed out once. Batches at or below the
     * position are stepped over without their checksums being looked at, and files that lie there are not read: rot in what is no
     * longer needed does no harm. At most 8 MiB are held at a time.
     *
     * @param files the log's files, as {@link LogFile#list} gives them; those without bytes are ignored
     * @param position the last event that is not needed, 0 or more
     * @param skippedThrough what an operator gave up: for a position whose next event was, the last event of that skip; else the
     *     position itself. The only holes that are accepted; asked where events are missing, and at the end of the log.
     * @param events takes the events in order, in verified pieces of whole batches, at most 4 MiB each, whose bytes it may keep. A
     *     piece follows the one before, but for skips; the first one, and one after a skip or an overlap, may begin with events at or
     *     below the position then reached: they are the consumer's to leave out. What it throws ends the reading.
     * @param bytesRead told of each step how many bytes it read
     * @throws IOException if a file cannot be read
     */
    public LogEnd read(
            List<LogFile> files,
            long position,
            LongUnaryOperator skippedThrough,
            Consumer<SegmentView> events,
            LongConsumer bytesRead)
            throws IOException {
        List<LogFile> filled =
                files.stream().filter(file -> file.sizeBytes() > 0).toList();
        return new Reading(position, skippedThrough, events, bytesRead).through(filled);
    }

    private final class Reading {

        private final LongUnaryOperator skippedThrough;
        private final Consumer<SegmentView> events;
        private final LongConsumer bytesRead;
        private final List<Extent> read = new ArrayList<>();
        private @Nullable StoredBatch lastHandedOut;
        /** Not verified: it is only if it turns out to be the last of all. */
        private @Nullable WalSegmentPayload lastSteppedOver;

        private long steppedOverThrough;

        private long position;
        /** Where in the file the next batch starts, and with which event. */
        private long offset;

        private long nextSeq;

        /** The last event of the files read so far. */
        private long reach;

        Reading(long position, LongUnaryOperator skippedThrough, Consumer<SegmentView> events, LongConsumer bytesRead) {
            this.position = position;
            this.skippedThrough = skippedThrough;
            this.events = events;
            this.bytesRead = bytesRead;
        }

        LogEnd through(List<LogFile> files) throws IOException {
            for (int i = 0; i < files.size(); i++) {
                LogFile file = files.get(i);
                boolean covered = LogFile.nextCovers(files, i, position);
                if (covered && !file.open() && !LogFile.openFollows(files, i)) {
                    continue; // an open file may be one that a crash brought back: those in front of it tell
                }
                long before = position;
                if (file.firstSeq() - 1 > position && file.firstSeq() - 1 > stepOverSkips()) {
                    return end(new Break(Kind.HOLE, file, 0, position + 1, holeText(file)));
                }
                String fault = through(file);
                boolean redundant = file.open() && file.firstSeq() <= reach && nextSeq - 1 <= reach;
                reach = Math.max(reach, nextSeq - 1);
                if (covered && fault != null && position == before && !redundant) {
                    continue; // all that is needed may be in the next, so this is not looked into any further
                }
                read.add(new Extent(file, offset, redundant));
                if (fault != null && !redundant) {
                    stepOverSkips();
                    if (!LogFile.nextCovers(files, i, position)) {
                        return end(new Break(Kind.BAD_BATCH, file, offset, position + 1, fault));
                    }
                }
            }
            stepOverSkips();
            return end(null);
        }

        private LogEnd end(@Nullable Break broken) {
            return new LogEnd(position, read, lastBatch(), Optional.ofNullable(broken));
        }

        private Optional<StoredBatch> lastBatch() {
            if (lastHandedOut == null
                    && lastSteppedOver != null
                    && verifier.verify(lastSteppedOver) instanceof Verified good) {
                return Optional.of(StoredBatch.lastOf(good.segment()));
            }
            return Optional.ofNullable(lastHandedOut);
        }

        private long stepOverSkips() {
            for (long through; (through = skippedThrough.applyAsLong(position)) > position; ) {
                position = through;
            }
            return position;
        }

        /** Hands out what a file holds after the position; returns the fault that it stopped at. */
        private @Nullable String through(LogFile file) throws IOException {
            offset = 0;
            nextSeq = file.firstSeq();
            try (DiskFile bytes = open(file)) {
                while (offset < file.sizeBytes()) {
                    Piece piece = Piece.read(bytes, offset, file.sizeBytes());
                    if (piece.sizeBytes() == 0) {
                        break; // a writer cut it back since it was listed
                    }
                    bytesRead.accept(piece.sizeBytes());
                    int from = stepOverOldBatches(piece);
                    if (from == 0 || from < piece.batches()) {
                        long start = offset;
                        SegmentFault fault = handOut(piece, from);
                        if (fault != null) {
                            return faultText(file, start, fault);
                        }
                    }
                }
            }
            return null;
        }

        /** Moves to the first batch that reaches beyond the position; returns its index in the piece. */
        private int stepOverOldBatches(Piece piece) {
            int batch = 0;
            long lastFirst = nextSeq;
            while (batch < piece.batches() && position - nextSeq >= piece.events(batch) - 1) {
                lastFirst = nextSeq;
                nextSeq += piece.events(batch++);
            }
            if (batch > 0 && nextSeq - 1 > steppedOverThrough) {
                steppedOverThrough = nextSeq - 1;
                lastSteppedOver = piece.segment(log, lastFirst, batch - 1, batch);
            }
            offset += piece.offset(batch);
            return batch;
        }

        /** Hands out the batches from {@code from} on, up to the first that is not good; returns that one's fault. */
        private @Nullable SegmentFault handOut(Piece piece, int from) {
            SegmentFault fault = null;
            int to = piece.batches();
            // A structural fault is found before the checksums in front of it are looked at: so verify those again.
            while (fault == null || to > from) {
                VerificationResult result = verifier.verify(piece.segment(log, nextSeq, from, to));
                if (result instanceof Verified good) {
                    events.accept(good.segment());
                    lastHandedOut = StoredBatch.lastOf(good.segment());
                    position = good.segment().lastSeq();
                    nextSeq = position + 1;
                    offset += piece.offset(to) - piece.offset(from);
                    break;
                }
                fault = ((Refused) result).fault();
                to = from + fault.batchIndex();
            }
            return fault;
        }

        private DiskFile open(LogFile file) throws IOException {
            try {
                return disk.openForReading(file.path());
            } catch (NoSuchFileException e) {
                if (file.open()) {
                    return disk.openForReading(file.sealedPath()); // sealed since it was listed
                }
                throw e;
            }
        }

        private String holeText(LogFile file) {
            return file + ": begins with event " + file.firstSeq() + ", expected event " + (position + 1)
                    + " or one before";
        }

        private static String faultText(LogFile file, long start, SegmentFault fault) {
            return file + ", byte " + (start + fault.byteOffset()) + ": " + fault.field() + ": expected "
                    + fault.expected() + ", found " + fault.found();
        }
    }
}
