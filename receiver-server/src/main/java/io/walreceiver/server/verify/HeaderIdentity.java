package io.walreceiver.server.verify;

import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentDecoder;
import io.walreceiver.format.WalSegmentId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** Which segment a file is by its headers alone, for a file whose name does not say. */
public final class HeaderIdentity {

    private static final int HEADER_BYTES = 64;

    private HeaderIdentity() {}

    /**
     * The position that the first header names, and the log that the first version 2 header names: a segment may start with
     * version 1 headers, which name none. Without any it is region 0, shard 0.
     *
     * @return the id, or empty if the bytes do not start with a header
     */
    public static Optional<WalSegmentId> of(byte[] bytes) {
        return SegmentDecoder.identity(bytes)
                .map(first -> new WalSegmentId(namedLog(bytes).orElse(first.log()), first.seqno()));
    }

    private static Optional<LogId> namedLog(byte[] bytes) {
        ByteBuffer fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        long at = 0;
        while (at <= bytes.length - HEADER_BYTES) {
            int header = (int) at;
            if (fields.getShort(header + 4) == 2) {
                return Optional.of(
                        new LogId(fields.getShort(header + 30) & 0xFFFF, fields.getShort(header + 28) & 0xFFFF));
            }
            at += HEADER_BYTES + Integer.toUnsignedLong(fields.getInt(header + 24));
        }
        return Optional.empty();
    }
}
