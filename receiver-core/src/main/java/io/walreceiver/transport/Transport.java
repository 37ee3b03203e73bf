package io.walreceiver.transport;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import java.util.OptionalLong;
import reactor.core.publisher.Flux;

/**
 * The follower's side of what carries segments. One flux carries all logs; within a log segments come in order unless something
 * went wrong, and the receiver copes when it does.
 *
 * <p>Flow control is twofold. Demand bounds how many segments are handed over; it is shared by all logs. Per log, a sender keeps
 * at most a window of bytes unacknowledged, so that a log which stands still stops its own sender and no other: then nothing
 * has to be let go. The window is each transport's own option, and must not exceed what the receiver lets one log hold.
 *
 * <p>All methods may be called from any thread, before, during and after the subscription, and must return without waiting.
 */
public interface Transport {

    /**
     * The segments that follow the given positions.
     *
     * @param positions read at each subscription; events through a log's position are not wanted again (delivering them is
     *     harmless: they are duplicates)
     * @return a flux for one subscriber at a time that honours demand and emits serially, from a thread of the transport or from
     *     the one that requests. Completes when every log has ended at the leader and nothing that was let go is left to
     *     send, or when the transport is closed; a lost connection is no end but a reason to connect again. An error means that
     *     the transport is beyond repair. Cancelling releases what the subscription held; nothing that was delivered but not
     *     acknowledged is forgotten.
     */
    Flux<WalSegmentPayload> segments(Positions positions);

    /**
     * Everything through this position is durable here: the sender may forget it, and its window for this log opens.
     * Cumulative; repeating it or going back has no effect.
     */
    void acknowledge(LogId log, long through);

    /**
     * Asks for the log to be sent again, from the segment that holds event {@code from} on. The one answer to gaps, refused
     * segments and segments that were let go. Idempotent, may be repeated, may be lost.
     */
    void request(LogId log, long from);

    /**
     * Advice: what came of this log from event {@code from} on was let go for want of room. The sender does well to send no
     * more of this log until {@link #request} names where to go on.
     */
    void hold(LogId log, long from);

    /**
     * Whether {@link #request} can bring a segment again. If not, the receiver never lets one go for want of room: it stops
     * asking for any, and a log that stands still stops all.
     */
    boolean canSendAgain();

    /** Position of the last event that the leader has written to this log, as far as it is known here. */
    default OptionalLong head(LogId log) {
        return OptionalLong.empty();
    }
}
