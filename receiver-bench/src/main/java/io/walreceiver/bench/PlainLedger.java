package io.walreceiver.bench;

import io.walreceiver.ledger.SignalReading;
import io.walreceiver.schema.SignalType;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * The ledger as one writes it down first: a map from pair to object. Its reads take no lock, as they would have to beside a writer;
 * that is not charged to it.
 */
final class PlainLedger {

    private static final int SIGNAL_TYPES = 256;

    /** An entity and a signal type. */
    record Pair(long entityId, int signalType) {}

    private final Map<Pair, PlainPair> pairs;
    private final double[] lambdas = new double[SIGNAL_TYPES];

    /**
     * An empty ledger.
     *
     * @param pairs what it keeps them in
     */
    PlainLedger(Map<Pair, PlainPair> pairs) {
        this.pairs = pairs;
        for (SignalType type : Workload.SCHEMA.types()) {
            lambdas[type.index()] = type.lambdaPerNano() * 1e9;
        }
    }

    void applyWalEvent(long entityId, int signalType, float weight, long timestampNanos) {
        pairs.compute(new Pair(entityId, signalType), (pair, before) -> {
            PlainPair state = before == null ? new PlainPair() : before;
            state.add(lambdas[signalType], weight, timestampNanos);
            return state;
        });
    }

    int size() {
        return pairs.size();
    }

    double score(long entityId, int signalType, long now) {
        PlainPair state = pairs.get(new Pair(entityId, signalType));
        return state == null ? 0 : state.scoreAt(lambdas[signalType], now);
    }

    SignalReading read(long entityId, int signalType, long now) {
        return pairs.get(new Pair(entityId, signalType)).at(entityId, signalType, lambdas[signalType], now);
    }

    /** The {@code k} best scores of a type, best first. */
    double[] top(int signalType, int k, long now) {
        PriorityQueue<Double> best = new PriorityQueue<>();
        pairs.forEach((pair, state) -> {
            if (pair.signalType() == signalType) {
                double score = state.scoreAt(lambdas[signalType], now);
                if (best.size() < k || score > best.peek()) {
                    best.add(score);
                    if (best.size() > k) {
                        best.remove();
                    }
                }
            }
        });
        List<Double> sorted = best.stream().sorted(Comparator.reverseOrder()).toList();
        return sorted.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
