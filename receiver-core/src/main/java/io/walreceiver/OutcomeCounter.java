package io.walreceiver;

import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.outcome.SegmentOutcome.Abandoned;
import io.walreceiver.outcome.SegmentOutcome.Applied;
import io.walreceiver.outcome.SegmentOutcome.Deferred;
import io.walreceiver.outcome.SegmentOutcome.Duplicate;
import io.walreceiver.outcome.SegmentOutcome.Refused;

/** Counts outcomes as they are emitted: one at a time, read from any thread. */
final class OutcomeCounter {

    private long applied;
    private long duplicate;
    private long refused;
    private long deferred;
    private long abandoned;
    private long appliedEvents;
    private long skippedEvents;

    synchronized void count(SegmentOutcome outcome) {
        if (outcome instanceof Applied one) {
            applied++;
            appliedEvents += one.newEvents() - one.skippedEvents();
            skippedEvents += one.skippedEvents();
        } else if (outcome instanceof Duplicate) {
            duplicate++;
        } else if (outcome instanceof Refused) {
            refused++;
        } else if (outcome instanceof Deferred) {
            deferred++;
        } else if (outcome instanceof Abandoned) {
            abandoned++;
        }
    }

    synchronized OutcomeCounts counts() {
        return new OutcomeCounts(applied, duplicate, refused, deferred, abandoned, appliedEvents, skippedEvents);
    }
}
