package io.walreceiver.checksum;

/**
 * Batches of several segments, copied side by side, as lanes read from one array. Not safe for use by several threads at a time.
 *
 * <p>A copy is a hundredth of what hashing the same bytes costs, and what is copied is in a near cache when it is hashed.
 */
final class GatheredBatches {

    /** What is hashed at a time: some hundred usual batches, whose chunks fill half of the lanes and more. */
    private static final int BYTES = 256 << 10;

    /** As many of the smallest, of one event, have no more chunks than a tile. */
    private static final int BATCHES = 1024;

    final byte[] bytes = new byte[BYTES];

    /** Where each header starts. */
    final int[] offsets = new int[BATCHES];

    /** Length of each payload. */
    final int[] payloadBytes = new int[BATCHES];

    /**
     * Takes as many batches as fit, in place of those before.
     *
     * @return the first batch that is left; {@code from} if it does not fit alone
     */
    int fill(byte[][] segments, int[] headerOffsets, int[] payloadBytes, int from, int to) {
        int end = Math.min(to, from + BATCHES);
        int used = 0;
        for (int i = from; i < end; i++) {
            int length = BatchSpans.PAYLOAD + payloadBytes[i];
            if (length > BYTES - used) {
                return i;
            }
            System.arraycopy(segments[i], headerOffsets[i], bytes, used, length);
            this.offsets[i - from] = used;
            this.payloadBytes[i - from] = payloadBytes[i];
            used += length;
        }
        return end;
    }
}
