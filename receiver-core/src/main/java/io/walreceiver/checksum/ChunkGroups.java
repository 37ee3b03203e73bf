package io.walreceiver.checksum;

import static io.walreceiver.checksum.Blake3.BLOCK_BYTES;
import static io.walreceiver.checksum.Blake3.CHUNK_BYTES;
import static io.walreceiver.checksum.Blake3.CHUNK_START;
import static io.walreceiver.checksum.Blake3.CV_WORDS;
import static io.walreceiver.checksum.LaneKernel.LANES;

import java.util.Arrays;

/**
 * Hashes the chunks of a tile in groups, one chunk a lane. The longest come first, so that the lanes of a group work in lockstep
 * and those that are through are always its last.
 *
 * <p>Not safe for use by several threads at a time.
 */
final class ChunkGroups {

    /** Fewer are as fast or faster one by one: a compiled loop takes this many at a time before its vector part is entered. */
    static final int MIN_LANES = 64;

    private static final int HALF_BLOCK = BLOCK_BYTES / 2;

    /** A chunk's class is its length in half blocks, rounded so that a partial block counts one half. */
    private static final int CLASSES = 2 * CHUNK_BYTES / BLOCK_BYTES + 1;

    private final LaneKernel lanes;
    private final ScalarKernel scalar;

    private final int[] classStart = new int[CLASSES + 1];
    private final int[] order = new int[ChunkTile.CHUNKS];

    /** Of each lane: its chunk, as the tile has it. */
    private final int[] address = new int[LANES];

    private final int[] start = new int[LANES];
    private final int[] length = new int[LANES];
    private final int[] counters = new int[LANES];
    private final int[] lastFlags = new int[LANES];

    /** Of each lane: its block. */
    private final int[] blockLengths = new int[LANES];

    private final int[] flags = new int[LANES];

    private final byte[] lastBlock = new byte[BLOCK_BYTES];

    /** Never read. */
    private int touched;

    ChunkGroups(LaneKernel lanes, ScalarKernel scalar) {
        this.lanes = lanes;
        this.scalar = scalar;
    }

    /** Computes the chaining value of every chunk. */
    void hash(byte[] segment, ChunkTile tile) {
        int chunks = tile.chunks();
        if (chunks < MIN_LANES) {
            for (int chunk = 0; chunk < chunks; chunk++) {
                hashOne(segment, tile, chunk);
            }
            return;
        }
        sort(tile);
        for (int from = 0; from < chunks; from += LANES) {
            int count = Math.min(LANES, chunks - from);
            if (count < MIN_LANES) {
                for (int i = from; i < chunks; i++) {
                    hashOne(segment, tile, order[i]);
                }
            } else {
                hashGroup(segment, tile, from, count);
            }
        }
    }

    /** Longest first; chunks of one class stay in the order of their addresses. */
    private void sort(ChunkTile tile) {
        Arrays.fill(classStart, 0);
        int chunks = tile.chunks();
        for (int i = 0; i < chunks; i++) {
            classStart[classOf(tile.length[i]) + 1]++;
        }
        for (int i = 1; i < CLASSES; i++) {
            classStart[i] += classStart[i - 1];
        }
        for (int i = 0; i < chunks; i++) {
            order[classStart[classOf(tile.length[i])]++] = i;
        }
    }

    private static int classOf(int length) {
        int partial = length % BLOCK_BYTES == 0 ? 0 : 1;
        return CLASSES - 1 - (2 * (length / BLOCK_BYTES) + partial);
    }

    private void hashGroup(byte[] segment, ChunkTile tile, int from, int count) {
        seat(tile, from, count);
        touch(segment, count);
        lanes.start(count);
        int active = count;
        for (int offset = 0; active > 0; offset += BLOCK_BYTES) {
            int whole = withBytes(offset + BLOCK_BYTES, active);
            int staying = withBytes(offset + BLOCK_BYTES + 1, whole);
            load(segment, offset, whole, active);
            label(offset, whole, staying, active);
            lanes.compress(counters, blockLengths, flags, active);
            for (int lane = staying; lane < active; lane++) {
                lanes.chainingValue(lane, tile.chainingValues, order[from + lane] * CV_WORDS);
            }
            active = staying;
        }
    }

