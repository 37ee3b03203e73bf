package io.walreceiver.transport.publication;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.format.BatchMark;
import io.walreceiver.format.EventBatch;
import io.walreceiver.format.SegmentEncoder;
import io.walreceiver.format.SegmentView;
import java.util.Arrays;

/** Compares the batches of a log with one that a follower holds. */
public final class BatchMatch {

    private static final int CHECKSUM_AT = 32;

    private BatchMatch() {}

    /**
     * Whether a batch is the one marked, or ends with it: a follower that had the first events of a batch already holds the others as
     * a batch of their own, with the same version, batch time and identity.
     *
     * @param segment holds the batch, whose checksum was verified
     * @param index of the batch, 0..{@code segment.batchCount() - 1}
     */
    public static boolean matches(BatchMark mark, SegmentView segment, int index) {
        EventBatch batch = segment.batch(index);
        if (batch.lastSeq() != mark.lastSeq() || batch.firstSeq() > mark.firstSeq()) {
            return false;
        }
        byte[] cut = SegmentEncoder.recut(segment, index, mark.firstSeq(), BatchHasher.fastest());
        return Arrays.equals(
                cut, CHECKSUM_AT, CHECKSUM_AT + BatchMark.CHECKSUM_BYTES, mark.checksum(), 0, BatchMark.CHECKSUM_BYTES);
    }
}
