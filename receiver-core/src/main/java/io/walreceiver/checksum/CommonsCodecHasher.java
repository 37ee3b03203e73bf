package io.walreceiver.checksum;

import static io.walreceiver.checksum.BatchSpans.HASHED_HEADER_BYTES;
import static io.walreceiver.checksum.BatchSpans.PAYLOAD;

import org.apache.commons.codec.digest.Blake3;

/** One batch after the other through the digest of Apache Commons Codec; a digest is made per call. */
final class CommonsCodecHasher implements BatchHasher {

    static final BatchHasher INSTANCE = new CommonsCodecHasher();

    private CommonsCodecHasher() {}

    @Override
    public void hash(byte[] segment, int[] headerOffsets, int[] payloadBytes, int from, int to, byte[] out) {
        Blake3 digest = Blake3.initHash();
        for (int i = from; i < to; i++) {
            int header = headerOffsets[i];
            digest.update(segment, header, HASHED_HEADER_BYTES);
            digest.update(segment, header + PAYLOAD, payloadBytes[i]);
            digest.doFinalize(out, (i - from) * CHECKSUM_BYTES, CHECKSUM_BYTES);
            digest.reset();
        }
    }

    @Override
    public String toString() {
        return "BLAKE3 by Apache Commons Codec";
    }
}
