package io.walreceiver.bench;

import io.walreceiver.format.WalSegmentPayload;

/** Segments that the format benchmarks run on. */
public enum SegmentShape {
    /** A leader's usual segment: just below 16 MiB, 7,752 batches of 100 events. */
    USUAL_16_MIB(775_200, 100),
    /** One usual batch on its own: 2,164 bytes. */
    ONE_BATCH(100, 100),
    /** The smallest segment there is: 85 bytes. */
    ONE_EVENT(1, 1);

    private final int events;
    private final int batchEvents;

    SegmentShape(int events, int batchEvents) {
        this.events = events;
        this.batchEvents = batchEvents;
    }

    WalSegmentPayload segment() {
        return new Workload(events, 300_000, batchEvents, 16 << 20, 42)
                .segments(0)
                .get(0);
    }
}
