package io.walreceiver.checksum;

/**
 * Computes the checksums of many batches in one call, so that an implementation may hash several at a time.
 *
 * <p>The checksum of a batch is plain BLAKE3-256 of the first 32 bytes of its header followed by its payload, which starts 64
 * bytes after the header does. Implementations are safe for use by any thread, keep no reference to the arrays they are given
 * and never write to {@code segment}. The same bytes give the same checksum in every implementation.
 */
public interface BatchHasher {

    /** Bytes of one checksum. */
    int CHECKSUM_BYTES = 32;

    /**
     * Hashes batches {@code from..to-1}. The checksum of batch {@code i} is written at {@code (i - from) * 32} of {@code out}.
     *
     * @param segment holds the batches; bounds have been checked by the caller
     * @param headerOffsets where each header starts, in bytes
     * @param payloadBytes length of each payload, in bytes, 0 or more
     * @param from first batch, inclusive
     * @param to last batch, exclusive
     * @param out receives {@code 32 * (to - from)} bytes
     */
    void hash(byte[] segment, int[] headerOffsets, int[] payloadBytes, int from, int to, byte[] out);

    /**
     * The same for batches that lie in several segments: batch {@code i} in {@code segments[i]}, its checksum at {@code i * 32} of {@code out}.
     *
     * @param count how many batches there are
     */
    default void hash(byte[][] segments, int[] headerOffsets, int[] payloadBytes, int count, byte[] out) {
        byte[] checksum = new byte[CHECKSUM_BYTES];
        for (int i = 0; i < count; i++) {
            hash(segments[i], headerOffsets, payloadBytes, i, i + 1, checksum);
            System.arraycopy(checksum, 0, out, i * CHECKSUM_BYTES, CHECKSUM_BYTES);
        }
    }

    /**
     * BLAKE3 of our own over many batches at once, several times as fast as the others; or {@link #bouncyCastle()}, and a warning
     * in the log, if the two do not agree on a fixed set of batches when this is first called.
     */
    static BatchHasher fastest() {
        return CheckedChoice.Fastest.INSTANCE;
    }

    /** BLAKE3 of BouncyCastle: the reference, which every other implementation must agree with. */
    static BatchHasher bouncyCastle() {
        return BouncyCastleHasher.INSTANCE;
    }

    /** BLAKE3 of Apache Commons Codec: a second opinion from an independent implementation, at about half the speed. */
    static BatchHasher commonsCodec() {
        return CommonsCodecHasher.INSTANCE;
    }
}
