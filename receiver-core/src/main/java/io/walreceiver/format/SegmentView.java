package io.walreceiver.format;

import java.util.Arrays;

/**
 * A segment whose structure has been checked in full: a view over its bytes.
 *
 * <p>Made by {@link SegmentDecoder}. It vouches for the layout (rules 2, 4 and 5 of the format), not for the checksums.
 * Immutable; safe for use by any thread.
 */
public final class SegmentView {

    private final WalSegmentId id;
    private final byte[] bytes;
    private final int[] batchOffsets;
    private final long eventCount;

    SegmentView(WalSegmentId id, byte[] bytes, int[] batchOffsets, long eventCount) {
        this.id = id;
        this.bytes = bytes;
        this.batchOffsets = batchOffsets;
        this.eventCount = eventCount;
    }

    /** Which segment this is. */
    public WalSegmentId id() {
        return id;
    }

    /** The log that the segment belongs to. */
    public LogId log() {
        return id.log();
    }

    /** Sequence number of the first event, 1 or more. */
    public long firstSeq() {
        return id.seqno();
    }

    /** Sequence number of the last event. */
    public long lastSeq() {
        return id.seqno() + eventCount - 1;
    }

    /** Number of events, 1 or more. */
    public long eventCount() {
        return eventCount;
    }

    /** Size of the whole segment in bytes. */
    public int sizeBytes() {
        return bytes.length;
    }

    /** The whole segment, not a copy: to be read, never written. */
    public byte[] bytes() {
        return bytes;
    }

    /** Number of batches, 1 or more. */
    public int batchCount() {
        return batchOffsets.length;
    }

    /** Where the header of batch {@code index} starts, in bytes from the start of the segment. */
    public int batchOffset(int index) {
        return batchOffsets[index];
    }

    /** Where the 32-byte checksum of batch {@code index} lies, in bytes from the start of the segment. */
    public int checksumOffset(int index) {
        return batchOffsets[index] + BatchHeader.CHECKSUM;
    }

    /** Length of the payload of batch {@code index} in bytes; it starts 64 bytes after the header does. */
    public int payloadBytes(int index) {
        return BatchHeader.eventCount(bytes, batchOffsets[index]) * EventBatch.EVENT_BYTES;
    }

    /** The events of batch {@code index}, 0..{@code batchCount() - 1}. */
    public EventBatch batch(int index) {
        int header = batchOffsets[index];
        return new EventBatch(
                bytes,
                header + BatchHeader.BYTES,
                BatchHeader.eventCount(bytes, header),
                BatchHeader.firstSeq(bytes, header),
                BatchHeader.batchTimestampNanos(bytes, header));
    }

    /** Which batch holds an event; the first for what comes before the segment, the last for what comes after it. */
    public int batchOf(long seq) {
        int low = 0;
        int high = batchOffsets.length - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (BatchHeader.firstSeq(bytes, batchOffsets[middle]) <= seq) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** What tells batch {@code index} from any other; its checksum is a copy. */
    public BatchMark mark(int index) {
        int header = batchOffsets[index];
        int checksum = header + BatchHeader.CHECKSUM;
        return new BatchMark(
                BatchHeader.firstSeq(bytes, header),
                BatchHeader.eventCount(bytes, header),
                Arrays.copyOfRange(bytes, checksum, checksum + BatchMark.CHECKSUM_BYTES));
    }

    @Override
    public String toString() {
        return "segment " + id + " (events " + firstSeq() + ".." + lastSeq() + ", " + batchCount() + " batches)";
    }
}
