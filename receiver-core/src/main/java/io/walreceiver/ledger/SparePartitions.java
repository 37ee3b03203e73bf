package io.walreceiver.ledger;

import java.lang.ref.SoftReference;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Partitions that nobody uses at the moment, 22 MB each: as many as large segments were applied at once. Who needs the heap more may
 * have them. Safe for use by any thread.
 */
final class SparePartitions {

    private final Queue<SoftReference<EventPartitions>> spare = new ConcurrentLinkedQueue<>();

    /** Empty partitions, for the caller alone. */
    EventPartitions take() {
        for (SoftReference<EventPartitions> kept = spare.poll(); kept != null; kept = spare.poll()) {
            EventPartitions partitions = kept.get();
            if (partitions != null) {
                return partitions;
            }
        }
        return new EventPartitions();
    }

    /** Takes them back, empty again. */
    void giveBack(EventPartitions partitions) {
        spare.add(new SoftReference<>(partitions));
    }
}
