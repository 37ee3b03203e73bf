package io.walreceiver.ledger;

import io.walreceiver.format.EventBatch;
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
}
