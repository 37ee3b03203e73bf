package io.walreceiver.format;

/**
 * A segment as a transport delivers it: bytes that nobody has checked yet.
 *
 * <p>The receiver owns {@code bytes} from the moment it is handed the payload: the transport neither changes nor reuses the
 * array. They are plain heap bytes, so a payload that is dropped anywhere is garbage and nothing can leak. Two payloads are
 * equal if they share the same array.
 *
 * @param id which segment the sender says this is
 * @param bytes the whole segment
 * @param eventCount how many events the sender claims for the whole segment; a claim, checked like everything else
 */
public record WalSegmentPayload(WalSegmentId id, byte[] bytes, long eventCount) {

    /** The log that the sender says this segment belongs to. */
    public LogId log() {
        return id.log();
    }

    /** Sequence number of the last event by the sender's claim; meaningless where the claim is not. */
    public long claimedLastSeq() {
        return id.seqno() + eventCount - 1;
    }

    /**
     * As much of the claim as the bytes have room for, and 1 at least. For a segment that is not verified: its claim is no more to be
     * believed than the segment itself.
     */
    public long believableEventCount() {
        return Math.max(1, Math.min(eventCount, bytes.length / EventBatch.EVENT_BYTES));
    }

    @Override
    public String toString() {
        return "segment " + id + " (" + bytes.length + " bytes, " + eventCount + " events claimed)";
    }
}
