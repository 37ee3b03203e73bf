package io.walreceiver.storage.checkpoint;

import io.walreceiver.checksum.BatchHasher;
import java.util.Arrays;

/** A checksum over the checksums of blocks, in their order: a block that is missing, swapped or another checkpoint's changes it. */
final class Chain {

    private static final int[] FIRST = {0};
    private static final int[] ONE_CHECKSUM = {BatchHasher.CHECKSUM_BYTES};

    /** Laid out like a batch: the chain so far where a header starts, the next checksum where its payload does. */
    private final byte[] link = new byte[Block.HEADER_BYTES + BatchHasher.CHECKSUM_BYTES];

    /** Takes in the checksum of the block at {@code block}. */
    void add(byte[] bytes, int block) {
        System.arraycopy(bytes, block + Block.CHECKSUM, link, Block.HEADER_BYTES, BatchHasher.CHECKSUM_BYTES);
        BatchHasher.fastest().hash(link, FIRST, ONE_CHECKSUM, 0, 1, link);
    }

    byte[] value() {
        return Arrays.copyOf(link, BatchHasher.CHECKSUM_BYTES);
    }
}
