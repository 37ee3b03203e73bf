package io.walreceiver.checksum;

import static io.walreceiver.checksum.BatchSpans.HASHED_HEADER_BYTES;
import static io.walreceiver.checksum.BatchSpans.PAYLOAD;
import static io.walreceiver.checksum.Blake3.CHUNK_BYTES;
import static io.walreceiver.checksum.Blake3.CHUNK_END;
import static io.walreceiver.checksum.Blake3.CV_WORDS;
import static io.walreceiver.checksum.Blake3.ROOT;

/**
 * The chunks of some batches: one job each, numbered from 0, those of a batch in a row, and their chaining values.
 *
 * <p>A batch is hashed as if its payload began 32 bytes after its header: then all of a chunk lies in one piece at
 * {@link #address}, but for the first 32 bytes of a batch's first chunk, which lie 32 bytes before that.
 */
final class ChunkTile {

    /** About 1,300 usual batches, of three chunks each; the largest batch of the format has 1,345. */
    static final int CHUNKS = 4096;

    /** How far the header's hashed bytes lie from where they would join the payload. */
    private static final int GAP = PAYLOAD - HASHED_HEADER_BYTES;

    /** Where each chunk would start if the gap were closed from the left. */
    final int[] address = new int[CHUNKS];

    /** Which chunk of its batch each one is, from 0. */
    final int[] counter = new int[CHUNKS];

    /** Bytes of each chunk, 1..1024. */
    final int[] length = new int[CHUNKS];

    /** Flags of the last block of each chunk: ROOT if it is its batch's only one. */
    final int[] lastFlags = new int[CHUNKS];

    /** The chaining values, at eight times the number of the chunk; those of parents replace their children's. */
    final int[] chainingValues = new int[CHUNKS * CV_WORDS];

    /** The number of each batch's first chunk. */
    final int[] first = new int[CHUNKS];

    /** Chunks of each batch; the nodes left of it, while parents are made. */
    final int[] nodes = new int[CHUNKS];

    private int chunks;
    private int batches;

    /**
     * Takes as many batches as fit, in place of those before.
     *
     * @return the first batch that is left; {@code from} if it does not fit into an empty tile
     */
    int fill(int[] headerOffsets, int[] payloadBytes, int from, int to) {
        chunks = 0;
        batches = 0;
        for (int i = from; i < to; i++) {
            long bytes = (long) HASHED_HEADER_BYTES + payloadBytes[i];
            if (bytes > (long) (CHUNKS - chunks) * CHUNK_BYTES) {
                return i;
            }
            add(headerOffsets[i] + GAP, (int) bytes);
        }
        return to;
    }

    private void add(int address, int bytes) {
        int count = (bytes + CHUNK_BYTES - 1) / CHUNK_BYTES;
        for (int i = 0; i < count; i++) {
            int chunk = chunks + i;
            this.address[chunk] = address + i * CHUNK_BYTES;
            counter[chunk] = i;
            length[chunk] = Math.min(CHUNK_BYTES, bytes - i * CHUNK_BYTES);
            lastFlags[chunk] = count == 1 ? CHUNK_END | ROOT : CHUNK_END;
        }
        first[batches] = chunks;
        nodes[batches] = count;
        batches++;
        chunks += count;
    }

    /** Where a chunk's first 32 bytes are. */
    int start(int chunk) {
        return counter[chunk] == 0 ? address[chunk] - GAP : address[chunk];
    }

    int chunks() {
        return chunks;
    }

    int batches() {
        return batches;
    }

    /** Writes each batch's checksum: the chaining value of its root. */
    void checksums(byte[] out, int at) {
        for (int batch = 0; batch < batches; batch++) {
            for (int word = 0; word < CV_WORDS; word++) {
                Blake3.putWord(
                        out,
                        at + batch * BatchHasher.CHECKSUM_BYTES + word * Integer.BYTES,
                        chainingValues[first[batch] * CV_WORDS + word]);
            }
        }
    }
}
