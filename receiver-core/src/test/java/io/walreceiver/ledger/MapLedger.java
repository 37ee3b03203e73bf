package io.walreceiver.ledger;

import io.walreceiver.format.EventBatch;
import io.walreceiver.format.LogId;
import io.walreceiver.schema.SignalSchema;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * The ledger's semantics in the plainest code there is: what the fast form is held against. One thread; forgets nothing.
 *
 * <p>Scores are computed with {@link Decay}, so that they agree bit for bit.
 */
final class MapLedger {

    private static final long MINUTE = 60_000_000_000L;

    record Pair(long entityId, int signalType) {}

    private static final class State {
        private double score;
        private long last;
        private long allTime;
        private final TreeMap<Long, Long> eventsByMinute = new TreeMap<>();
    }

    private final SignalSchema schema;
    private final SortedMap<LogId, Map<Pair, State>> logs = new TreeMap<>();

    MapLedger(SignalSchema schema) {
        this.schema = schema;
    }

    void apply(LogId log, EventBatch batch) {
        for (int i = 0; i < batch.count(); i++) {
            apply(log, batch.entityId(i), batch.signalType(i), batch.weight(i), batch.timestampNanos(i));
        }
    }

    void apply(LogId log, long entityId, int signalType, float weight, long t) {
        double lambda = schema.type(signalType).orElseThrow().lambdaPerNano();
        State state = logs.computeIfAbsent(log, any -> new HashMap<>())
                .computeIfAbsent(new Pair(entityId, signalType), any -> new State());
        if (state.allTime == 0 || t >= state.last) {
            state.score = state.score * Decay.factor(lambda, state.allTime == 0 ? 0 : t - state.last) + weight;
            state.last = t;
        } else {
            state.score = state.score + weight * Decay.factor(lambda, state.last - t);
        }
        state.allTime++;
        state.eventsByMinute.merge(t / MINUTE, 1L, Long::sum);
    }

    void forget(LogId log) {
        logs.remove(log);
    }

    SignalReading read(long entityId, int signalType, long now) {
        List<State> states = new ArrayList<>();
        for (Map<Pair, State> pairs : logs.values()) {
            State state = pairs.get(new Pair(entityId, signalType));
            if (state != null) {
                states.add(state);
            }
        }
        long asOf = now;
        for (State state : states) {
            asOf = Math.max(asOf, state.last);
        }
        double score = 0;
        long[] counts = new long[4];
        for (State state : states) {
            double lambda = schema.type(signalType).orElseThrow().lambdaPerNano();
            score += state.score * Decay.factor(lambda, asOf - state.last);
            counts[0] += state.allTime;
            long minute = asOf / MINUTE;
            long hour = minute / 60;
            for (Map.Entry<Long, Long> entry :
                    state.eventsByMinute.tailMap(minute - 169 * 60).entrySet()) {
                counts[1] += entry.getKey() > minute - 60 ? entry.getValue() : 0;
                counts[2] += entry.getKey() / 60 > hour - 24 ? entry.getValue() : 0;
                counts[3] += entry.getKey() / 60 > hour - 168 ? entry.getValue() : 0;
            }
        }
        return new SignalReading(entityId, signalType, asOf, score, counts[0], counts[1], counts[2], counts[3]);
    }

    /** Every pair once, by unsigned entity id, then type. */
    List<SignalReading> readAll(long now) {
        return logs.values().stream()
                .flatMap(pairs -> pairs.keySet().stream())
                .distinct()
                .map(pair -> read(pair.entityId(), pair.signalType(), now))
                .sorted(Comparator.<SignalReading, Long>comparing(SignalReading::entityId, Long::compareUnsigned)
                        .thenComparing(SignalReading::signalType))
                .toList();
    }

    /** The first {@code k} of one type: highest rank first, then lowest unsigned entity id. */
    static List<SignalReading> top(
            List<SignalReading> all, int signalType, int k, ToDoubleFunction<SignalReading> rank) {
        return all.stream()
                .filter(reading -> reading.signalType() == signalType)
                .sorted(Comparator.comparingDouble(rank)
                        .reversed()
                        .thenComparing(SignalReading::entityId, Long::compareUnsigned))
                .limit(k)
                .toList();
    }
}
