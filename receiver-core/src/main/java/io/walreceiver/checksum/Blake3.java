package io.walreceiver.checksum;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The constants of BLAKE3, named and numbered as in its paper: O'Connor, Aumasson, Neves, Wilcox-O'Hearn, "BLAKE3: one function,
 * fast everywhere", section 2.
 */
final class Blake3 {

    /** Bytes of one leaf of the tree. */
    static final int CHUNK_BYTES = 1024;

    /** Bytes that one compression takes in. */
    static final int BLOCK_BYTES = 64;

    /** Words of a block. */
    static final int BLOCK_WORDS = 16;

    /** Words of a chaining value. */
    static final int CV_WORDS = 8;

    /** Rounds of a compression. */
    static final int ROUNDS = 7;

    /** Domain flags (table 3): the first and the last block of a chunk, an inner node, the last compression of all. */
    static final int CHUNK_START = 1;

    static final int CHUNK_END = 2;
    static final int PARENT = 4;
    static final int ROOT = 8;

    /** The initial value (table 1), which is SHA-256's. */
    static final int IV0 = 0x6a09e667;

    static final int IV1 = 0xbb67ae85;
    static final int IV2 = 0x3c6ef372;
    static final int IV3 = 0xa54ff53a;
    static final int IV4 = 0x510e527f;
    static final int IV5 = 0x9b05688c;
    static final int IV6 = 0x1f83d9ab;
    static final int IV7 = 0x5be0cd19;

    private static final int[] IV = {IV0, IV1, IV2, IV3, IV4, IV5, IV6, IV7};

    /** What is done to the message words after each round (table 2). */
    private static final int[] PERMUTATION = {2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8};

    private static final int[][] SCHEDULE = schedule();

    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private Blake3() {}

    /** Word {@code i} of the initial value. */
    static int iv(int i) {
        return IV[i];
    }

    /** Which message words a round takes, in the order in which its eight Gs take them. */
    static int[] schedule(int round) {
        return SCHEDULE[round];
    }

    /** The little-endian word at a byte offset. */
    static int word(byte[] bytes, int at) {
        return (int) WORD.get(bytes, at);
    }

    /** Writes a little-endian word at a byte offset. */
    static void putWord(byte[] bytes, int at, int word) {
        WORD.set(bytes, at, word);
    }

    private static int[][] schedule() {
        int[][] rounds = new int[ROUNDS][BLOCK_WORDS];
        for (int i = 0; i < BLOCK_WORDS; i++) {
            rounds[0][i] = i;
        }
        for (int round = 1; round < ROUNDS; round++) {
            for (int i = 0; i < BLOCK_WORDS; i++) {
                rounds[round][i] = rounds[round - 1][PERMUTATION[i]];
            }
        }
        return rounds;
    }
}
