package io.walreceiver.storage.wal;

import io.walreceiver.format.BatchMark;
import io.walreceiver.format.EventBatch;
import io.walreceiver.format.SegmentView;
import java.util.Arrays;

/**
 * A batch as it lies in a log's files: as the leader wrote it, unless its first events had come before in another.
 *
 * @param mark what tells it from any other
 * @param timestampNanos when the leader wrote it, nanoseconds since the Unix epoch, unsigned
 */
public record StoredBatch(BatchMark mark, long timestampNanos) {

    /** The last batch of a segment that is stored as it came. */
    public static StoredBatch lastOf(SegmentView segment) {
        int last = segment.batchCount() - 1;
        return new StoredBatch(segment.mark(last), segment.batch(last).batchTimestampNanos());
    }

    /**
     * The last batch of a segment that is stored from an event on.
     *
     * @param cut the batch that this event cuts, encoded anew; no bytes if it cuts none
     */
    static StoredBatch lastOf(SegmentView segment, long from, byte[] cut) {
        StoredBatch whole = lastOf(segment);
        if (from <= whole.mark.firstSeq()) {
            return whole;
        }
        int checksum = segment.checksumOffset(0) - segment.batchOffset(0);
        EventBatch kept = segment.batch(segment.batchCount() - 1).from(from);
        return new StoredBatch(
                new BatchMark(
                        from, kept.count(), Arrays.copyOfRange(cut, checksum, checksum + BatchMark.CHECKSUM_BYTES)),
                whole.timestampNanos);
    }
}
