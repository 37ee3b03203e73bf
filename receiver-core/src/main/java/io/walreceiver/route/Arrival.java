package io.walreceiver.route;

import io.walreceiver.format.SegmentFault;
import io.walreceiver.format.WalSegmentPayload;

/** What goes through a log's inbox, in order. */
public sealed interface Arrival {

    /** Which of its log's segments this is, counted from 1 as they left the transport; beyond all of them if it is none. */
    default long number() {
        return Long.MAX_VALUE;
    }

    /** How much there is to examine. */
    default int bytes() {
        return 0;
    }

    /** A segment; its bytes are taken from the budget. */
    record Segment(WalSegmentPayload payload, long number) implements Arrival {

        @Override
        public int bytes() {
            return payload.bytes().length;
        }
    }

    /** A segment that was refused for its size alone; {@code payload} is without its bytes. */
    record TooLarge(WalSegmentPayload payload, SegmentFault fault, long number) implements Arrival {}

    /** Not a segment: other logs need the room that this log's held segments take. */
    record GiveUpHeld() implements Arrival {}

    /** Not a segment: what the log holds may follow now. */
    record HeldMayFollow() implements Arrival {}
}
