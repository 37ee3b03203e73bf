package io.walreceiver.transport.inprocess;

import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.transport.sender.Outgoing;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import reactor.core.publisher.MonoSink;

/**
 * What the leader keeps of one log: segments that some follower has not acknowledged, at most a window of bytes, and the offers
 * that wait for room, in order. Guarded by the leader's lock.
 */
final class Tail {

    /** A segment that somebody waits to have taken. */
    record Offer(WalSegmentPayload segment, MonoSink<Void> sender) {

        long firstSeq() {
            return segment.id().seqno();
        }

        long lastSeq() {
            return Outgoing.plausibleLast(firstSeq(), segment.eventCount(), segment.bytes().length);
        }

        // Two offers of one segment are two offers.
        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    private final long windowBytes;
    private final Set<Retained> retained = new LinkedHashSet<>();
    private final Set<Offer> waiting = new LinkedHashSet<>();
    private long retainedBytes;
    /** The event that a follower asked for last and that nobody has sent since; 0 for none. */
    private long wanted;
    /** Last event of the segments taken so far; 0 for none. */
    private long head;

    Tail(long windowBytes) {
        this.windowBytes = windowBytes;
    }

    Set<Retained> retained() {
        return retained;
    }

    Set<Offer> waiting() {
        return waiting;
    }

    long head() {
        return head;
    }

    /** Whether the offer can be taken without waiting. */
    boolean admits(Offer offer) {
        return isWanted(offer)
                || waiting.isEmpty()
                        && (retainedBytes == 0 || offer.segment().bytes().length <= windowBytes - retainedBytes);
    }

    void add(Retained segment) {
        retained.add(segment);
        retainedBytes += segment.segment.bytes().length;
        head = Math.max(head, segment.lastSeq);
        if (segment.segment.id().seqno() <= wanted && wanted <= segment.lastSeq) {
            wanted = 0;
        }
    }

    void remove(Retained segment) {
        if (retained.remove(segment)) {
            retainedBytes -= segment.segment.bytes().length;
        }
    }

    /** Takes out the offers that there is room for now, from the one that waits longest on. */
    List<Offer> admissible() {
        if (waiting.isEmpty()) {
            return List.of();
        }
        List<Offer> admitted = new ArrayList<>();
        long bytes = retainedBytes;
        for (Offer offer : waiting) {
            int size = offer.segment().bytes().length;
            if (bytes != 0 && size > windowBytes - bytes) {
                break;
            }
            bytes += size;
            admitted.add(offer);
        }
        admitted.forEach(waiting::remove);
        return admitted;
    }

    /** Takes out the first offer that holds the event, room or not; if there is none yet, the next one will go at once. */
    List<Offer> admissible(long seq) {
        wanted = seq;
        for (Offer offer : waiting) {
            if (isWanted(offer)) {
                waiting.remove(offer);
                return List.of(offer);
            }
        }
        return List.of();
    }

    private boolean isWanted(Offer offer) {
        return wanted > 0 && offer.firstSeq() <= wanted && wanted <= offer.lastSeq();
    }
}
