package io.walreceiver.checksum;

import static io.walreceiver.checksum.Blake3.BLOCK_WORDS;
import static io.walreceiver.checksum.Blake3.CV_WORDS;
import static jdk.incubator.vector.VectorOperators.ROR;
import static jdk.incubator.vector.VectorOperators.XOR;

import java.util.Arrays;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Lanes in vectors: the state of as many lanes as a register has ints stays in sixteen registers from the first round to the last. To be
 * touched only where the incubator module is there, see {@link LaneKernels}.
 *
 * <p>Word {@code w} of lane {@code i} is at {@code w * ROW + i}. One round is the body of a loop, and no method of our own is called in
 * it: the JIT compiler has to inline every call, or the vectors become objects, and does so without limit for those of the vectors only.
 */
final class VectorKernel implements LaneKernel {

    private static final VectorSpecies<Integer> SPECIES = IntVector.SPECIES_PREFERRED;

    /** Ints from one word's lanes to the next: not a power of two, or the rows would fall on one another in the cache. */
    private static final int ROW = LANES + 16;

    /** Of each round: where the words of the message are. */
    private static final int[][] SCHEDULE = schedule();

    private final int[] chaining = new int[CV_WORDS * ROW];
    private final int[] message = new int[BLOCK_WORDS * ROW];

    private static int[][] schedule() {
        int[][] all = new int[Blake3.ROUNDS][];
        Arrays.setAll(
                all,
                round -> Arrays.stream(Blake3.schedule(round))
                        .map(word -> word * ROW)
                        .toArray());
        return all;
    }

    /** How many ints a vector has here. */
    static int width() {
        return SPECIES.length();
    }

    @Override
    public void start(int lanes) {
        for (int i = 0; i < CV_WORDS; i++) {
            Arrays.fill(chaining, i * ROW, i * ROW + lanes, Blake3.iv(i));
        }
    }

    @Override
    public void message(int lane, byte[] block) {
        for (int i = 0; i < BLOCK_WORDS; i++) {
            message[i * ROW + lane] = Blake3.word(block, i * Integer.BYTES);
        }
    }

    @Override
    public void firstHalf(byte[] segment, int[] at, int offset, int lanes) {
        load(segment, at, offset, lanes, message, 0);
    }

    @Override
    public void secondHalf(byte[] segment, int[] at, int offset, int lanes) {
        load(segment, at, offset, lanes, message, BLOCK_WORDS / 2 * ROW);
    }

    private static void load(byte[] segment, int[] at, int offset, int lanes, int[] m, int row) {
        for (int i = 0; i < lanes; i++) {
            int from = at[i] + offset;
            int to = row + i;
            m[to] = Blake3.word(segment, from);
            m[to + ROW] = Blake3.word(segment, from + 4);
            m[to + 2 * ROW] = Blake3.word(segment, from + 8);
            m[to + 3 * ROW] = Blake3.word(segment, from + 12);
            m[to + 4 * ROW] = Blake3.word(segment, from + 16);
            m[to + 5 * ROW] = Blake3.word(segment, from + 20);
            m[to + 6 * ROW] = Blake3.word(segment, from + 24);
            m[to + 7 * ROW] = Blake3.word(segment, from + 28);
        }
    }

    @Override
    public void pairs(int[] words, int[] at, int lanes) {
        for (int word = 0; word < BLOCK_WORDS; word++) {
            for (int i = 0; i < lanes; i++) {
                message[word * ROW + i] = words[at[i] + word];
            }
        }
    }

    @Override
    public void compress(int[] counters, int[] lengths, int[] flags, int lanes) {
        for (int at = 0; at < lanes; at += SPECIES.length()) {
            compress(chaining, message, counters, lengths, flags, at);
        }
    }

