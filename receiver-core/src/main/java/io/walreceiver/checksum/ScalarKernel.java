package io.walreceiver.checksum;

import static io.walreceiver.checksum.Blake3.BLOCK_WORDS;
import static io.walreceiver.checksum.Blake3.CV_WORDS;
import static java.lang.Integer.rotateRight;

/**
 * The compression function on one block, for groups too small to fill lanes. A loop around one round whose message words move
 * from local to local keeps the method short enough for the JIT compiler to make one good piece of code of it.
 *
 * <p>Not safe for use by several threads at a time.
 */
final class ScalarKernel {

    private final int[] message = new int[BLOCK_WORDS];

    /** The message words: 32 bytes from {@code first} on, then 32 from {@code second} on. */
    void message(byte[] bytes, int first, int second) {
        int[] m = message;
        for (int i = 0; i < CV_WORDS; i++) {
            m[i] = Blake3.word(bytes, first + i * Integer.BYTES);
            m[i + CV_WORDS] = Blake3.word(bytes, second + i * Integer.BYTES);
        }
    }

    /** The message words: two chaining values. */
    void pair(int[] words, int at) {
        System.arraycopy(words, at, message, 0, BLOCK_WORDS);
    }

    /** Sets a chaining value to the initial value. */
    static void start(int[] words, int at) {
        for (int i = 0; i < CV_WORDS; i++) {
            words[at + i] = Blake3.iv(i);
        }
    }

    /** Compresses the message into the chaining value at {@code at}. */
    void compress(int[] words, int at, int counter, int length, int flags) {
        int[] m = message;
        int m0 = m[0], m1 = m[1], m2 = m[2], m3 = m[3], m4 = m[4], m5 = m[5], m6 = m[6], m7 = m[7];
        int m8 = m[8], m9 = m[9], m10 = m[10], m11 = m[11], m12 = m[12], m13 = m[13], m14 = m[14], m15 = m[15];
        int v0 = words[at], v1 = words[at + 1], v2 = words[at + 2], v3 = words[at + 3];
        int v4 = words[at + 4], v5 = words[at + 5], v6 = words[at + 6], v7 = words[at + 7];
        int v8 = Blake3.IV0, v9 = Blake3.IV1, v10 = Blake3.IV2, v11 = Blake3.IV3;
        int v12 = counter, v13 = 0, v14 = length, v15 = flags;
        for (int round = 1; ; round++) {
            // Four Gs side by side on the columns: they do not wait for one another.
            v0 += v4 + m0;
            v1 += v5 + m2;
            v2 += v6 + m4;
            v3 += v7 + m6;
            v12 = rotateRight(v12 ^ v0, 16);
            v13 = rotateRight(v13 ^ v1, 16);
            v14 = rotateRight(v14 ^ v2, 16);
            v15 = rotateRight(v15 ^ v3, 16);
            v8 += v12;
            v9 += v13;
            v10 += v14;
            v11 += v15;
            v4 = rotateRight(v4 ^ v8, 12);
            v5 = rotateRight(v5 ^ v9, 12);
            v6 = rotateRight(v6 ^ v10, 12);
            v7 = rotateRight(v7 ^ v11, 12);
            v0 += v4 + m1;
            v1 += v5 + m3;
            v2 += v6 + m5;
            v3 += v7 + m7;
            v12 = rotateRight(v12 ^ v0, 8);
            v13 = rotateRight(v13 ^ v1, 8);
            v14 = rotateRight(v14 ^ v2, 8);
            v15 = rotateRight(v15 ^ v3, 8);
            v8 += v12;
            v9 += v13;
            v10 += v14;
            v11 += v15;
            v4 = rotateRight(v4 ^ v8, 7);
            v5 = rotateRight(v5 ^ v9, 7);
            v6 = rotateRight(v6 ^ v10, 7);
            v7 = rotateRight(v7 ^ v11, 7);
            // The same on the diagonals.
            v0 += v5 + m8;
            v1 += v6 + m10;
            v2 += v7 + m12;
            v3 += v4 + m14;
            v15 = rotateRight(v15 ^ v0, 16);
            v12 = rotateRight(v12 ^ v1, 16);
            v13 = rotateRight(v13 ^ v2, 16);
            v14 = rotateRight(v14 ^ v3, 16);
            v10 += v15;
            v11 += v12;
            v8 += v13;
            v9 += v14;
            v5 = rotateRight(v5 ^ v10, 12);
            v6 = rotateRight(v6 ^ v11, 12);
            v7 = rotateRight(v7 ^ v8, 12);
            v4 = rotateRight(v4 ^ v9, 12);
            v0 += v5 + m9;
            v1 += v6 + m11;
            v2 += v7 + m13;
            v3 += v4 + m15;
            v15 = rotateRight(v15 ^ v0, 8);
            v12 = rotateRight(v12 ^ v1, 8);
            v13 = rotateRight(v13 ^ v2, 8);
            v14 = rotateRight(v14 ^ v3, 8);
            v10 += v15;
            v11 += v12;
            v8 += v13;
            v9 += v14;
            v5 = rotateRight(v5 ^ v10, 7);
            v6 = rotateRight(v6 ^ v11, 7);
            v7 = rotateRight(v7 ^ v8, 7);
            v4 = rotateRight(v4 ^ v9, 7);
            if (round == Blake3.ROUNDS) {
                break;
            }
            int m0Before = m0;
            m0 = m2;
            m2 = m3;
            m3 = m10;
            m10 = m12;
            m12 = m9;
            m9 = m11;
            m11 = m5;
            m5 = m0Before;
            int m1Before = m1;
            m1 = m6;
            m6 = m4;
            m4 = m7;
            m7 = m13;
            m13 = m14;
            m14 = m15;
            m15 = m8;
            m8 = m1Before;
        }
        words[at] = v0 ^ v8;
        words[at + 1] = v1 ^ v9;
        words[at + 2] = v2 ^ v10;
        words[at + 3] = v3 ^ v11;
        words[at + 4] = v4 ^ v12;
        words[at + 5] = v5 ^ v13;
        words[at + 6] = v6 ^ v14;
        words[at + 7] = v7 ^ v15;
    }
}
