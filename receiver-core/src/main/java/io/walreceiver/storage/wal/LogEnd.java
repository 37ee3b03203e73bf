package io.walreceiver.storage.wal;

import java.util.List;
import java.util.Optional;

/**
 * How far a log could be read.
 *
 * @param position the last event reached: read, or skipped by an operator; the position at which reading started if there was no more
 * @param read the files that were read, in order; one that lies at or below the start is not among them
 * @param lastBatch the last batch of those files up to there, as it lies there, verified; empty if they hold none that is good
 * @param broken why reading stopped before the end of the last file; empty if it did not
 */
public record LogEnd(long position, List<Extent> read, Optional<StoredBatch> lastBatch, Optional<Break> broken) {

    public LogEnd {
        read = List.copyOf(read);
    }

    /**
     * How much of a file is good.
     *
     * @param file as listed
     * @param goodBytes where its last good batch ends; 0 for none
     * @param redundant whether it is an open file that begins within an earlier one and holds nothing beyond that: one that was
     *     deleted, and that a crash brought back
     */
    public record Extent(LogFile file, long goodBytes, boolean redundant) {}

    /**
     * Where a log stops being readable.
     *
     * @param kind what is there
     * @param file the file at fault; for a hole the one behind it
     * @param offset where the first batch that is not good starts in the file, in bytes; 0 for a hole
     * @param expected sequence number of the event that should follow
     * @param text what, where, expected and found, in one line
     */
    public record Break(Kind kind, LogFile file, long offset, long expected, String text) {}

    /** What reading can stop at. */
    public enum Kind {
        /** Bytes that are not a batch, not an intact one, or not the one that follows. */
        BAD_BATCH,
        /** The next file begins beyond the event that should follow. */
        HOLE
    }
}
