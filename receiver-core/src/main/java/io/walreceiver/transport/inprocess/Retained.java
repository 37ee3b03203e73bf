package io.walreceiver.transport.inprocess;

import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.transport.sender.Outgoing;

/** A segment in the leader's tail. */
final class Retained {

    final WalSegmentPayload segment;
    /** Its place in the order of sending, over all logs. */
    final long order;

    final long lastSeq;
    /** How many attached followers have not acknowledged it. */
    int owedTo;

    Retained(WalSegmentPayload segment, long order) {
        this.segment = segment;
        this.order = order;
        this.lastSeq = Outgoing.plausibleLast(segment.id().seqno(), segment.eventCount(), segment.bytes().length);
    }

    /** The segment on its way to one follower. */
    static final class Copy extends Outgoing {

        final Retained retained;

        Copy(Retained retained) {
            this.retained = retained;
        }

        long order() {
            return retained.order;
        }

        @Override
        public long firstSeq() {
            return retained.segment.id().seqno();
        }

        @Override
        public long lastSeq() {
            return retained.lastSeq;
        }

        @Override
        public long sizeBytes() {
            return retained.segment.bytes().length;
        }
    }
}
