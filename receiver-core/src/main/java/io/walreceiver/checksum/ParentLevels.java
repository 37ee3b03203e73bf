package io.walreceiver.checksum;

import static io.walreceiver.checksum.Blake3.BLOCK_BYTES;
import static io.walreceiver.checksum.Blake3.CV_WORDS;
import static io.walreceiver.checksum.Blake3.PARENT;
import static io.walreceiver.checksum.Blake3.ROOT;
import static io.walreceiver.checksum.LaneKernel.LANES;

import java.util.Arrays;

/**
 * Joins the chaining values of a tile's chunks into those of the roots, level by level over all batches. Joining neighbours and
 * carrying an odd last one up gives BLAKE3's tree (section 2.1), in which every left subtree is full and as large as can be.
 *
 * <p>A level replaces the one below it, from the left: parent {@code i} of a batch takes the place of node {@code i}, and is
 * written only when nodes {@code 2i} and {@code 2i + 1} have been read.
 *
 * <p>Not safe for use by several threads at a time.
 */
final class ParentLevels {

    private final LaneKernel lanes;
    private final ScalarKernel scalar;

    /** Of each lane: where its two children are, where it goes, both in words. */
    private final int[] children = new int[LANES];

    private final int[] parents = new int[LANES];
    private final int[] flags = new int[LANES];
    private final int[] lengths = new int[LANES];
    private final int[] counters = new int[LANES];
    private int seated;

    ParentLevels(LaneKernel lanes, ScalarKernel scalar) {
        this.lanes = lanes;
        this.scalar = scalar;
        Arrays.fill(lengths, BLOCK_BYTES);
    }

    /** Leaves each batch's root where its first chunk was. */
    void join(ChunkTile tile) {
        boolean more = true;
        while (more) {
            more = false;
            for (int batch = 0; batch < tile.batches(); batch++) {
                int nodes = tile.nodes[batch];
                if (nodes > 1) {
                    seatPairs(tile.chainingValues, tile.first[batch], nodes);
                    more |= nodes > 2;
                }
            }
            hashSeated(tile.chainingValues);
            for (int batch = 0; batch < tile.batches(); batch++) {
                tile.nodes[batch] = carried(tile.chainingValues, tile.first[batch], tile.nodes[batch]);
            }
        }
    }

    private void seatPairs(int[] words, int first, int nodes) {
        int flag = nodes == 2 ? PARENT | ROOT : PARENT;
        for (int i = 0; i < nodes / 2; i++) {
            children[seated] = (first + 2 * i) * CV_WORDS;
            parents[seated] = (first + i) * CV_WORDS;
            flags[seated] = flag;
            if (++seated == LANES) {
                hashSeated(words);
            }
        }
    }

    private void hashSeated(int[] words) {
        if (seated < ChunkGroups.MIN_LANES) {
            for (int i = 0; i < seated; i++) {
                scalar.pair(words, children[i]);
                ScalarKernel.start(words, parents[i]);
                scalar.compress(words, parents[i], 0, BLOCK_BYTES, flags[i]);
            }
        } else {
            lanes.start(seated);
            lanes.pairs(words, children, seated);
            lanes.compress(counters, lengths, flags, seated);
            for (int lane = 0; lane < seated; lane++) {
                lanes.chainingValue(lane, words, parents[lane]);
            }
        }
        seated = 0;
    }

    /** Moves an odd last node to the end of the level above. */
    private static int carried(int[] words, int first, int nodes) {
        int pairs = nodes / 2;
        if (nodes % 2 == 1 && pairs > 0) {
            System.arraycopy(words, (first + nodes - 1) * CV_WORDS, words, (first + pairs) * CV_WORDS, CV_WORDS);
        }
        return nodes - pairs;
    }
}
