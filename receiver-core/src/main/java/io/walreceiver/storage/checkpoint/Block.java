package io.walreceiver.storage.checkpoint;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.format.LogId;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A block of a checkpoint, read and written in place: a header in the shape of a batch header, and a payload.
 *
 * <pre>
 *  0        4     6     8               16              24      28    30    32                                64
 *  +--------+-----+-----+---------------+---------------+-------+-----+-----+---------------------------------+---------
 *  | "WRCP" | ver | knd |    number     |   position    |  len  | shd | rgn |  BLAKE3(header[0..32] + payload) | payload
 *  +--------+-----+-----+---------------+---------------+-------+-----+-----+---------------------------------+---------
 * </pre>
 *
 * All integers are little-endian and unsigned. {@code number} counts the blocks of the file from 0; {@code position}, {@code shd}
 * and {@code rgn} are those of the checkpoint, the same in every block. A file is
 *
 * <pre>
 * file    = head image* tail
 * head    = block of kind 1, once or more: text in UTF-8, cut anywhere
 *             "walreceiver checkpoint\n"
 *             "number " NUMBER "\n"               the one in the file's name
 *             "created " TIME "\n"                ISO 8601, UTC
 *             ("skip " ... "\n")*                 every hole allowed in the log, see Skips
 * image   = block of kind 2: bytes of the part's image, as the part cut them
 * tail    = block of kind 3: blocks before this one, u64; then the chain over their checksums, 32 bytes
 * chain 0 = 32 zeros
 * chain n = BLAKE3(chain n-1 + checksum of block n-1)
 * </pre>
 *
 * A payload has 1 byte to 1 MiB.
 */
final class Block {

    static final int VERSION = 1;

    static final int HEADER_BYTES = 64;
    static final int MAX_PAYLOAD_BYTES = 1 << 20;
    static final int MAX_BYTES = HEADER_BYTES + MAX_PAYLOAD_BYTES;

    static final int HEAD = 1;
    static final int IMAGE = 2;
    static final int TAIL = 3;

    static final int TAIL_BYTES = Long.BYTES + BatchHasher.CHECKSUM_BYTES;

    static final byte[] MAGIC = {'W', 'R', 'C', 'P'};

    // Where each field starts; the magic starts at 0.
    static final int CHECKSUM = 32;
    private static final int VERSION_FIELD = 4;
    private static final int KIND = 6;
    private static final int NUMBER = 8;
    private static final int POSITION = 16;
    private static final int PAYLOAD_BYTES = 24;
    private static final int SHARD = 28;
    private static final int REGION = 30;

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private Block() {}

    /** Writes a header, its checksum included; the payload is in its place already. */
    static void seal(byte[] bytes, int at, int kind, long number, LogId log, long position, int payloadBytes) {
        System.arraycopy(MAGIC, 0, bytes, at, MAGIC.length);
        SHORT.set(bytes, at + VERSION_FIELD, (short) VERSION);
        SHORT.set(bytes, at + KIND, (short) kind);
        LONG.set(bytes, at + NUMBER, number);
        LONG.set(bytes, at + POSITION, position);
        INT.set(bytes, at + PAYLOAD_BYTES, payloadBytes);
        SHORT.set(bytes, at + SHARD, (short) log.shard());
        SHORT.set(bytes, at + REGION, (short) log.region());
        System.arraycopy(checksum(bytes, at, payloadBytes), 0, bytes, at + CHECKSUM, BatchHasher.CHECKSUM_BYTES);
    }

    /** The checksum that the block should have. */
    static byte[] checksum(byte[] bytes, int at, int payloadBytes) {
        byte[] checksum = new byte[BatchHasher.CHECKSUM_BYTES];
        BatchHasher.fastest().hash(bytes, new int[] {at}, new int[] {payloadBytes}, 0, 1, checksum);
        return checksum;
    }

    /** The payload of a tail. */
    static byte[] tail(long blocks, byte[] chain) {
        byte[] payload = new byte[TAIL_BYTES];
        LONG.set(payload, 0, blocks);
        System.arraycopy(chain, 0, payload, Long.BYTES, chain.length);
        return payload;
    }

    static int version(byte[] bytes, int at) {
        return (short) SHORT.get(bytes, at + VERSION_FIELD) & 0xFFFF;
    }

    static int kind(byte[] bytes, int at) {
        return (short) SHORT.get(bytes, at + KIND) & 0xFFFF;
    }

    static long number(byte[] bytes, int at) {
        return (long) LONG.get(bytes, at + NUMBER);
    }

    static long position(byte[] bytes, int at) {
        return (long) LONG.get(bytes, at + POSITION);
    }

    static long payloadBytes(byte[] bytes, int at) {
        return Integer.toUnsignedLong((int) INT.get(bytes, at + PAYLOAD_BYTES));
    }

    static LogId log(byte[] bytes, int at) {
        return new LogId((short) SHORT.get(bytes, at + REGION) & 0xFFFF, (short) SHORT.get(bytes, at + SHARD) & 0xFFFF);
    }
}
