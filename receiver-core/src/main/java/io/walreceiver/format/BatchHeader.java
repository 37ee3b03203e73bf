package io.walreceiver.format;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The fields of a batch header, read in place.
 *
 * <pre>
 *  0        4     6     8               16              24      28    30    32                                64
 *  +--------+-----+-----+---------------+---------------+-------+-----+-----+---------------------------------+
 *  | "TIDL" | ver | cnt |   first_seq   |  batch_ts_ns  |  len  | shd | rgn |  BLAKE3(header[0..32] + payload) |
 *  +--------+-----+-----+---------------+---------------+-------+-----+-----+---------------------------------+
 * </pre>
 *
 * All integers are little-endian and unsigned.
 */
final class BatchHeader {

    static final int BYTES = 64;
    /** Events that the 16-bit count can hold. */
    static final int MAX_EVENTS = 0xFFFF;

    // Where each field starts; the magic starts at 0.
    static final int VERSION = 4;
    static final int EVENT_COUNT = 6;
    static final int FIRST_SEQ = 8;
    static final int BATCH_TIMESTAMP = 16;
    static final int PAYLOAD_LEN = 24;
    static final int SHARD = 28;
    static final int REGION = 30;
    static final int CHECKSUM = 32;

    /** "TIDL", read as a little-endian int. */
    static final int MAGIC = 'T' | 'I' << 8 | 'D' << 16 | 'L' << 24;

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private BatchHeader() {}

    static int magic(byte[] bytes, int header) {
        return (int) INT.get(bytes, header);
    }

    static int version(byte[] bytes, int header) {
        return (short) SHORT.get(bytes, header + VERSION) & 0xFFFF;
    }

    static int eventCount(byte[] bytes, int header) {
        return (short) SHORT.get(bytes, header + EVENT_COUNT) & 0xFFFF;
    }

    static long firstSeq(byte[] bytes, int header) {
        return (long) LONG.get(bytes, header + FIRST_SEQ);
    }

    static long batchTimestampNanos(byte[] bytes, int header) {
        return (long) LONG.get(bytes, header + BATCH_TIMESTAMP);
    }

    static long payloadBytes(byte[] bytes, int header) {
        return Integer.toUnsignedLong((int) INT.get(bytes, header + PAYLOAD_LEN));
    }

    static int shard(byte[] bytes, int header) {
        return (short) SHORT.get(bytes, header + SHARD) & 0xFFFF;
    }

    static int region(byte[] bytes, int header) {
        return (short) SHORT.get(bytes, header + REGION) & 0xFFFF;
    }

    /** Writes every field but the checksum. The arguments are in range; {@code events} gives the payload's length too. */
    static void write(
            byte[] bytes, int header, int version, int events, long firstSeq, long batchTimestampNanos, LogId log) {
        INT.set(bytes, header, MAGIC);
        SHORT.set(bytes, header + VERSION, (short) version);
        SHORT.set(bytes, header + EVENT_COUNT, (short) events);
        LONG.set(bytes, header + FIRST_SEQ, firstSeq);
        LONG.set(bytes, header + BATCH_TIMESTAMP, batchTimestampNanos);
        INT.set(bytes, header + PAYLOAD_LEN, events * EventBatch.EVENT_BYTES);
        SHORT.set(bytes, header + SHARD, (short) (version == 1 ? 0 : log.shard()));
        SHORT.set(bytes, header + REGION, (short) (version == 1 ? 0 : log.region()));
    }
}
