package io.walreceiver.ledger;

/**
 * The scores of many entities. Their home slots are read first, then their entries are found, and only then is anything computed:
 * the cache misses overlap, as they do for the writer. For one thread.
 */
final class CandidateScores {

    private static final int TILE = 64;

    private final int signalType;
    private final long nowNanos;
    private final double[] out;

    private final Part[] parts = new Part[TILE];
    private final PairIndex[] tables = new PairIndex[TILE];
    private final long[] entities = new long[TILE];
    private final int[] hashes = new int[TILE];
    /** The home slot, then the entry's number or -1. */
    private final int[] found = new int[TILE];

    private final int[] candidates = new int[TILE];
    private int queued;

    /**
     * No scores so far.
     *
     * @param out to be added to; becomes NaN where an entry has an event after {@code nowNanos}, or is being written
     */
    CandidateScores(int signalType, long nowNanos, double[] out) {
        this.signalType = signalType;
        this.nowNanos = nowNanos;
        this.out = out;
    }

    /** Adds what a part holds of an entity to {@code out[candidate]}. Parts of one entity come in the order of their logs' ids. */
    void add(Part part, long entityId, int candidate) {
        PairIndex table = part.index();
        int hash = PairIndex.hash(entityId, signalType);
        parts[queued] = part;
        tables[queued] = table;
        entities[queued] = entityId;
        hashes[queued] = hash;
        found[queued] = table.homeSlot(hash);
        candidates[queued] = candidate;
        if (++queued == TILE) {
            finish();
        }
    }

    /** Completes what was added. */
    void finish() {
        for (int i = 0; i < queued; i++) {
            found[i] = tables[i].find(parts[i].entries(), found[i], hashes[i], entities[i], signalType);
        }
        for (int i = 0; i < queued; i++) {
            if (found[i] >= 0) {
                out[candidates[i]] += parts[i].scoreAt(found[i], nowNanos);
            }
        }
        queued = 0;
    }
}
