package io.walreceiver.format;

import java.util.Arrays;
import java.util.Optional;

/**
 * Checks the structure of a segment and gives a view over it.
 *
 * <pre>
 * segment := batch+
 * batch   := header(64 bytes) payload(payload_len bytes)
 * payload := event{event_count}
 * </pre>
 *
 * <p>Safe for use by any thread. What is allocated grows with the batches found, never with what a header claims: at most 4 bytes
 * for each of the smallest possible batches (85 bytes) that the array could hold, twice while it grows.
 */
public final class SegmentDecoder {

    private static final int MIN_BATCH_BYTES = BatchHeader.BYTES + EventBatch.EVENT_BYTES;
    private static final int FIRST_CAPACITY = 16;

    private SegmentDecoder() {}

    /**
     * Checks lengths, headers, sequence and identity (rules 1, 2, 4 and 5 of the format; checksums are not looked at).
     *
     * <p>Whatever the bytes, it returns or throws {@link CorruptSegmentException}; it reads the headers only, in one pass.
     *
     * @param payload the segment; its bytes are read, not copied, and must not change while the view is in use
     * @return a view over the payload's bytes
     * @throws CorruptSegmentException if a rule is broken; the first fault by position, the claimed count last
     */
    public static SegmentView decode(WalSegmentPayload payload) {
        WalSegmentId id = payload.id();
        byte[] bytes = payload.bytes();
        if (bytes.length == 0) {
            throw corrupt(id, 0, 0, "length", "one batch or more", "no bytes at all");
        }
        int[] offsets = new int[Math.min(FIRST_CAPACITY, bytes.length / MIN_BATCH_BYTES + 1)];
        int batches = 0;
        int header = 0;
        long events = 0;
        while (header < bytes.length) {
            checkHeader(id, batches, bytes, header);
            checkSequence(id, batches, bytes, header, id.seqno() + events);
            checkIdentity(id, batches, bytes, header);
            if (batches == offsets.length) {
                offsets = Arrays.copyOf(offsets, 2 * batches);
            }
            offsets[batches++] = header;
            int batchEvents = BatchHeader.eventCount(bytes, header);
            events += batchEvents;
            header += BatchHeader.BYTES + batchEvents * EventBatch.EVENT_BYTES;
        }
        if (events != payload.eventCount()) {
            throw corrupt(
                    id,
                    batches - 1,
                    bytes.length,
                    "claimed event count",
                    payload.eventCount() + " events as the sender claims",
                    events + " in " + batches + (batches == 1 ? " batch" : " batches"));
        }
        return new SegmentView(
                id, bytes, batches == offsets.length ? offsets : Arrays.copyOf(offsets, batches), events);
    }

    /**
     * Adds up the event counts of the headers, for a transport whose sender claims none (a directory). Bounds are checked,
     * checksums, sequence and identity are not.
     *
     * @return the sum over the batches from the start that lie whole within {@code bytes}; 0 if there is none. Never throws.
     */
    public static long countEvents(byte[] bytes) {
        long events = 0;
        int header = 0;
        while (HeaderFault.of(bytes, header) == null) {
            int batchEvents = BatchHeader.eventCount(bytes, header);
            events += batchEvents;
            header += BatchHeader.BYTES + batchEvents * EventBatch.EVENT_BYTES;
        }
        return events;
    }

    /**
     * Finds the batches, for a reader that takes a log in pieces. Bounds are checked, checksums, sequence and identity are not.
     *
     * @return where each batch starts that lies whole within {@code bytes}, walked from the start, and as the last element where the
     *     last of them ends; 0 alone if there is none. Never throws.
     */
    public static int[] batchOffsets(byte[] bytes) {
        int[] offsets = new int[FIRST_CAPACITY];
        int batches = 0;
        int header = 0;
        while (HeaderFault.of(bytes, header) == null) {
            header += BatchHeader.BYTES + BatchHeader.eventCount(bytes, header) * EventBatch.EVENT_BYTES;
            if (++batches == offsets.length) {
                offsets = Arrays.copyOf(offsets, 2 * batches);
            }
            offsets[batches] = header;
        }
        return Arrays.copyOf(offsets, batches + 1);
    }

