package io.walreceiver.ledger;

/** Takes the image of a part, block by block. */
@FunctionalInterface
public interface ImageWriter {

    /**
     * Takes the next block. Never throws: what cannot be written makes the whole image void.
     *
     * @param block the caller's own, to be reused after the call
     * @param length how many bytes of it count, 1..1 MiB
     */
    void write(byte[] block, int length);
}
