package io.walreceiver.transport.sender;

import io.walreceiver.format.EventBatch;

/** A segment in the sending order of one {@link SendingLog}, with what became of it there. */
public abstract class Outgoing {

    private static final int MIN_HEADER_BYTES = 64;

    boolean sent;
    boolean inFlight;
    long inFlightBytes;

    /** Sequence number of the first event, by its name; not checked. */
    public abstract long firstSeq();

    /**
     * Sequence number of the last event, or the highest that it can be; 0 if no position can ever pass the segment. Does not
     * change while the segment is in flight.
     */
    public abstract long lastSeq();

    /** Size in bytes. */
    public abstract long sizeBytes();

    /** Whether the source holds another copy now than the one that was sent. */
    public boolean changed() {
        return false;
    }

    /** Whether it has been sent on this subscription. */
    public final boolean sent() {
        return sent;
    }

    final boolean holds(long seq) {
        return firstSeq() <= seq && seq <= lastSeq();
    }

    /**
     * The last event of a segment that claims {@code eventCount} events, which may be a lie: no more than its bytes have room for.
     *
     * @return 0 if the claim lies outside of what a position can be
     */
    public static long plausibleLast(long firstSeq, long eventCount, long sizeBytes) {
        long room = Math.max(1, (sizeBytes - MIN_HEADER_BYTES) / EventBatch.EVENT_BYTES);
        long count = Math.max(1, Math.min(eventCount, room));
        return firstSeq < 1 || firstSeq > Long.MAX_VALUE - count ? 0 : firstSeq + count - 1;
    }
}
