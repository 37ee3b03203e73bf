package io.walreceiver.transport.netty.tcp;

import io.walreceiver.format.LogId;
import io.walreceiver.transport.SkippedEvents;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the follower's end knows of one log, and has to tell. Belongs to the event loop. */
final class ClientLog {

    final LogId id;
    /** Told at the beginning of this connection. */
    long position;

    long acknowledged;
    /** What came from here on was let go, and nothing is handed over until it is asked for; 0 if not. */
    long heldFrom;
    /** The last request on this connection, and the last that a segment answered. */
    int requests;

    int answered;
    long requestedFrom;
    /** Whatever does not answer the last request was sent before what was let go was asked for. */
    boolean awaitsAnswer;
    /** All logs had ended, and this one was asked for from here on; 0 if not. */
    long again;
    /** Segments wholly below this event were handed over before. */
    long below;

    boolean acknowledgeDue;
    /** From where on to tell the publisher to hold; 0 if it knows. */
    long holdDue;

    boolean requestDue;

    /** Holes that the follower has to pass over yet, in order. */
    final List<SkippedEvents> skips = new ArrayList<>();

    boolean skipping;
    /** On hold for a skip, and not because the follower said so. */
    boolean gated;

    ClientLog(LogId id) {
        this.id = id;
    }

    /** A connection begins: the log comes after the position, and what was asked for above it with it. */
    void resume(long from) {
        position = from;
        boolean ask = requestOutstanding() && requestedFrom <= from;
        requests = 0;
        answered = 0;
        awaitsAnswer = false;
        requestDue = false;
        below = again;
        acknowledgeDue = acknowledged > from;
        holdDue = heldFrom;
        if (ask) {
            ask(requestedFrom);
        }
    }

    /** Everything through this event is durable at the follower, as far as is known here. */
    long standsAt() {
        return Math.max(position, acknowledged);
    }

    void acknowledge(long through) {
        if (through > acknowledged) {
            acknowledged = through;
            acknowledgeDue = true;
            if (heldFrom > 0 && heldFrom <= through && !gated) {
                request(through + 1);
            }
        }
    }

    void hold(long from) {
        heldFrom = heldFrom == 0 ? from : Math.min(heldFrom, from);
        holdDue = heldFrom;
        requestDue = false;
    }

    void request(long from) {
        awaitsAnswer |= heldFrom > 0;
        heldFrom = 0;
        gated = false;
        ask(from);
    }

    private void ask(long from) {
        requestedFrom = from;
        requests++;
        requestDue = true;
    }

    boolean requestOutstanding() {
        return requests > answered;
    }

    /** Takes note of a segment that begins; whether it is wanted. */
    boolean begins(Frame.Segment segment) {
        if (segment.answers() > requests) {
            throw new ProtocolException("frame SEGMENT of log " + id + ": expected an answer to request " + requests
                    + " at most, found " + segment.answers());
        }
        answered = Math.max(answered, segment.answers());
        if (answered == requests) {
            awaitsAnswer = false;
        }
        return heldFrom == 0 && !(awaitsAnswer && segment.answers() < requests);
    }

    /** The hole that is next to be passed over; null if there is none. */
    @Nullable
    SkippedEvents nextSkip() {
        return skips.isEmpty() ? null : skips.get(0);
    }

    void learnSkip(SkippedEvents skip) {
        if (skip.through() > standsAt() && !skips.contains(skip)) {
            skips.add(skip);
            skips.sort(Comparator.comparingLong(SkippedEvents::from));
        }
    }
}