    private void seat(ChunkTile tile, int from, int count) {
        for (int lane = 0; lane < count; lane++) {
            int chunk = order[from + lane];
            address[lane] = tile.address[chunk];
            start[lane] = tile.start(chunk);
            length[lane] = tile.length[chunk];
            counters[lane] = tile.counter[chunk];
            lastFlags[lane] = tile.lastFlags[chunk];
        }
    }

    /** How many of the first lanes have chunks of so many bytes or more. */
    private int withBytes(int bytes, int lanes) {
        int count = lanes;
        while (count > 0 && length[count - 1] < bytes) {
            count--;
        }
        return count;
    }

    private void load(byte[] segment, int offset, int whole, int active) {
        int[] first = offset == 0 ? start : address;
        lanes.firstHalf(segment, first, offset, whole);
        lanes.secondHalf(segment, address, offset + HALF_BLOCK, whole);
        for (int lane = whole; lane < active; lane++) {
            int second = address[lane] + offset + HALF_BLOCK;
            lanes.message(lane, padded(segment, first[lane] + offset, second, length[lane] - offset));
        }
    }

    /** The length and the flags of each lane's block. */
    private void label(int offset, int whole, int staying, int active) {
        int flag = offset == 0 ? CHUNK_START : 0;
        Arrays.fill(blockLengths, 0, whole, BLOCK_BYTES);
        for (int lane = whole; lane < active; lane++) {
            blockLengths[lane] = length[lane] - offset;
        }
        Arrays.fill(flags, 0, staying, flag);
        for (int lane = staying; lane < active; lane++) {
            flags[lane] = flag | lastFlags[lane];
        }
    }

    /**
     * Reads one byte of each cache line, in the order in which they lie in memory: the processor then fetches ahead, which it
     * does not when hundreds of lanes each take the next block of their own.
     */
    private void touch(byte[] segment, int count) {
        int sum = 0;
        for (int lane = 0; lane < count; lane++) {
            int end = address[lane] + length[lane];
            for (int at = start[lane]; at < end; at += BLOCK_BYTES) {
                sum += segment[at];
            }
        }
        touched = sum; // kept, or the compiler might leave the reads out
    }

    /** The last bytes of a chunk, from two places, and zeros after them. */
    private byte[] padded(byte[] segment, int first, int second, int bytes) {
        Arrays.fill(lastBlock, (byte) 0);
        System.arraycopy(segment, first, lastBlock, 0, Math.min(bytes, HALF_BLOCK));
        if (bytes > HALF_BLOCK) {
            System.arraycopy(segment, second, lastBlock, HALF_BLOCK, bytes - HALF_BLOCK);
        }
        return lastBlock;
    }

    private void hashOne(byte[] segment, ChunkTile tile, int chunk) {
        int[] words = tile.chainingValues;
        int out = chunk * CV_WORDS;
        int counter = tile.counter[chunk];
        int first = tile.start(chunk);
        int at = tile.address[chunk];
        int left = tile.length[chunk];
        int flag = CHUNK_START;
        ScalarKernel.start(words, out);
        while (left > BLOCK_BYTES) {
            scalar.message(segment, first, at + HALF_BLOCK);
            scalar.compress(words, out, counter, BLOCK_BYTES, flag);
            flag = 0;
            left -= BLOCK_BYTES;
            at += BLOCK_BYTES;
            first = at;
        }
        scalar.message(padded(segment, first, at + HALF_BLOCK, left), 0, HALF_BLOCK);
        scalar.compress(words, out, counter, left, flag | tile.lastFlags[chunk]);
    }
}
