package io.walreceiver.checksum;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;

/**
 * BLAKE3 over many batches at once: their chunks side by side in lanes, by a {@link LaneKernel}. A
 * batch on its own keeps only three lanes busy; a segment has thousands.
 *
 * <p>The scratch space (some 600 KiB) comes from a small pool of this hasher. Thread locals would stay behind in threads that
 * an embedder owns, and hold on to its class loader; the pool goes when the hasher does, and never holds more than one a
 * processor.
 */
final class LaneHasher implements BatchHasher {

    private final Supplier<LaneKernel> kernels;
    private final BatchHasher forHugeBatches;
    private final AtomicReferenceArray<Scratch> pool =
            new AtomicReferenceArray<>(Runtime.getRuntime().availableProcessors());

    /**
     * A hasher.
     *
     * @param kernels makes what compresses
     * @param forHugeBatches hashes batches that do not fit into a tile, which the format does not allow but this interface does
     */
    LaneHasher(Supplier<LaneKernel> kernels, BatchHasher forHugeBatches) {
        this.kernels = kernels;
        this.forHugeBatches = forHugeBatches;
    }

    @Override
    public void hash(byte[] segment, int[] headerOffsets, int[] payloadBytes, int from, int to, byte[] out) {
        Scratch scratch = take();
        hash(scratch, segment, headerOffsets, payloadBytes, from, to, out, 0);
        give(scratch); // not if something was thrown: half-done work must not be found by the next
    }

    @Override
    public void hash(byte[][] segments, int[] headerOffsets, int[] payloadBytes, int count, byte[] out) {
        Scratch scratch = take();
        GatheredBatches gathered = scratch.gathered;
        int done = 0;
        while (done < count) {
            int next = gathered.fill(segments, headerOffsets, payloadBytes, done, count);
            int at = done * CHECKSUM_BYTES;
            if (next > done) {
                hash(scratch, gathered.bytes, gathered.offsets, gathered.payloadBytes, 0, next - done, out, at);
            } else { // one that is large enough by itself
                next = done + 1;
                hash(scratch, segments[done], headerOffsets, payloadBytes, done, next, out, at);
            }
            done = next;
        }
        give(scratch);
    }

    private void hash(
            Scratch scratch,
            byte[] segment,
            int[] headerOffsets,
            int[] payloadBytes,
            int from,
            int to,
            byte[] out,
            int at) {
        int done = from;
        while (done < to) {
            int next = scratch.tile.fill(headerOffsets, payloadBytes, done, to);
            int start = at + (done - from) * CHECKSUM_BYTES;
            if (next > done) {
                scratch.hash(segment, out, start);
            } else {
                next = done + 1;
                byte[] checksum = new byte[CHECKSUM_BYTES];
                forHugeBatches.hash(segment, headerOffsets, payloadBytes, done, next, checksum);
                System.arraycopy(checksum, 0, out, start, CHECKSUM_BYTES);
            }
            done = next;
        }
    }

    private Scratch take() {
        for (int i = 0; i < pool.length(); i++) {
            if (pool.getPlain(i) != null) {
                Scratch scratch = pool.getAndSet(i, null);
                if (scratch != null) {
                    return scratch;
                }
            }
        }
        return new Scratch(kernels.get());
    }

    private void give(Scratch scratch) {
        for (int i = 0; i < pool.length(); i++) {
            if (pool.compareAndSet(i, null, scratch)) {
                return;
            }
        }
    }

    @Override
    public String toString() {
        return "BLAKE3 in lanes";
    }

    /** What one call works with. */
    private static final class Scratch {

        private final GatheredBatches gathered = new GatheredBatches();
        private final ChunkTile tile = new ChunkTile();
        private final ChunkGroups groups;
        private final ParentLevels levels;

        Scratch(LaneKernel lanes) {
            ScalarKernel scalar = new ScalarKernel();
            groups = new ChunkGroups(lanes, scalar);
            levels = new ParentLevels(lanes, scalar);
        }

        void hash(byte[] segment, byte[] out, int at) {
            groups.hash(segment, tile);
            levels.join(tile);
            tile.checksums(out, at);
        }
    }
}
