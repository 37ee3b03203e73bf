package io.walreceiver.server.inspect;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.format.EventBatch;
import io.walreceiver.server.inspect.SegmentPart.Batch;
import io.walreceiver.server.inspect.SegmentPart.Unreadable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Reads a segment that may be broken, as far as that goes: where no batch can be read it goes on at the next place that looks
 * like one. The decoder refuses such a segment at its first fault; this is for people who want to know what is left.
 *
 * <pre>
 *  0        4     6     8               16              24      28    30    32                                64
 *  +--------+-----+-----+---------------+---------------+-------+-----+-----+---------------------------------+
 *  | "TIDL" | ver | cnt |   first_seq   |  batch_ts_ns  |  len  | shd | rgn |  BLAKE3(header[0..32] + payload) |
 *  +--------+-----+-----+---------------+---------------+-------+-----+-----+---------------------------------+
 * </pre>
 */
public final class SegmentScan {

    private static final int HEADER_BYTES = 64;
    private static final int CHECKSUM = 32;
    private static final int MAGIC = 'T' | 'I' << 8 | 'D' << 16 | 'L' << 24;

    private final byte[] bytes;
    private final ByteBuffer fields;
    private final BatchHasher hasher;

    private SegmentScan(byte[] bytes, BatchHasher hasher) {
        this.bytes = bytes;
        this.fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        this.hasher = hasher;
    }

    /** The parts of a file, in order; together they are all its bytes. */
    public static List<SegmentPart> of(byte[] bytes, BatchHasher hasher) {
        return new SegmentScan(bytes, hasher).parts();
    }

    private List<SegmentPart> parts() {
        List<SegmentPart> parts = new ArrayList<>();
        long nextSeq = 0;
        int at = 0;
        while (at < bytes.length) {
            Optional<String> fault = fault(at);
            if (fault.isPresent()) {
                int end = nextBatch(at + 1);
                parts.add(new Unreadable(parts.size(), at, end - at, fault.get()));
                at = end;
            } else {
                Batch batch = batch(parts.size(), at, nextSeq);
                parts.add(batch);
                nextSeq = batch.events().lastSeq() + 1;
                at += HEADER_BYTES + payloadBytes(at);
            }
        }
        return parts;
    }

    private int nextBatch(int from) {
        for (int at = from; at <= bytes.length - HEADER_BYTES; at++) {
            if (fields.getInt(at) == MAGIC && fault(at).isEmpty()) {
                return at;
            }
        }
        return bytes.length;
    }

    private Optional<String> fault(int at) {
        int left = bytes.length - at;
        if (left < HEADER_BYTES) {
            return Optional.of("a header has " + HEADER_BYTES + " bytes, " + left + " are left");
        }
        if (fields.getInt(at) != MAGIC) {
            return Optional.of(String.format(
                    "magic: expected 54 49 44 4c (\"TIDL\"), found %02x %02x %02x %02x",
                    bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]));
        }
        int version = fields.getShort(at + 4) & 0xFFFF;
        if (version != 1 && version != 2) {
            return Optional.of("version: expected 1 or 2, found " + version);
        }
        int events = events(at);
        if (events == 0) {
            return Optional.of("event_count: expected 1..65535, found 0");
        }
        if (payloadBytes(at) != events * EventBatch.EVENT_BYTES) {
            return Optional.of("payload_len: expected " + events * EventBatch.EVENT_BYTES + " for " + events
                    + " events, found " + Integer.toUnsignedString(payloadBytes(at)));
        }
        if (payloadBytes(at) > left - HEADER_BYTES) {
            return Optional.of(
                    "payload: expected " + payloadBytes(at) + " bytes, " + (left - HEADER_BYTES) + " are left");
        }
        return Optional.empty();
    }

    private Batch batch(int index, int at, long nextSeq) {
        EventBatch events =
                new EventBatch(bytes, at + HEADER_BYTES, events(at), fields.getLong(at + 8), fields.getLong(at + 16));
        return new Batch(
                index,
                at,
                fields.getShort(at + 4) & 0xFFFF,
                fields.getShort(at + 30) & 0xFFFF,
                fields.getShort(at + 28) & 0xFFFF,
                events,
                checksumOk(at),
                index == 0 || events.firstSeq() == nextSeq);
    }

    private boolean checksumOk(int at) {
        byte[] checksum = new byte[BatchHasher.CHECKSUM_BYTES];
        hasher.hash(bytes, new int[] {at}, new int[] {payloadBytes(at)}, 0, 1, checksum);
        return Arrays.equals(checksum, 0, checksum.length, bytes, at + CHECKSUM, at + HEADER_BYTES);
    }

    private int events(int at) {
        return fields.getShort(at + 6) & 0xFFFF;
    }

    private int payloadBytes(int at) {
        return fields.getInt(at + 24);
    }
}
