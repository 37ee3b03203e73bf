package io.walreceiver.transport;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.log.LogTrouble;
import io.walreceiver.outcome.SegmentOutcome;
import java.util.List;
import java.util.Optional;
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
     * A transport that is nothing but a flux: it knows no positions, forgets nothing and cannot send again. So nothing is ever let
     * go: a log that stands still stops all others when the receiver's room is used up, and what was refused stays missing.
     *
     * <p>Of this contract it keeps what a flux can: where it starts, and what a second subscriber gets, is the flux's own affair.
     *
     * @param segments emits serially; subscribed to once a receiver
     */
    static Transport of(Flux<WalSegmentPayload> segments) {
        return new FluxTransport(segments);
    }

    /**
     * Several sources as one: a log is served as long as one of them serves it. All of them are told and asked everything, so what
     * several of them hold comes several times, which is harmless.
     *
     * <p>Segments are merged fairly; of each source at most one is taken ahead of demand. The flux completes when all sources
     * have; if one fails the others go on, and the error comes at the end. The head is that of the source that is furthest. A
     * log is in trouble if one source says so and no other one that knows the log sends it. {@link #decided} tells each source also of
     * segments that others delivered.
     *
     * @param sources one or more
     */
    static Transport merge(List<Transport> sources) {
        return sources.size() == 1 ? sources.get(0) : new MergedTransport(sources);
    }

    /**
     * The segments that follow the given positions.
     *
     * @param positions read at each subscription, by the thread that subscribes or one of the transport; events through a log's
     *     position are not wanted again (delivering them is harmless: they are duplicates). What it throws fails the flux.
     * @return a flux for one subscriber at a time ({@link IllegalStateException} for a second one) that starts work when it is
     *     subscribed to, honours demand, and emits serially: from a thread of the transport or from the one that requests, never
     *     from one that calls another method here. Payloads are the receiver's. Completes, whether or not there is demand, when
     *     every log is finished or the transport is closed. A log is finished when it has ended at the leader, all of its segments
     *     were emitted, and none that was let go ({@link #hold}, told before the flux completes) waits to be asked for, or when asking
     *     is in vain ({@link #request}). A lost connection is no end but a reason to connect again. An error means that the transport
     *     is beyond repair; all that could be delivered has been. Cancelling releases what the subscription held, threads
     *     included, and makes way for the next subscription before it returns, also from within {@code onNext}; that one starts after
     *     its own positions, free of earlier holds and requests, and nothing that was delivered but not acknowledged is forgotten.
     */
    Flux<WalSegmentPayload> segments(Positions positions);

    /**
     * Everything through this position is durable here: the sender may forget it, and its window for this log opens.
     * Cumulative; repeating it or going back has no effect. A log that the sender does not know (yet) may be named.
     */
    void acknowledge(LogId log, long through);

    /**
     * Asks for the log to be sent again, from the segment that holds event {@code from} on, and ends a hold. The one answer to
     * gaps, refused segments and segments that were let go. Idempotent, may be repeated, may be lost. It never makes the sender
     * leave out what it has not sent yet.
     *
     * <p>Until its log has ended, a request is always answered. Afterwards it can be in vain: every copy of the segment was sent,
     * is still the same, and was not let go. Then it is answered once more as long as other segments of the log wait (the follower
     * may not have got to that copy yet), but not again before something has moved on: an acknowledgement, another event asked for,
     * another copy. Not answering it finishes the log, or a gap that cannot heal would go round for ever. So whoever asks
     * should have dealt with everything delivered so far.
     */
    void request(LogId log, long from);

    /**
     * Advice: what came of this log from event {@code from} on was let go for want of room. The sender does well to send no
     * more of this log until {@link #request} names where to go on, and does not take the log for finished before. An
     * acknowledgement of event {@code from} or a later one counts as a request for the event after it: another copy got through.
     */
    void hold(LogId log, long from);

    /**
     * Whether {@link #request} can bring a segment again. If not, the receiver never lets one go for want of room: it stops
     * asking for any, and a log that stands still stops all. Asked once, before the subscription.
     */
    boolean canSendAgain();

    /** Position of the last event that the leader has written to this log, as far as it is known here. */
    default OptionalLong head(LogId log) {
        return OptionalLong.empty();
    }

    /** What the leader last said of a log; empty where it has not, or cannot. */
    default Optional<Heartbeat> heartbeat(LogId log) {
        return Optional.empty();
    }

    /** Why the source sends nothing of a log, where it has said so: pruned, diverged, fenced, ahead of its source. */
    default Optional<LogTrouble> trouble(LogId log) {
        return Optional.empty();
    }

    /**
     * Whether a leader's epoch is checked for a log; if not, a leader that was replaced may go on being followed.
     *
     * @return the epoch; empty if the log is unfenced
     */
    default Optional<LeaderEpoch> epoch(LogId log) {
        return Optional.empty();
    }

    /**
     * Logs whose {@link #trouble} may have changed. Never fails; completes at its own discretion. Subscribed to once a receiver, and
     * cancelled when that ends; emits on any thread, which must not be blocked.
     */
    default Flux<LogId> changes() {
        return Flux.never();
    }

    /**
     * What became of a segment that the transport delivered: for one that has to answer its sender. Told once for each, in the order of
     * the outcomes, as they are taken; must return without waiting.
     */
    default void decided(SegmentOutcome outcome) {}
}
