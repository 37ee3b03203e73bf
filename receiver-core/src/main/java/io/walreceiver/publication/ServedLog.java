package io.walreceiver.publication;

import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentView;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.log.LogState;
import io.walreceiver.log.LogTrouble;
import io.walreceiver.storage.StoredLog;
import io.walreceiver.storage.wal.EventsMissingException;
import io.walreceiver.storage.wal.LogCursor;
import io.walreceiver.transport.publication.FollowerTerms;
import io.walreceiver.transport.sender.Mailbox;
import io.walreceiver.transport.sender.SendingLog;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One log on its way to one follower: what is sent is found in the files when there is room for it. For one thread. */
final class ServedLog {

    /** So that a window holds several, and acknowledgements come before it is full. */
    private static final int PIECES_PER_WINDOW = 4;

    private static final int MAX_PIECE_BYTES = 1 << 20;

    private final StoredLog stored;
    private final SendingLog<StoredPiece> sending;
    private final LogCursor cursor;
    private final int pieceBytes;
    private final int maxSegmentBytes;
    /** Everything through this event was found: it is sent, or due. */
    private long found;

    private @Nullable LogTrouble trouble;
    /** Whether nothing is tried until somebody asks for it. */
    private boolean stopped;
    /** Owned by {@link DataSubscription}. */
    boolean queued;

    ServedLog(StoredLog stored, long position, FollowerTerms terms) {
        this.stored = stored;
        this.maxSegmentBytes = terms.maxSegmentBytes();
        this.pieceBytes = (int) Math.max(
                1, Math.min(Math.min(MAX_PIECE_BYTES, maxSegmentBytes), terms.windowBytesPerLog() / PIECES_PER_WINDOW));
        this.sending = new SendingLog<>(stored.log(), terms.windowBytesPerLog(), StoredPiece.ORDER, released -> {});
        this.cursor = stored.cursor(position);
        this.found = position;
        sending.acknowledge(position);
    }

    LogId id() {
        return stored.log();
    }

    /** Why nothing of it goes on. */
    Optional<LogTrouble> trouble() {
        return Optional.ofNullable(trouble);
    }

    /** What the follower told. */
    void take(Mailbox.Mail mail) {
        if (stopped) {
            found = Math.max(found, mail.acknowledged()); // it may have come over what is missing here by another way
        }
        long from = Math.max(1, mail.lowestRequest());
        if (from <= found
                && (sending.segments().isEmpty()
                        || from < sending.segments().first().firstSeq())) {
            List.copyOf(sending.segments()).forEach(sending::remove);
            found = from - 1;
        }
        stopped &= mail.lowestRequest() == Long.MAX_VALUE;
        mail.deliverTo(sending);
    }

    /** Tries again what could not be done. */
    void retry() {
        stopped &= trouble != null && trouble.state() == LogState.PRUNED;
    }

    /**
     * What can be sent now.
     *
     * @param durable the last event that may be sent
     * @return null if there is nothing, no room, or trouble
     */
    @Nullable
    WalSegmentPayload next(long durable) {
        if (stopped) {
            return null;
        }
        try {
            if (sending.next() == null && sending.hasRoom(pieceBytes)) {
                find(durable);
            }
            StoredPiece piece = sending.next();
            if (piece == null) {
                sending.segments().forEach(StoredPiece::takeBytes); // a batch that must wait does so on disk
                return null;
            }
            WalSegmentPayload bytes = piece.takeBytes();
            WalSegmentPayload segment = bytes == null ? readAgain(piece) : bytes;
            sending.sent(piece);
            trouble = null;
            return segment;
        } catch (EventsMissingException e) {
            stopAs(
                    LogState.PRUNED,
                    e.getMessage()
                            + ": what is durable was dropped after a checkpoint; bootstrap from here or from another"
                            + " follower");
        } catch (IOException e) {
            stopAs(LogState.IO_FAILED, String.valueOf(e.getMessage()));
        }
        return null;
    }

    private void stopAs(LogState state, String cause) {
        trouble = new LogTrouble(state, cause);
        stopped = true;
    }

    private void find(long durable) throws IOException {
        SegmentView next = null;
        while (next == null && found < durable) {
            cursor.seek(found);
            try {
                next = cursor.next(durable, pieceBytes);
                if (next == null) {
                    return; // the next batch is not durable in full
                }
            } catch (EventsMissingException e) {
                long over = stored.skips().skippedThrough(found);
                if (over == found) {
                    throw e;
                }
                found = over;
            }
        }
        if (next != null) {
            checkSize(next);
            found = next.lastSeq();
            sending.add(new StoredPiece(next));
        }
    }

    private void checkSize(SegmentView next) throws IOException {
        if (next.sizeBytes() > maxSegmentBytes) {
            throw new IOException(
                    "log " + stored.log() + ": the batch of events " + next.firstSeq() + ".." + next.lastSeq()
                            + " has " + next.sizeBytes() + " bytes, expected at most " + maxSegmentBytes
                            + ", the follower's maxSegmentBytes: raise that there");
        }
    }

    private WalSegmentPayload readAgain(StoredPiece piece) throws IOException {
        cursor.seek(piece.firstSeq() - 1);
        SegmentView again = cursor.next(piece.lastSeq(), (int) piece.sizeBytes());
        if (again == null || again.firstSeq() != piece.firstSeq() || again.lastSeq() != piece.lastSeq()) {
            throw new IOException("log " + stored.log() + " in " + stored.folder() + ": events " + piece.firstSeq()
                    + ".." + piece.lastSeq() + " are not as they were sent before, found " + again);
        }
        return StoredPiece.payload(again);
    }

    /**
     * Whether nothing is left to be sent to any avail, of a log that does not grow.
     *
     * @param durable its last event
     */
    boolean finished(long durable) {
        if (stopped) {
            return true;
        }
        if (found < durable) {
            return false;
        }
        sending.end();
        return sending.finished();
    }
}
