package io.walreceiver.outcome;

import io.walreceiver.format.SegmentFault;
import io.walreceiver.format.WalSegmentId;

/** What became of a delivered segment. Every one ends in exactly one outcome; waiting behind a gap is a state, not an outcome. */
public sealed interface SegmentOutcome {

    /** The segment as its sender named it. */
    WalSegmentId segment();

    /**
     * The segment was verified and the events of it that were new are in the ledger.
     *
     * @param segment the segment
     * @param seenEvents events of the segment, 1 or more
     * @param newEvents how many of them had not been applied before, 1 or more; fewer than {@code seenEvents} where cuts overlap
     * @param skippedEvents how many of the new ones were invalid and, by policy, skipped instead of applied
     * @param through position of the log after it
     */
    record Applied(WalSegmentId segment, long seenEvents, long newEvents, long skippedEvents, long through)
            implements SegmentOutcome {}

    /**
     * Every event of the segment had been applied, or lies in verified segments that wait.
     *
     * @param segment the segment
     */
    record Duplicate(WalSegmentId segment) implements SegmentOutcome {}

    /**
     * The segment was checked and found at fault; nothing of it was applied. Its log waits for a good copy.
     *
     * @param segment the segment
     * @param fault what is wrong with it
     */
    record Refused(WalSegmentId segment, SegmentFault fault) implements SegmentOutcome {}

    /**
     * The segment was let go, unapplied, and will be asked for again.
     *
     * @param segment the segment
     * @param reason why
     */
    record Deferred(WalSegmentId segment, String reason) implements SegmentOutcome {}

    /**
     * The stream ended while the segment still waited; nothing of it was applied and nothing acknowledged.
     *
     * @param segment the segment
     * @param reason what it waited for
     */
    record Abandoned(WalSegmentId segment, String reason) implements SegmentOutcome {}
}
