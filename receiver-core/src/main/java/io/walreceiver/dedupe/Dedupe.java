package io.walreceiver.dedupe;

import io.walreceiver.format.WalSegmentPayload;

/**
 * Tells by id and claimed event count alone whether a segment can be dropped unread.
 *
 * <p>It only ever drops: a claim may be wrong, so it neither advances a position nor shadows a copy that is still to come.
 */
public final class Dedupe {

    private Dedupe() {}

    /**
     * Whether every event that the segment claims lies at or below {@code received}.
     *
     * @param received last event of the unbroken run of verified segments
     */
    public static boolean has(WalSegmentPayload segment, long received) {
        long first = segment.id().seqno();
        long count = segment.eventCount();
        // Written without a sum, which a hostile claim could make wrap.
        return first > 0 && count > 0 && first <= received && count - 1 <= received - first;
    }
}
