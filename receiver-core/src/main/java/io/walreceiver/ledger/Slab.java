package io.walreceiver.ledger;

import java.util.Arrays;

/**
 * Blocks of 16, 32, 64, 128 or 256 ints (classes 0..4) for the windows of pairs that do not fit into their entry.
 *
 * <p>One writer. A reader may copy from any offset at any time, {@link #copy} checks it; whether what it copied was the pair's is
 * for the pair's seqlock to say. A freed block may be given to another pair at once: its former owner's version changed first.
 */
final class Slab {

    static final int CLASSES = 5;

    private static final int SMALLEST = 16;
    /** 8 KiB a chunk; each chunk is of one class. */
    private static final int CHUNK_BITS = 11;

    private static final int CHUNK_INTS = 1 << CHUNK_BITS;
    private static final int MAX_CHUNKS = 1 << (31 - CHUNK_BITS);
    private static final long ARRAY_HEADER_BYTES = 16;
    private static final int NONE = -1;

    /** Longer than what is in use; a reader may meet the end or a chunk that is not there. */
    private volatile int[][] chunks = new int[0][];

    private volatile int used;

    /** Per class: the first free block, which holds the offset of the next; then what was never used. */
    private final int[] firstFree = new int[CLASSES];

    private final int[] fresh = new int[CLASSES];
    private final int[] freshEnd = new int[CLASSES];

    Slab() {
        Arrays.fill(firstFree, NONE);
    }

    static int blockInts(int blockClass) {
        return SMALLEST << blockClass;
    }

    /** The chunks, for the writer to look into without a fence for each block. Not to be changed. */
    int[][] chunks() {
        return chunks;
    }

    /** One int of a block. */
    static int peek(int[][] chunks, int offset) {
        return chunks[offset >>> CHUNK_BITS][at(offset)];
    }

    /** The chunk that a block of the writer's lies in. */
    int[] chunk(int offset) {
        return chunks[offset >>> CHUNK_BITS];
    }

    /** Where in its chunk a block starts. */
    static int at(int offset) {
        return offset & (CHUNK_INTS - 1);
    }

    /** Takes a block of a class; what it holds is undefined. */
    int allocate(int blockClass) {
        int free = firstFree[blockClass];
        if (free != NONE) {
            firstFree[blockClass] = chunk(free)[at(free)];
            return free;
        }
        if (fresh[blockClass] == freshEnd[blockClass]) {
            fresh[blockClass] = newChunk();
            freshEnd[blockClass] = fresh[blockClass] + CHUNK_INTS;
        }
        int offset = fresh[blockClass];
        fresh[blockClass] += blockInts(blockClass);
        return offset;
    }

    /** Gives a block back. */
    void free(int blockClass, int offset) {
        chunk(offset)[at(offset)] = firstFree[blockClass];
        firstFree[blockClass] = offset;
    }

    private int newChunk() {
        int index = used;
        if (index == MAX_CHUNKS - 1) {
            throw new IllegalStateException("one log's part holds at most " + MAX_CHUNKS + " chunks of windows");
        }
        int[] chunk = new int[CHUNK_INTS];
        int[][] table = index < chunks.length ? chunks : Arrays.copyOf(chunks, Math.max(4, index + (index >> 1)));
        table[index] = chunk;
        chunks = table;
        used = index + 1;
        return index << CHUNK_BITS;
    }

    /**
     * Copies a block that a reader heard of, which may be nonsense.
     *
     * @return false if there is no such block
     */
    boolean copy(int offset, int length, int[] into) {
        int[][] table = chunks;
        int index = offset >>> CHUNK_BITS;
        if (index >= table.length || at(offset) + length > CHUNK_INTS || length > into.length) {
            return false;
        }
        int[] chunk = table[index];
        if (chunk == null) {
            return false;
        }
        System.arraycopy(chunk, at(offset), into, 0, length);
        return true;
    }

    /** Bytes of the arrays held. */
    long allocatedBytes() {
        return used * (CHUNK_INTS * (long) Integer.BYTES + ARRAY_HEADER_BYTES) + chunks.length * (long) Long.BYTES;
    }
}
