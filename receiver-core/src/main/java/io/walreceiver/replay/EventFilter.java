package io.walreceiver.replay;

import io.walreceiver.format.EventBatch;
import io.walreceiver.format.SegmentView;

/** Tells events that can be applied from those that are to be skipped. Any thread. */
public interface EventFilter {

    /** Whether every event of the segment can be applied. */
    boolean allValid(SegmentView segment);

    /** Whether event {@code i} of the batch can be applied. */
    boolean valid(EventBatch batch, int i);
}
