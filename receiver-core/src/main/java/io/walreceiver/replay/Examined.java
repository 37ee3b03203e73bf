package io.walreceiver.replay;

import io.walreceiver.format.SegmentFault;
import io.walreceiver.format.SegmentView;
import io.walreceiver.format.WalSegmentPayload;

/** What the parallel stages found out about a segment, in the order in which segments came; the writer decides. */
public sealed interface Examined {

    /** Every event that the segment claims was received before. */
    record Known(WalSegmentPayload segment) implements Examined {}

    /** The segment is verified. {@code allValid} is false if some events are to be skipped. */
    record Intact(SegmentView segment, boolean allValid) implements Examined {}

    /** The segment must not be applied. */
    record Faulty(WalSegmentPayload segment, SegmentFault fault) implements Examined {}

    /** A stage failed: nothing is known of the segment. */
    record Failed(WalSegmentPayload segment, Throwable cause) implements Examined {}

    /** Not a segment: other logs need the room, so what is held is to be let go. */
    record GiveUpHeld() implements Examined {}

    /** Not a segment: what is held may follow now. */
    record HeldMayFollow() implements Examined {}
}
