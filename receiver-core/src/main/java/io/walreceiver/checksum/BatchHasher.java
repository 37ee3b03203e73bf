package io.walreceiver.checksum;

/**
 * Computes the checksums of many batches in one call, so that an implementation may hash several at a time.
 *
 * <p>The checksum of a batch is plain BLAKE3-256 of the first 32 bytes of its header followed by its payload, which starts 64
 * bytes after the header does. Implementations are safe for use by any thread.
 */
public interface BatchHasher {

    /** Bytes of one checksum. */
    int CHECKSUM_BYTES = 32;

    /**
     * Hashes batches {@code from..to-1}. The checksum of batch {@code i} is written at {@code (i - from) * 32} of {@code out}.
     *
     * @param segment holds the batches; bounds have been checked by the caller
     * @param headerOffsets where each header starts, in bytes
     * @param payloadBytes length of each payload, in bytes
     * @param from first batch, inclusive
     * @param to last batch, exclusive
     * @param out receives {@code 32 * (to - from)} bytes
     */
    void hash(byte[] segment, int[] headerOffsets, int[] payloadBytes, int from, int to, byte[] out);
}