    /**
     * How many events a batch has by its header, for whoever steps over batches without reading them. Nothing else is checked.
     *
     * @param header where the header starts, 0..{@code bytes.length}
     * @return 0 if there is no whole header, or none that a batch can have. Never throws.
     */
    public static int headerEvents(byte[] bytes, int header) {
        HeaderFault fault = HeaderFault.of(bytes, header);
        return fault == null || fault == HeaderFault.PAYLOAD_CUT ? BatchHeader.eventCount(bytes, header) : 0;
    }

    /**
     * What the first header says about which segment this is, unchecked beyond its magic and version. A version 1 header does
     * not name its log and gives region 0, shard 0.
     *
     * @return the id, or empty if {@code bytes} do not start with a whole header of a known version. Never throws.
     */
    public static Optional<WalSegmentId> identity(byte[] bytes) {
        HeaderFault fault = HeaderFault.of(bytes, 0);
        if (fault == HeaderFault.HEADER_CUT || fault == HeaderFault.MAGIC || fault == HeaderFault.VERSION) {
            return Optional.empty();
        }
        LogId log = BatchHeader.version(bytes, 0) == 1
                ? new LogId(0, 0)
                : new LogId(BatchHeader.region(bytes, 0), BatchHeader.shard(bytes, 0));
        return Optional.of(new WalSegmentId(log, BatchHeader.firstSeq(bytes, 0)));
    }

    private static void checkHeader(WalSegmentId id, int batch, byte[] bytes, int header) {
        HeaderFault fault = HeaderFault.of(bytes, header);
        if (fault != null) {
            throw new CorruptSegmentException(fault.describe(id, batch, bytes, header));
        }
    }

    private static void checkSequence(WalSegmentId id, int batch, byte[] bytes, int header, long expectedSeq) {
        long firstSeq = BatchHeader.firstSeq(bytes, header);
        int events = BatchHeader.eventCount(bytes, header);
        // A number from 2^63 on is negative here; the last event may be 2^63 - 1, so "first + count" must not be
        // formed.
        if (firstSeq < 1 || firstSeq - 1 > Long.MAX_VALUE - events) {
            throw firstSeqFault(
                    id, batch, header, "1.." + (Long.MAX_VALUE - events + 1) + " for " + events + " events", firstSeq);
        }
        if (firstSeq != expectedSeq) {
            String why = batch == 0 ? " as the segment's id says" : ", which follows batch " + (batch - 1);
            throw firstSeqFault(id, batch, header, Long.toUnsignedString(expectedSeq) + why, firstSeq);
        }
    }

    private static CorruptSegmentException firstSeqFault(
            WalSegmentId id, int batch, int header, String expected, long found) {
        return corrupt(id, batch, header + BatchHeader.FIRST_SEQ, "first_seq", expected, Long.toUnsignedString(found));
    }

    private static void checkIdentity(WalSegmentId id, int batch, byte[] bytes, int header) {
        boolean named = BatchHeader.version(bytes, header) == 2;
        String why = named ? " as the segment's id says" : " in a version 1 header";
        checkPart(
                id,
                batch,
                header + BatchHeader.SHARD,
                "shard_id",
                named ? id.log().shard() : 0,
                why,
                BatchHeader.shard(bytes, header));
        checkPart(
                id,
                batch,
                header + BatchHeader.REGION,
                "region_id",
                named ? id.log().region() : 0,
                why,
                BatchHeader.region(bytes, header));
    }

    private static void checkPart(
            WalSegmentId id, int batch, int at, String field, int expected, String why, int found) {
        if (found != expected) {
            throw corrupt(id, batch, at, field, expected + why, Integer.toString(found));
        }
    }

    private static CorruptSegmentException corrupt(
            WalSegmentId id, int batch, int at, String field, String expected, String found) {
        return new CorruptSegmentException(new Corruption(id, batch, at, field, expected, found));
    }
}
