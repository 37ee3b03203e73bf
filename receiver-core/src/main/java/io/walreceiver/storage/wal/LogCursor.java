package io.walreceiver.storage.wal;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.format.EventBatch;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentView;
import io.walreceiver.storage.disk.Disk;
import io.walreceiver.storage.disk.DiskFile;
import io.walreceiver.verify.SegmentVerifier;
import io.walreceiver.verify.VerificationResult;
import io.walreceiver.verify.VerificationResult.Refused;
import io.walreceiver.verify.VerificationResult.Verified;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a log on and on while it grows. It remembers the file and the place in it, so that what was appended since costs a read of that
 * alone; it keeps no file open. For one thread at a time; blocks.
 */
public final class LogCursor {

    /** A file is dropped or sealed now and then while it is looked for; this often only where something else is wrong. */
    private static final int TRIES = 10;

    private final Disk disk;
    private final Path folder;
    private final LogId log;
    private final SegmentVerifier verifier = new SegmentVerifier(BatchHasher.fastest());
    private long position;
    /** Where event {@code position + 1} is to be looked for; null if that must be found out. */
    private @Nullable Place place;

    /**
     * A cursor.
     *
     * @param folder where the log is; it need not exist
     * @param position the last event that is not wanted, 0 or more
     */
    public LogCursor(Disk disk, Path folder, LogId log, long position) {
        this.disk = disk;
        this.folder = folder;
        this.log = log;
        this.position = position;
    }

    /** Goes on behind another event; does nothing if the cursor stands there. */
    public void seek(long to) {
        if (to != position) {
            position = to;
            place = null;
        }
    }

    /**
     * The events that come next, verified, as whole batches: the first may begin at or below the position. The cursor then stands behind
     * them.
     *
     * @param through the last event that may be read, which the log holds
     * @param bytes about how many are wanted, 1 or more: no more than that, or one batch
     * @return null if the batch that holds the next event ends beyond {@code through}, or the next event lies there
     * @throws EventsMissingException if the next event is in no file
     * @throws IOException if it cannot be read, or is not intact
     */
    public @Nullable SegmentView next(long through, int bytes) throws IOException {
        if (position >= through) {
            return null;
        }
        Place known = place;
        if (known != null) {
            SegmentView next = nextOf(known, through, bytes);
            if (next != null || known.beyond) {
                return next;
            }
            place = null; // the file has come to its end, or is gone, or was repaired
        }
        for (int tries = 1; ; tries++) {
            try {
                return search(through, bytes);
            } catch (NoSuchFileException e) {
                if (tries == TRIES) {
                    throw e;
                }
            }
        }
    }

    private @Nullable SegmentView nextOf(Place known, long through, int bytes) throws IOException {
        try {
            return known.read(through, bytes);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** Where files overlap, after a crash, the later is the one that was made whole; but it may have been given back by the crash. */
    private @Nullable SegmentView search(long through, int bytes) throws IOException {
        List<LogFile> files = LogFile.list(disk, folder, log);
        String fault = null;
        long after = 0;
        for (int i = files.size() - 1; i >= 0; i--) {
            LogFile file = files.get(i);
            if (file.firstSeq() > position + 1) {
                after = file.sizeBytes() > 0 ? file.firstSeq() : after;
            } else if (file.firstSeq() + file.sizeBytes() / EventBatch.EVENT_BYTES > position) {
                Place found = new Place(file);
                SegmentView next = found.read(through, bytes);
                if (next != null || found.beyond) {
                    place = found;
                    return next;
                }
                fault = found.fault == null ? fault : found.fault;
            }
        }
        if (fault != null) {
            throw new IOException(fault);
        }
        throw new EventsMissingException(
                "log " + log + " in " + folder + ": event " + (position + 1) + " is in no file"
                        + (after == 0 ? "" : "; the next one that is there is " + after),
                position + 1,
                after);
    }

    /** A file, and where in it the next batch starts, with which event. */
    private final class Place {

        private final LogFile file;
        private long offset;
        private long nextSeq;
        /** Whether the next batch ends beyond what may be read. */
        private boolean beyond;

        private @Nullable String fault;

        Place(LogFile file) {
            this.file = file;
            this.nextSeq = file.firstSeq();
        }

        /** Null if there is none, and then why. */
        @Nullable
        SegmentView read(long through, int bytes) throws IOException {
            beyond = false;
            fault = null;
            try (DiskFile in = open()) {
                long size = in.size();
                while (offset < size) {
                    // The way to a position is made in large steps.
                    int wanted = nextSeq == position + 1 ? bytes : Piece.MAX_BYTES;
                    Piece piece = Piece.read(in, offset, Math.min(size, offset + wanted));
                    if (piece.batches() == 0 && wanted < Piece.MAX_BYTES) {
                        piece = Piece.read(in, offset, size);
                    }
                    if (piece.batches() == 0) {
                        fault = file + ", byte " + offset + ": expected a batch from event " + nextSeq
                                + ", found something else";
                        return null;
                    }
                    int from = stepOver(piece);
                    if (from < piece.batches()) {
                        return take(piece, from, through, bytes);
                    }
                }
            }
            return null;
        }

        private int stepOver(Piece piece) {
            int batch = 0;
            while (batch < piece.batches() && nextSeq + piece.events(batch) - 1 <= position) {
                nextSeq += piece.events(batch++);
            }
            offset += piece.offset(batch);
            return batch;
        }

        private @Nullable SegmentView take(Piece piece, int from, long through, int bytes) {
            int to = from;
            long last = nextSeq - 1;
            while (to < piece.batches()
                    && piece.events(to) <= through - last
                    && (to == from || piece.offset(to + 1) - piece.offset(from) <= bytes)) {
                last += piece.events(to++);
            }
            if (to == from) {
                beyond = true;
                return null;
            }
            VerificationResult result = verifier.verify(piece.segment(log, nextSeq, from, to));
            if (result instanceof Verified good) {
                offset += piece.offset(to) - piece.offset(from);
                nextSeq = last + 1;
                position = last;
                return good.segment();
            }
            var refused = ((Refused) result).fault();
            fault = file + ", byte " + (offset + refused.byteOffset()) + ": " + refused.field() + ": expected "
                    + refused.expected() + ", found " + refused.found();
            return null;
        }

        private DiskFile open() throws IOException {
            try {
                return disk.openForReading(file.path());
            } catch (NoSuchFileException e) {
                if (file.open()) {
                    return disk.openForReading(file.sealedPath()); // sealed since it was listed
                }
                throw e;
            }
        }
    }
}
