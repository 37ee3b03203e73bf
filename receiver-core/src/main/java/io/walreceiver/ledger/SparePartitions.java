package io.walreceiver.ledger;

import java.lang.ref.WeakReference;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Partitions that nobody uses at the moment, 26 MB each: as many as large segments were applied at once, until the next collection. Safe
 * for use by any thread.
 */
final class SparePartitions {

    private final Queue<WeakReference<EventPartitions>> spare = new ConcurrentLinkedQueue<>();

    /** Empty partitions, for the caller alone. */
    EventPartitions take() {
        for (WeakReference<EventPartitions> kept = spare.poll(); kept != null; kept = spare.poll()) {
            EventPartitions partitions = kept.get();
            if (partitions != null) {
                return partitions;
            }
        }
        return new EventPartitions();
    }

    /** Takes them back, empty again. */
    void giveBack(EventPartitions partitions) {
        spare.add(new WeakReference<>(partitions));
    }
}
