package io.walreceiver.examples.postgres;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** The events of one segment by pair, until they are written: as much memory as the segment, and some. */
final class SegmentEffect {

    private final Map<Pair, PairEvents> pairs = new LinkedHashMap<>();

    void add(long entityId, int signalType, float weight, long timestampNanos) {
        pairs.computeIfAbsent(new Pair(signalType, entityId), PairEvents::new).add(weight, timestampNanos);
    }

    Collection<PairEvents> pairs() {
        return pairs.values();
    }
}
