package io.walreceiver.ledger;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.format.EventBatch;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentDecoder;
import io.walreceiver.format.SegmentEncoder;
import io.walreceiver.format.SegmentView;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** One event, for tests. */
record Event(long entityId, int signalType, float weight, long nanos) {

    /** The events as a batch, which starts at an odd place in its array as batches do. */
    static EventBatch batch(List<Event> events) {
        ByteBuffer bytes = ByteBuffer.allocate(7 + events.size() * EventBatch.EVENT_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .position(7);
        for (Event event : events) {
            bytes.putLong(event.entityId)
                    .put((byte) event.signalType)
                    .putFloat(event.weight)
                    .putLong(event.nanos);
        }
        return new EventBatch(bytes.array(), 7, events.size(), 1, 0);
    }

    /** The events as a segment. */
    static SegmentView segment(LogId log, long firstSeq, int eventsPerBatch, List<Event> events) {
        SegmentEncoder encoder = new SegmentEncoder(log, 2, BatchHasher.fastest());
        for (int from = 0; from < events.size(); from += eventsPerBatch) {
            encoder.beginBatch(firstSeq + from, 0);
            for (Event event : events.subList(from, Math.min(events.size(), from + eventsPerBatch))) {
                encoder.event(event.entityId, event.signalType, event.weight, event.nanos);
            }
            encoder.endBatch();
        }
        return SegmentDecoder.decode(encoder.finish());
    }
}
