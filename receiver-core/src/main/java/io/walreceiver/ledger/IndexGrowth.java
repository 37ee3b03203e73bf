package io.walreceiver.ledger;

import org.jspecify.annotations.Nullable;

/**
 * Makes the next index while the present one still has room, a little with every tile of events, so that a log with a hundred million
 * pairs stands still no longer than one with a thousand. Entries never move, and those that come meanwhile have higher numbers: walking the numbers
 * once meets them all.
 *
 * <p>It begins when five of eight slots are in use, or would be with the pairs that are expected, and moves eight entries for each event, of
 * which at most one is new: it is done before six of eight are. The writer's own.
 */
final class IndexGrowth {

    private static final int MOVES_PER_EVENT = 8;

    private final Entries entries;
    private @Nullable PairIndex next;
    private int moved;
    private long expected;

    IndexGrowth(Entries entries) {
        this.entries = entries;
    }

    /**
     * Says how many new pairs are to come, as far as that is known: growing early costs less, as there are fewer entries to move.
     *
     * @param pairs beside those that room is made for; 0 if nothing is known
     */
    void expect(long pairs) {
        expected = pairs;
    }

    /**
     * Makes room for new pairs.
     *
     * @param index in use
     * @param events at most so many new pairs come now
     * @return the index to use from now on
     */
    PairIndex makeRoom(PairIndex index, int events) {
        long pairs = (long) entries.size() + events;
        long likely = Math.max(pairs, Math.min(PairIndex.MAX_PAIRS, pairs + expected));
        if (next == null && !index.shouldGrow(likely)) {
            return index;
        }
        if (!index.growsByParts()) {
            return index.hasRoomFor(likely) ? index : PairIndex.of(entries, likely);
        }
        PairIndex grown = step(index, events);
        while (grown == index && !index.hasRoomFor(pairs)) {
            grown = step(index, events);
        }
        return grown;
    }

    private PairIndex step(PairIndex index, int events) {
        PairIndex building = next;
        if (building == null) {
            next = index.twice();
            moved = 0;
            return index;
        }
        if (building.addPage()) {
            return index;
        }
        int end = (int) Math.min(entries.size(), moved + (long) events * MOVES_PER_EVENT);
        building.insertAll(entries, moved, end);
        moved = end;
        if (moved < entries.size()) {
            return index;
        }
        next = null;
        return building;
    }

    /** Bytes of an index that is not in use yet. */
    long allocatedBytes() {
        PairIndex building = next;
        return building == null ? 0 : building.allocatedBytes();
    }
}
