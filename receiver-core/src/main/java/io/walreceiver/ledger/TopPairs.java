package io.walreceiver.ledger;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** The best k of the readings offered: by rank descending, then by unsigned entity id ascending. For one signal type. */
final class TopPairs {

    private final int k;
    private final ToDoubleFunction<SignalReading> rank;
    private final Comparator<SignalReading> bestFirst;
    private final PriorityQueue<SignalReading> worstFirst;
    private final Set<Long> entities = new HashSet<>();

    /**
     * An empty list.
     *
     * @param k 1 or more
     */
    TopPairs(int k, ToDoubleFunction<SignalReading> rank) {
        this.k = k;
        this.rank = rank;
        this.bestFirst = (a, b) -> {
            double rankA = rank.applyAsDouble(a);
            double rankB = rank.applyAsDouble(b);
            if (rankA != rankB) {
                return rankA > rankB ? -1 : 1;
            }
            return Long.compareUnsigned(a.entityId(), b.entityId());
        };
        this.worstFirst = new PriorityQueue<>(bestFirst.reversed());
    }

    /** What ranks lower than this does not belong here. */
    double floor() {
        SignalReading worst = worstFirst.peek();
        return worst == null || worstFirst.size() < k ? Double.NEGATIVE_INFINITY : rank.applyAsDouble(worst);
    }

    /** Whether an entity that ranks no higher than {@code atMost} may belong here, and is not here yet. */
    boolean mayEnter(double atMost, long entityId) {
        SignalReading worst = worstFirst.peek();
        double floor = floor();
        boolean ranks = atMost > floor
                || worst == null
                || atMost == floor && Long.compareUnsigned(entityId, worst.entityId()) < 0;
        return ranks && !entities.contains(entityId);
    }

    /** Takes in a reading of an entity that is not here yet, if it ranks. */
    void offer(SignalReading reading) {
        worstFirst.add(reading);
        entities.add(reading.entityId());
        if (worstFirst.size() > k) {
            entities.remove(worstFirst.remove().entityId());
        }
    }

    List<SignalReading> bestFirst() {
        List<SignalReading> best = new ArrayList<>(worstFirst);
        best.sort(bestFirst);
        return List.copyOf(best);
    }
}
