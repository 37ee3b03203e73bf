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
    /** The part of the header that the checksum covers. */
    static final int HASHED_BYTES = 32;
    /** Where the checksum lies. */
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
        return (short) SHORT.get(bytes, header + 4) & 0xFFFF;
    }

    static int eventCount(byte[] bytes, int header) {
        return (short) SHORT.get(bytes, header + 6) & 0xFFFF;
    }

    static long firstSeq(byte[] bytes, int header) {
        return (long) LONG.get(bytes, header + 8);
    }

    static long batchTimestampNanos(byte[] bytes, int header) {
        return (long) LONG.get(bytes, header + 16);
    }

    static long payloadBytes(byte[] bytes, int header) {
        return Integer.toUnsignedLong((int) INT.get(bytes, header + 24));
    }

    static int shard(byte[] bytes, int header) {
        return (short) SHORT.get(bytes, header + 28) & 0xFFFF;
    }

    static int region(byte[] bytes, int header) {
        return (short) SHORT.get(bytes, header + 30) & 0xFFFF;
    }
}
