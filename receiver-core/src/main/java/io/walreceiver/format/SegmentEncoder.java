package io.walreceiver.format;

import io.walreceiver.checksum.BatchHasher;
import java.util.Arrays;

/**
 * Writes segments of one log, event by event: for a leader, a generator, or a test.
 *
 * <pre>{@code
 * SegmentEncoder encoder = new SegmentEncoder(new LogId(1, 3), 2, BatchHasher.bouncyCastle());
 * encoder.beginBatch(4001, batchTimestampNanos)
 *         .event(entityId, signalType, weight, timestampNanos)
 *         .endBatch();
 * WalSegmentPayload segment = encoder.finish();
 * }</pre>
 *
 * <p>It refuses what the format cannot hold, and writes what the format can hold even where a schema would not apply it (a weight
 * that is not finite, an unknown type). One thread at a time. A call that throws leaves the encoder as it was.
 */
public final class SegmentEncoder {

    private static final int NONE = -1;
    private static final int FIRST_CAPACITY = 4096;
    /** A little below what the JVM can allocate, which differs between JVMs. */
    private static final int MAX_SEGMENT_BYTES = Integer.MAX_VALUE - 64;

    private final LogId log;
    private final int version;
    private final BatchHasher hasher;

    private byte[] bytes = new byte[FIRST_CAPACITY];
    private int size;
    private long segmentSeq;
    private long endedEvents;

    private int openHeader = NONE;
    private int openVersion;
    private long openFirstSeq;
    private long openTimestampNanos;
    private int openEvents;

    /**
     * An encoder without events.
     *
     * @param log the log that the segments belong to
     * @param version of the batch headers, 1 or 2; only version 2 names the log in the bytes
     * @param hasher computes the checksums
     * @throws IllegalArgumentException if {@code version} is not 1 or 2
     */
    public SegmentEncoder(LogId log, int version, BatchHasher hasher) {
        this.log = log;
        this.version = checkVersion(version);
        this.hasher = hasher;
    }

    /**
     * Starts a batch of the encoder's version; see {@link #beginBatch(int, long, long)}.
     *
     * @param firstSeq sequence number of the batch's first event, 1 or more
     * @param batchTimestampNanos when the batch was written, nanoseconds since the Unix epoch, unsigned
     * @return this encoder
     */
    public SegmentEncoder beginBatch(long firstSeq, long batchTimestampNanos) {
        return beginBatch(version, firstSeq, batchTimestampNanos);
    }

    /**
     * Starts a batch.
     *
     * @param version of this batch's header, 1 or 2: a segment may mix them
     * @param firstSeq sequence number of the batch's first event, 1 or more; after the segment's first batch it must follow the
     *     batch before
     * @param batchTimestampNanos when the batch was written, nanoseconds since the Unix epoch, unsigned
     * @return this encoder
     * @throws IllegalArgumentException if the version is unknown or {@code firstSeq} leaves a hole
     * @throws IllegalStateException if a batch is open
     */
    public SegmentEncoder beginBatch(int version, long firstSeq, long batchTimestampNanos) {
        if (openHeader != NONE) {
            throw new IllegalStateException("batch " + Long.toUnsignedString(firstSeq) + " cannot begin: batch "
                    + openFirstSeq + " has not ended");
        }
        checkVersion(version);
        if (firstSeq < 1) {
            throw new IllegalArgumentException(
                    "first sequence number " + Long.toUnsignedString(firstSeq) + ": must be 1..2^63-1");
        }
        if (size > 0 && firstSeq != segmentSeq + endedEvents) {
            throw new IllegalArgumentException("a batch that begins at " + firstSeq
                    + " does not follow: the segment holds " + segmentSeq + ".." + (segmentSeq + endedEvents - 1));
        }
        ensureRoom(BatchHeader.BYTES);
        if (size == 0) {
            segmentSeq = firstSeq;
        }
        openHeader = size;
        openVersion = version;
        openFirstSeq = firstSeq;
        openTimestampNanos = batchTimestampNanos;
        openEvents = 0;
        size += BatchHeader.BYTES;
        return this;
    }

    /**
     * Adds an event to the open batch.
     *
     * @param entityId unsigned
     * @param signalType 0..255
     * @param weight any float, written bit for bit
     * @param timestampNanos event time, nanoseconds since the Unix epoch, unsigned
     * @return this encoder
     * @throws IllegalArgumentException if {@code signalType} is out of range
     * @throws IllegalStateException if no batch is open, or the batch, the segment or the log is full
     */
    public SegmentEncoder event(long entityId, int signalType, float weight, long timestampNanos) {
        checkOpen("an event needs a batch");
        if ((signalType & ~0xFF) != 0) {
            throw new IllegalArgumentException("signal type " + signalType + ": must be 0..255");
        }
        if (openEvents == BatchHeader.MAX_EVENTS) {
            throw new IllegalStateException(
                    "batch " + openFirstSeq + " is full: it holds " + BatchHeader.MAX_EVENTS + " events");
        }
        if (openFirstSeq - 1 == Long.MAX_VALUE - openEvents) {
            throw new IllegalStateException("log " + log + " is full: its last event is 2^63-1");
        }
        ensureRoom(EventBatch.EVENT_BYTES);
        EventBatch.write(bytes, size, entityId, signalType, weight, timestampNanos);
        size += EventBatch.EVENT_BYTES;
        openEvents++;
        return this;
    }

