package io.walreceiver.checksum;

import static io.walreceiver.checksum.Blake3.BLOCK_WORDS;
import static io.walreceiver.checksum.Blake3.CV_WORDS;

import java.util.Arrays;

/**
 * Lanes in plain loops: lane {@code i} is index {@code i} of every row.
 *
 * <p>The shape of this code is what makes the JIT compiler use vector instructions for it, without flags and without a preview
 * of anything: each word of the state and of the message is an array of its own, and {@link #g} is one loop over six arrays that
 * it gets as parameters. One flat array with offsets, short loops, or several Gs in one loop are compiled to scalar code.
 */
final class LoopKernel implements LaneKernel {

    /** Words 12, 14 and 15 of the state. Word 13 is the upper half of a counter that here never exceeds the lower. */
    private static final int COUNTER = 12;

    private static final int COUNTER_HIGH = 13;
    private static final int LENGTH = 14;
    private static final int FLAGS = 15;

    private final int[][] state = new int[16][LANES];
    private final int[][] message = new int[BLOCK_WORDS][LANES];

    @Override
    public void start(int lanes) {
        for (int i = 0; i < CV_WORDS; i++) {
            Arrays.fill(state[i], 0, lanes, Blake3.iv(i));
        }
    }

    @Override
    public void message(int lane, byte[] block) {
        for (int i = 0; i < BLOCK_WORDS; i++) {
            message[i][lane] = Blake3.word(block, i * Integer.BYTES);
        }
    }

    @Override
    public void firstHalf(byte[] segment, int[] at, int offset, int lanes) {
        int[][] m = message;
        load(segment, at, offset, lanes, m[0], m[1], m[2], m[3], m[4], m[5], m[6], m[7]);
    }

    @Override
    public void secondHalf(byte[] segment, int[] at, int offset, int lanes) {
        int[][] m = message;
        load(segment, at, offset, lanes, m[8], m[9], m[10], m[11], m[12], m[13], m[14], m[15]);
    }

    /** Eight rows at a time, because the addresses of sixteen do not fit in the registers. */
    private static void load(
            byte[] segment,
            int[] at,
            int offset,
            int lanes,
            int[] m0,
            int[] m1,
            int[] m2,
            int[] m3,
            int[] m4,
            int[] m5,
            int[] m6,
            int[] m7) {
        for (int i = 0; i < lanes; i++) {
            int from = at[i] + offset;
            m0[i] = Blake3.word(segment, from);
            m1[i] = Blake3.word(segment, from + 4);
            m2[i] = Blake3.word(segment, from + 8);
            m3[i] = Blake3.word(segment, from + 12);
            m4[i] = Blake3.word(segment, from + 16);
            m5[i] = Blake3.word(segment, from + 20);
            m6[i] = Blake3.word(segment, from + 24);
            m7[i] = Blake3.word(segment, from + 28);
        }
    }

    @Override
    public void pairs(int[] words, int[] at, int lanes) {
        for (int word = 0; word < BLOCK_WORDS; word++) {
            int[] row = message[word];
            for (int i = 0; i < lanes; i++) {
                row[i] = words[at[i] + word];
            }
        }
    }

    @Override
    public void compress(int[] counters, int[] lengths, int[] flags, int lanes) {
        int[][] v = state;
        for (int i = 0; i < 4; i++) {
            Arrays.fill(v[CV_WORDS + i], 0, lanes, Blake3.iv(i));
        }
        System.arraycopy(counters, 0, v[COUNTER], 0, lanes);
        Arrays.fill(v[COUNTER_HIGH], 0, lanes, 0);
        System.arraycopy(lengths, 0, v[LENGTH], 0, lanes);
        System.arraycopy(flags, 0, v[FLAGS], 0, lanes);
        for (int round = 0; round < Blake3.ROUNDS; round++) {
            round(v, message, Blake3.schedule(round), lanes);
        }
        for (int i = 0; i < CV_WORDS; i++) {
            xor(v[i], v[i + CV_WORDS], lanes);
        }
    }

    /** Columns, then diagonals. */
    private static void round(int[][] v, int[][] m, int[] s, int n) {
        g(v[0], v[4], v[8], v[12], m[s[0]], m[s[1]], n);
        g(v[1], v[5], v[9], v[13], m[s[2]], m[s[3]], n);
        g(v[2], v[6], v[10], v[14], m[s[4]], m[s[5]], n);
        g(v[3], v[7], v[11], v[15], m[s[6]], m[s[7]], n);
        g(v[0], v[5], v[10], v[15], m[s[8]], m[s[9]], n);
        g(v[1], v[6], v[11], v[12], m[s[10]], m[s[11]], n);
        g(v[2], v[7], v[8], v[13], m[s[12]], m[s[13]], n);
        g(v[3], v[4], v[9], v[14], m[s[14]], m[s[15]], n);
    }

    private static void g(int[] a, int[] b, int[] c, int[] d, int[] x, int[] y, int n) {
        for (int i = 0; i < n; i++) {
            int ai = a[i] + b[i] + x[i];
            int di = Integer.rotateRight(d[i] ^ ai, 16);
            int ci = c[i] + di;
            int bi = Integer.rotateRight(b[i] ^ ci, 12);
            ai += bi + y[i];
            di = Integer.rotateRight(di ^ ai, 8);
            ci += di;
            a[i] = ai;
            b[i] = Integer.rotateRight(bi ^ ci, 7);
            c[i] = ci;
            d[i] = di;
        }
    }

    private static void xor(int[] a, int[] b, int n) {
        for (int i = 0; i < n; i++) {
            a[i] ^= b[i];
        }
    }

    @Override
    public void chainingValue(int lane, int[] words, int at) {
        for (int i = 0; i < CV_WORDS; i++) {
            words[at + i] = state[i][lane];
        }
    }
}