    private static void compress(int[] h, int[] m, int[] counters, int[] lengths, int[] flags, int at) {
        IntVector v0 = IntVector.fromArray(SPECIES, h, at);
        IntVector v1 = IntVector.fromArray(SPECIES, h, ROW + at);
        IntVector v2 = IntVector.fromArray(SPECIES, h, 2 * ROW + at);
        IntVector v3 = IntVector.fromArray(SPECIES, h, 3 * ROW + at);
        IntVector v4 = IntVector.fromArray(SPECIES, h, 4 * ROW + at);
        IntVector v5 = IntVector.fromArray(SPECIES, h, 5 * ROW + at);
        IntVector v6 = IntVector.fromArray(SPECIES, h, 6 * ROW + at);
        IntVector v7 = IntVector.fromArray(SPECIES, h, 7 * ROW + at);
        IntVector v8 = IntVector.broadcast(SPECIES, Blake3.iv(0));
        IntVector v9 = IntVector.broadcast(SPECIES, Blake3.iv(1));
        IntVector v10 = IntVector.broadcast(SPECIES, Blake3.iv(2));
        IntVector v11 = IntVector.broadcast(SPECIES, Blake3.iv(3));
        IntVector v12 = IntVector.fromArray(SPECIES, counters, at);
        IntVector v13 = IntVector.zero(SPECIES); // the upper half of a counter that here never exceeds the lower
        IntVector v14 = IntVector.fromArray(SPECIES, lengths, at);
        IntVector v15 = IntVector.fromArray(SPECIES, flags, at);
        for (int[] s : SCHEDULE) {
            // columns
            v0 = v0.add(v4).add(IntVector.fromArray(SPECIES, m, s[0] + at));
            v1 = v1.add(v5).add(IntVector.fromArray(SPECIES, m, s[2] + at));
            v2 = v2.add(v6).add(IntVector.fromArray(SPECIES, m, s[4] + at));
            v3 = v3.add(v7).add(IntVector.fromArray(SPECIES, m, s[6] + at));
            v12 = v12.lanewise(XOR, v0).lanewise(ROR, 16);
            v13 = v13.lanewise(XOR, v1).lanewise(ROR, 16);
            v14 = v14.lanewise(XOR, v2).lanewise(ROR, 16);
            v15 = v15.lanewise(XOR, v3).lanewise(ROR, 16);
            v8 = v8.add(v12);
            v9 = v9.add(v13);
            v10 = v10.add(v14);
            v11 = v11.add(v15);
            v4 = v4.lanewise(XOR, v8).lanewise(ROR, 12);
            v5 = v5.lanewise(XOR, v9).lanewise(ROR, 12);
            v6 = v6.lanewise(XOR, v10).lanewise(ROR, 12);
            v7 = v7.lanewise(XOR, v11).lanewise(ROR, 12);

            v0 = v0.add(v4).add(IntVector.fromArray(SPECIES, m, s[1] + at));
            v1 = v1.add(v5).add(IntVector.fromArray(SPECIES, m, s[3] + at));
            v2 = v2.add(v6).add(IntVector.fromArray(SPECIES, m, s[5] + at));
            v3 = v3.add(v7).add(IntVector.fromArray(SPECIES, m, s[7] + at));
            v12 = v12.lanewise(XOR, v0).lanewise(ROR, 8);
            v13 = v13.lanewise(XOR, v1).lanewise(ROR, 8);
            v14 = v14.lanewise(XOR, v2).lanewise(ROR, 8);
            v15 = v15.lanewise(XOR, v3).lanewise(ROR, 8);
            v8 = v8.add(v12);
            v9 = v9.add(v13);
            v10 = v10.add(v14);
            v11 = v11.add(v15);
            v4 = v4.lanewise(XOR, v8).lanewise(ROR, 7);
            v5 = v5.lanewise(XOR, v9).lanewise(ROR, 7);
            v6 = v6.lanewise(XOR, v10).lanewise(ROR, 7);
            v7 = v7.lanewise(XOR, v11).lanewise(ROR, 7);

            // diagonals
            v0 = v0.add(v5).add(IntVector.fromArray(SPECIES, m, s[8] + at));
            v1 = v1.add(v6).add(IntVector.fromArray(SPECIES, m, s[10] + at));
            v2 = v2.add(v7).add(IntVector.fromArray(SPECIES, m, s[12] + at));
            v3 = v3.add(v4).add(IntVector.fromArray(SPECIES, m, s[14] + at));
            v15 = v15.lanewise(XOR, v0).lanewise(ROR, 16);
            v12 = v12.lanewise(XOR, v1).lanewise(ROR, 16);
            v13 = v13.lanewise(XOR, v2).lanewise(ROR, 16);
            v14 = v14.lanewise(XOR, v3).lanewise(ROR, 16);
            v10 = v10.add(v15);
            v11 = v11.add(v12);
            v8 = v8.add(v13);
            v9 = v9.add(v14);
            v5 = v5.lanewise(XOR, v10).lanewise(ROR, 12);
            v6 = v6.lanewise(XOR, v11).lanewise(ROR, 12);
            v7 = v7.lanewise(XOR, v8).lanewise(ROR, 12);
            v4 = v4.lanewise(XOR, v9).lanewise(ROR, 12);

            v0 = v0.add(v5).add(IntVector.fromArray(SPECIES, m, s[9] + at));
            v1 = v1.add(v6).add(IntVector.fromArray(SPECIES, m, s[11] + at));
            v2 = v2.add(v7).add(IntVector.fromArray(SPECIES, m, s[13] + at));
            v3 = v3.add(v4).add(IntVector.fromArray(SPECIES, m, s[15] + at));
            v15 = v15.lanewise(XOR, v0).lanewise(ROR, 8);
            v12 = v12.lanewise(XOR, v1).lanewise(ROR, 8);
            v13 = v13.lanewise(XOR, v2).lanewise(ROR, 8);
            v14 = v14.lanewise(XOR, v3).lanewise(ROR, 8);
            v10 = v10.add(v15);
            v11 = v11.add(v12);
            v8 = v8.add(v13);
            v9 = v9.add(v14);
            v5 = v5.lanewise(XOR, v10).lanewise(ROR, 7);
            v6 = v6.lanewise(XOR, v11).lanewise(ROR, 7);
            v7 = v7.lanewise(XOR, v8).lanewise(ROR, 7);
            v4 = v4.lanewise(XOR, v9).lanewise(ROR, 7);
        }
        v0.lanewise(XOR, v8).intoArray(h, at);
        v1.lanewise(XOR, v9).intoArray(h, ROW + at);
        v2.lanewise(XOR, v10).intoArray(h, 2 * ROW + at);
        v3.lanewise(XOR, v11).intoArray(h, 3 * ROW + at);
        v4.lanewise(XOR, v12).intoArray(h, 4 * ROW + at);
        v5.lanewise(XOR, v13).intoArray(h, 5 * ROW + at);
        v6.lanewise(XOR, v14).intoArray(h, 6 * ROW + at);
        v7.lanewise(XOR, v15).intoArray(h, 7 * ROW + at);
    }

    @Override
    public void chainingValue(int lane, int[] words, int at) {
        for (int i = 0; i < CV_WORDS; i++) {
            words[at + i] = chaining[i * ROW + lane];
        }
    }
}
