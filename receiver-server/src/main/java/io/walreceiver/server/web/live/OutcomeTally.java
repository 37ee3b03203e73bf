package io.walreceiver.server.web.live;

import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.outcome.SegmentOutcome.Abandoned;
import io.walreceiver.outcome.SegmentOutcome.Applied;
import io.walreceiver.outcome.SegmentOutcome.Deferred;
import io.walreceiver.outcome.SegmentOutcome.Duplicate;
import io.walreceiver.outcome.SegmentOutcome.Refused;
import java.util.concurrent.atomic.AtomicLong;

/** Counters of a log's outcomes. */
final class OutcomeTally {

    private final AtomicLong events = new AtomicLong();
    private final AtomicLong applied = new AtomicLong();
    private final AtomicLong duplicate = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong deferred = new AtomicLong();
    private final AtomicLong abandoned = new AtomicLong();

    void applied(Applied outcome) {
        events.addAndGet(outcome.newEvents());
        applied.incrementAndGet();
    }

    void count(SegmentOutcome outcome) {
        if (outcome instanceof Duplicate) {
            duplicate.incrementAndGet();
        } else if (outcome instanceof Refused) {
            refused.incrementAndGet();
        } else if (outcome instanceof Deferred) {
            deferred.incrementAndGet();
        } else if (outcome instanceof Abandoned) {
            abandoned.incrementAndGet();
        }
    }

    OutcomeCounts read() {
        return new OutcomeCounts(
                events.get(), applied.get(), duplicate.get(), refused.get(), deferred.get(), abandoned.get());
    }
}
