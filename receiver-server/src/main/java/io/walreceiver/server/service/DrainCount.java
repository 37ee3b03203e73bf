package io.walreceiver.server.service;

import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.outcome.SegmentOutcome.Abandoned;
import io.walreceiver.outcome.SegmentOutcome.Applied;
import io.walreceiver.outcome.SegmentOutcome.Deferred;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/** Counts what still gets its outcome after the service was told to stop. */
final class DrainCount implements Consumer<SegmentOutcome> {

    private final LongAdder segments = new LongAdder();
    private final LongAdder events = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private volatile boolean draining;

    void begin() {
        draining = true;
    }

    @Override
    public void accept(SegmentOutcome outcome) {
        if (!draining) {
            return;
        }
        if (outcome instanceof Abandoned || outcome instanceof Deferred) {
            dropped.increment();
            return;
        }
        segments.increment();
        if (outcome instanceof Applied applied) {
            events.add(applied.newEvents());
        }
    }

    long segments() {
        return segments.sum();
    }

    long events() {
        return events.sum();
    }

    long dropped() {
        return dropped.sum();
    }
}
