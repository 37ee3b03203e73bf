package io.walreceiver.replay;

import io.walreceiver.format.SegmentView;
import io.walreceiver.replay.Examined.Intact;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Verified segments that wait behind a gap, by first event; of two with the same first event the longer is kept. */
final class HeldSegments {

    private final NavigableMap<Long, Intact> byFirst = new TreeMap<>();
    private long bytes;

    int count() {
        return byFirst.size();
    }

    long bytes() {
        return bytes;
    }

    boolean isEmpty() {
        return byFirst.isEmpty();
    }

    /** First event of the first segment held; only if there is one. */
    long firstSeq() {
        return byFirst.firstKey();
    }

    /** Whether the first segment held follows event {@code received} without a hole. */
    boolean continues(long received) {
        Map.Entry<Long, Intact> first = byFirst.firstEntry(); // in one look: another thread may clear it at the end
        return first != null && first.getKey() - 1 <= received;
    }

    /** Whether every event of the segment lies in the segments held, together. */
    boolean covers(SegmentView segment) {
        long next = segment.firstSeq();
        while (next <= segment.lastSeq()) {
            Map.Entry<Long, Intact> before = byFirst.floorEntry(next);
            if (before == null || before.getValue().segment().lastSeq() < next) {
                return false;
            }
            next = before.getValue().segment().lastSeq() + 1;
        }
        return true;
    }

    /** Holds a segment that is not {@link #covers covered}; returns a shorter one with the same first event that it replaces. */
    @Nullable
    SegmentView add(Intact intact) {
        Intact shorter = byFirst.put(intact.segment().firstSeq(), intact);
        bytes += intact.segment().sizeBytes();
        if (shorter == null) {
            return null;
        }
        bytes -= shorter.segment().sizeBytes();
        return shorter.segment();
    }

    /** Takes the first segment out; null if there is none. */
    @Nullable
    Intact takeFirst() {
        Map.Entry<Long, Intact> first = byFirst.pollFirstEntry();
        if (first == null) {
            return null;
        }
        bytes -= first.getValue().segment().sizeBytes();
        return first.getValue();
    }

    void clear() {
        byFirst.clear();
        bytes = 0;
    }
}
