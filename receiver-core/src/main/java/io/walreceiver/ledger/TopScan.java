package io.walreceiver.ledger;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Finds the pairs of a type that rank highest by going through all entries. What an entry can add to its pair's rank is told
 * by the entry alone; only those few that may rank are read.
 */
final class TopScan {

    /** With more parts that a pair may lie in, looking it up in each costs more than sorting the pairs. */
    private static final int MAX_LOOKED_UP = 8;
    /** More than what adding up the scores of so many parts can round up. */
    private static final double ROUNDING = 1 + 1e-12;

    private final HeldParts parts;
    private final int signalType;
    private final long nowNanos;
    private final Bound bound;
    private final TopPairs top;

    /** What an entry can add to its pair's rank at the most. */
    interface Bound {
        double of(long[] chunk, int at);
    }

    TopScan(HeldParts parts, int signalType, int k, long nowNanos, ToDoubleFunction<SignalReading> rank, Bound bound) {

        this.parts = parts;
        this.signalType = signalType;
        this.nowNanos = nowNanos;
        this.bound = bound;
        this.top = new TopPairs(k, rank);
    }

    /** The best ones, best first. */
    List<SignalReading> run(PairSum sum) {
        int most = parts.mostOfOnePair();
        if (most > MAX_LOOKED_UP) {
            new PairOrder(parts.all(), signalType).forEach(sum, nowNanos, top::offer);
            return top.bestFirst();
        }
        // A pair that ranks has at least its share of the rank in one of its parts.
        double shares = most <= 1 ? 1 : most * ROUNDING;
        for (Part part : parts.all()) {
            scan(part.entries(), shares, sum);
        }
        return top.bestFirst();
    }

    private void scan(Entries entries, double shares, PairSum sum) {
        for (int id = 0, end = entries.size(); id < end; ) {
            long[] chunk = entries.chunk(id);
            int chunkEnd = Math.min(end, id - id % Entries.CHUNK_ENTRIES + Entries.CHUNK_ENTRIES);
            double floor = top.floor();
            for (int at = Entries.at(id); id < chunkEnd; id++, at += Entries.WORDS) {
                if (Entries.signal(Entries.peek(chunk, at, Entries.META)) == signalType) {
                    double most = bound.of(chunk, at) * shares;
                    if (most >= floor) {
                        offer(most, chunk[at + Entries.ENTITY], sum);
                        floor = top.floor();
                    }
                }
            }
        }
    }

    private void offer(double most, long entityId, PairSum sum) {
        if (top.mayEnter(most, entityId)) {
            top.offer(InMemorySignalLedger.read(parts, sum, entityId, signalType, nowNanos));
        }
    }
}
