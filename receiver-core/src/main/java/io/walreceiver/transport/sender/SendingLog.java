package io.walreceiver.transport.sender;

import io.walreceiver.format.LogId;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.PriorityQueue;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One log at the sending end, for one follower: what is to be sent, what is in flight, and whether anything is left to do.
 *
 * <p>Segments are sent in the order of the comparator. One that was sent is in flight until the follower acknowledges its last
 * event; {@link #request} makes it, and what follows it, due again. Bytes in flight stay within the window, but the segment
 * that the follower needs next always goes, or a corrupt copy could shut out the good one.
 *
 * <p>Not thread-safe: the owner guards it.
 *
 * @param <S> what a segment is at this transport
 */
public final class SendingLog<S extends Outgoing> {

    private final LogId log;
    private final long windowBytes;
    private final Comparator<? super S> order;
    private final @Nullable Consumer<S> released;
    private final NavigableSet<S> segments;
    private final NavigableSet<S> due;
    private final PriorityQueue<S> inFlight = new PriorityQueue<>(Comparator.comparingLong(Outgoing::lastSeq));
    private long inFlightBytes;
    private long acknowledged;
    /** What was sent from this event on was let go; 0 while not on hold. */
    private long heldFrom;

    /** What could not be read: nothing from here on goes. */
    private @Nullable S barrier;

    private boolean ended;
    /** The last event that was sent again after the end though the copy at hand had not helped; 0 for none since any progress. */
    private long resentFrom;

    private boolean exhausted;
    /** Owned by {@link Turns}. */
    boolean queued;

    /**
     * Makes a log with nothing to send.
     *
     * @param windowBytes most bytes in flight, but for one segment, which may always go
     * @param order the order to send in; no two segments may be equal in it
     * @param released told of each segment that was sent and is acknowledged, which is then forgotten; null to keep them all
     */
    public SendingLog(LogId log, long windowBytes, Comparator<? super S> order, @Nullable Consumer<S> released) {
        this.log = log;
        this.windowBytes = windowBytes;
        this.order = order;
        this.released = released;
        this.segments = new TreeSet<>(order);
        this.due = new TreeSet<>(order);
    }

    /** Which log this is. */
    public LogId log() {
        return log;
    }

    /** Everything through this event is durable at the follower. */
    public long acknowledged() {
        return acknowledged;
    }

    /** Every segment that can be sent, in order: to be read, never changed. */
    public NavigableSet<S> segments() {
        return segments;
    }

    /** What was sent and is not acknowledged, as it is now. */
    public List<S> inFlight() {
        return List.copyOf(inFlight);
    }

    /** Adds a segment, which is due at once. */
    public void add(S segment) {
        segments.add(segment);
        due.add(segment);
    }

    /** Forgets a segment: it will not be sent (again). */
    public void remove(S segment) {
        segments.remove(segment);
        due.remove(segment);
        inFlight.remove(segment);
        land(segment);
        if (segment == barrier) {
            barrier = null;
        }
    }

    /** Puts a segment behind us without sending it: the follower has its events. */
    public void skip(S segment) {
        due.remove(segment);
        release(segment);
    }

    /** The segment cannot be had now: it stays due, and the log stops before it until {@link #request} or {@link #retry}. */
    public void stopAt(S segment) {
        barrier = segment;
    }

    /** Forgets what could not be had: it may be there now. */
    public void retry() {
        barrier = null;
    }

    /** Makes a segment that was sent due again, alone: its source holds another copy now. */
    public void again(S segment) {
        inFlight.remove(segment);
        land(segment);
        exhausted = false;
        due.add(segment);
    }

    /**
     * The segment to send now.
     *
     * @return null if nothing is due, the log is on hold or the window is full
     */
    public @Nullable S next() {
        if (heldFrom > 0 || nothingDue()) {
            return null;
        }
        S next = due.first();
        boolean fits = inFlightBytes == 0
                || next.sizeBytes() <= windowBytes - inFlightBytes
                || next.firstSeq() <= acknowledged + 1;
        return fits ? next : null;
    }

    /**
     * Whether it is worth while to {@link #add} what comes next: nothing else is due, the log is not on hold, and a segment of this size
     * could go at once.
     */
    public boolean hasRoom(long bytes) {
        return heldFrom == 0 && due.isEmpty() && (inFlightBytes == 0 || bytes <= windowBytes - inFlightBytes);
    }

    /** Takes note that the segment is handed over. */
    public void sent(S segment) {
        due.remove(segment);
        segment.sent = true;
        if (segment.lastSeq() <= acknowledged) {
            release(segment);
        } else if (!segment.inFlight) {
            segment.inFlight = true;
            segment.inFlightBytes = segment.sizeBytes();
            inFlightBytes += segment.inFlightBytes;
            inFlight.add(segment);
        }
    }

    /**
     * Everything through this event is durable at the follower; repeating it or going back has no effect. If that covers where a
     * hold began, the hold is over: sending goes on after this event, what was sent of it already included.
     */
    public void acknowledge(long through) {
        if (through <= acknowledged) {
            return;
        }
        acknowledged = through;
        progressed();
        for (S first = inFlight.peek(); first != null && first.lastSeq() <= through; first = inFlight.peek()) {
            land(inFlight.remove());
            release(first);
        }
        while (!due.isEmpty() && due.first().sent && due.first().lastSeq() <= through) {
            release(due.pollFirst());
        }
        if (heldFrom > 0 && heldFrom <= through) {
            // Another copy of what was let go got through: the follower has no reason to ask, and needs what comes
            // after.
            request(through + 1);
        }
    }

    /** What was sent from this event on was let go: nothing goes until a {@link #request}. */
    public void hold(long from) {
        long letGo = Math.max(1, from);
        heldFrom = heldFrom == 0 ? letGo : Math.min(heldFrom, letGo);
    }

    /**
     * Makes due again what holds event {@code from}, and all that follows, and ends the hold. Once the log has ended, a request
     * that cannot help, because the copy at hand was sent, has not changed and was not let go, is left unanswered: at once if
     * nothing else waits, else from the second time on without progress in between. The first time the segment may still be
     * under way at the follower.
     */
    public void request(long from) {
        S first = firstReaching(from);
        if (ended && first != null && !canHelp(from)) {
            if (from == resentFrom || idle()) {
                exhausted = true;
                return;
            }
            resentFrom = from;
        }
        heldFrom = 0;
        exhausted = false;
        barrier = null;
        if (first != null) {
            inFlight.removeIf(segment -> order.compare(segment, first) >= 0);
            for (S segment : segments.tailSet(first, true)) {
                land(segment);
                due.add(segment);
            }
        }
    }

    /** Starts anew for a follower that holds everything through {@code position}: all that follows is due. */
    public void restart(long position) {
        inFlight.clear();
        inFlightBytes = 0;
        heldFrom = 0;
        barrier = null;
        acknowledged = Math.max(acknowledged, position);
        progressed();
        due.addAll(segments);
        for (S segment : List.copyOf(segments)) {
            segment.inFlight = false;
            segment.sent = false;
            if (segment.lastSeq() >= 1 && segment.lastSeq() <= position) {
                skip(segment);
            }
        }
    }

    /** No segment will be added any more. */
    public void end() {
        ended = true;
    }

    /** Whether this log has ended and nothing is left that could be sent to any avail. */
    public boolean finished() {
        if (!ended) {
            return false;
        }
        return exhausted ? next() == null : idle();
    }

    /** Nothing is due and nothing that was let go waits for a request. */
    private boolean idle() {
        return nothingDue() && (heldFrom == 0 || inFlight.stream().noneMatch(this::letGo));
    }

    private boolean nothingDue() {
        S stop = barrier;
        return due.isEmpty() || stop != null && order.compare(due.first(), stop) >= 0;
    }

    private boolean canHelp(long from) {
        for (S segment : segments) {
            if (segment.holds(from)
                    && (!segment.sent || due.contains(segment) || letGo(segment) || segment.changed())) {
                return true;
            }
        }
        return false;
    }

    private boolean letGo(S segment) {
        return heldFrom > 0 && segment.lastSeq() >= heldFrom;
    }

    private @Nullable S firstReaching(long seq) {
        for (S segment : segments) {
            if (segment.lastSeq() >= seq) {
                return segment;
            }
        }
        return null;
    }

    private void release(S segment) {
        if (released != null) {
            segments.remove(segment);
            released.accept(segment);
        }
    }

    private void progressed() {
        resentFrom = 0;
        exhausted = false;
    }

    private void land(S segment) {
        if (segment.inFlight) {
            segment.inFlight = false;
            inFlightBytes -= segment.inFlightBytes;
        }
    }
}