    /**
     * Ends the open batch: writes its header and checksum.
     *
     * @return this encoder
     * @throws IllegalStateException if no batch is open or it holds no event
     */
    public SegmentEncoder endBatch() {
        checkOpen("nothing to end");
        if (openEvents == 0) {
            throw new IllegalStateException("batch " + openFirstSeq + " cannot end: it holds no event");
        }
        seal(bytes, openHeader, openVersion, openEvents, openFirstSeq, openTimestampNanos, log, hasher);
        endedEvents += openEvents;
        openHeader = NONE;
        return this;
    }

    /** Size of the segment so far in bytes, an open batch included; 0 if there is nothing. */
    public int sizeBytes() {
        return size;
    }

    /**
     * Gives the segment and starts anew, without events, for the next segment of the log.
     *
     * @return the segment: its id, a copy of its bytes that the caller owns, and its number of events
     * @throws IllegalStateException if a batch is open or there is none
     */
    public WalSegmentPayload finish() {
        if (openHeader != NONE) {
            throw new IllegalStateException("the segment cannot finish: batch " + openFirstSeq + " has not ended");
        }
        if (size == 0) {
            throw new IllegalStateException("the segment cannot finish: it holds no batch");
        }
        WalSegmentPayload segment =
                new WalSegmentPayload(new WalSegmentId(log, segmentSeq), Arrays.copyOf(bytes, size), endedEvents);
        size = 0;
        endedEvents = 0;
        return segment;
    }

    /**
     * Re-encodes the last events of a batch: the same version, batch time and identity, with a new first sequence number, event
     * count and checksum. For a batch of which some events are in the log already.
     *
     * @param segment holds the batch; its checksum should have been verified, since the copy gets a new one
     * @param batch index of the batch, 0..{@code segment.batchCount() - 1}
     * @param fromSeq the first event to keep, one of the batch
     * @param hasher computes the checksum
     * @return header and payload in an array that the caller owns; the batch's own bytes if {@code fromSeq} is its first event
     * @throws IllegalArgumentException if the batch does not hold event {@code fromSeq}
     */
    public static byte[] recut(SegmentView segment, int batch, long fromSeq, BatchHasher hasher) {
        EventBatch whole = segment.batch(batch);
        if (fromSeq < whole.firstSeq() || fromSeq > whole.lastSeq()) {
            throw new IllegalArgumentException("batch " + batch + " of segment " + segment.id() + " cannot be cut at "
                    + Long.toUnsignedString(fromSeq) + ": it holds " + whole);
        }
        EventBatch kept = whole.from(fromSeq);
        int payloadBytes = kept.count() * EventBatch.EVENT_BYTES;
        byte[] cut = new byte[BatchHeader.BYTES + payloadBytes];
        System.arraycopy(kept.bytes(), kept.offset(), cut, BatchHeader.BYTES, payloadBytes);
        int version = BatchHeader.version(segment.bytes(), segment.batchOffset(batch));
        seal(cut, 0, version, kept.count(), fromSeq, kept.batchTimestampNanos(), segment.log(), hasher);
        return cut;
    }

    private static void seal(
            byte[] bytes,
            int header,
            int version,
            int events,
            long firstSeq,
            long batchTimestampNanos,
            LogId log,
            BatchHasher hasher) {
        BatchHeader.write(bytes, header, version, events, firstSeq, batchTimestampNanos, log);
        byte[] checksum = new byte[BatchHasher.CHECKSUM_BYTES];
        hasher.hash(bytes, new int[] {header}, new int[] {events * EventBatch.EVENT_BYTES}, 0, 1, checksum);
        System.arraycopy(checksum, 0, bytes, header + BatchHeader.CHECKSUM, checksum.length);
    }

    private static int checkVersion(int version) {
        if (version != 1 && version != 2) {
            throw new IllegalArgumentException("version " + version + ": must be 1 or 2");
        }
        return version;
    }

    private void checkOpen(String what) {
        if (openHeader == NONE) {
            throw new IllegalStateException(what + ": no batch is open");
        }
    }

    private void ensureRoom(int more) {
        if (more > MAX_SEGMENT_BYTES - size) {
            throw new IllegalStateException(
                    "segment " + log + ":" + segmentSeq + " is full: it cannot pass " + MAX_SEGMENT_BYTES + " bytes");
        }
        if (more > bytes.length - size) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(2L * bytes.length, MAX_SEGMENT_BYTES));
        }
    }
}
