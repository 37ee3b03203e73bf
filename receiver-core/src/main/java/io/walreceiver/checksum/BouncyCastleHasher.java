package io.walreceiver.checksum;

import static io.walreceiver.checksum.BatchSpans.HASHED_HEADER_BYTES;
import static io.walreceiver.checksum.BatchSpans.PAYLOAD;

import org.bouncycastle.crypto.digests.Blake3Digest;

/**
 * One batch after the other through BouncyCastle's digest, used directly: no security provider is registered or asked.
 *
 * <p>A digest (some hundred bytes) is made per call, not per batch or per thread: nothing stays behind in a thread that an
 * embedder owns.
 */
final class BouncyCastleHasher implements BatchHasher {

    static final BatchHasher INSTANCE = new BouncyCastleHasher();

    private BouncyCastleHasher() {}

    @Override
    public void hash(byte[] segment, int[] headerOffsets, int[] payloadBytes, int from, int to, byte[] out) {
        Blake3Digest digest = new Blake3Digest(CHECKSUM_BYTES * Byte.SIZE);
        for (int i = from; i < to; i++) {
            int header = headerOffsets[i];
            digest.update(segment, header, HASHED_HEADER_BYTES);
            digest.update(segment, header + PAYLOAD, payloadBytes[i]);
            digest.doFinal(out, (i - from) * CHECKSUM_BYTES); // resets the digest
        }
    }

    @Override
    public String toString() {
        return "BLAKE3 by BouncyCastle";
    }
}
