package io.walreceiver.storage.wal;

import io.walreceiver.format.EventBatch;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentDecoder;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.storage.disk.DiskFile;
import java.io.IOException;
import java.util.Arrays;

/** Bytes of a file from a batch on, and where the batches in them start. Only their bounds are checked. */
final class Piece {

    /** More than the largest batch (1.4 MB), so that a piece without a batch is a fault and not a matter of its size. */
    static final int MAX_BYTES = 4 << 20;

    private static final int HEADER_BYTES = 64;

    private final byte[] bytes;
    private final int[] offsets;

    private Piece(byte[] bytes) {
        this.bytes = bytes;
        this.offsets = SegmentDecoder.batchOffsets(bytes);
    }

    /** Reads as much as a piece may hold of the bytes from {@code at} to {@code end}; less where the file ends earlier. */
    static Piece read(DiskFile file, long at, long end) throws IOException {
        byte[] bytes = new byte[(int) Math.min(MAX_BYTES, end - at)];
        int read = file.read(at, bytes, 0, bytes.length);
        return new Piece(read == bytes.length ? bytes : Arrays.copyOf(bytes, read));
    }

    int sizeBytes() {
        return bytes.length;
    }

    int batches() {
        return offsets.length - 1;
    }

    /** Where a batch starts; of {@link #batches()}, where the last one ends. */
    int offset(int batch) {
        return offsets[batch];
    }

    int events(int batch) {
        return (offsets[batch + 1] - offsets[batch] - HEADER_BYTES) / EventBatch.EVENT_BYTES;
    }

    /** Batches {@code from..to-1} as a segment to be verified; if there are no batches, whatever the bytes are. */
    WalSegmentPayload segment(LogId log, long firstSeq, int from, int to) {
        boolean all = batches() == 0 || (from == 0 && offsets[to] == bytes.length);
        byte[] part = all ? bytes : Arrays.copyOfRange(bytes, offsets[from], offsets[to]);
        long events = 0;
        for (int batch = from; batch < to; batch++) {
            events += events(batch);
        }
        return new WalSegmentPayload(new WalSegmentId(log, firstSeq), part, events);
    }
}
