package io.walreceiver.transport.netty.http;

import io.walreceiver.format.WalSegmentId;
import io.walreceiver.format.WalSegmentPayload;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.MonoSink;

/** A segment from when its last byte came until its fate is known and its sender has been told. Guarded by its session's lock. */
final class PushedSegment {

    enum State {
        QUEUED,
        EMITTED,
        /** Applied or known; its sender waits for it to be durable. */
        SETTLED
    }

    private final WalSegmentId id;
    private final long last;
    private final boolean async;
    private final Room.Place place;
    private @Nullable WalSegmentPayload payload;
    private @Nullable MonoSink<Answer> sender;
    private State state = State.QUEUED;

    PushedSegment(WalSegmentPayload payload, long last, boolean async, Room.Place place, MonoSink<Answer> sender) {
        this.id = payload.id();
        this.payload = payload;
        this.last = last;
        this.async = async;
        this.place = place;
        this.sender = sender;
    }

    WalSegmentId id() {
        return id;
    }

    State state() {
        return state;
    }

    long last() {
        return last;
    }

    boolean isAsync() {
        return async;
    }

    /** Whether its sender waits for an answer. */
    boolean isAwaited() {
        return sender != null;
    }

    /** Hands the bytes over: they are the receiver's from now on. */
    @Nullable
    WalSegmentPayload emit() {
        WalSegmentPayload emitted = payload;
        payload = null;
        state = State.EMITTED;
        return emitted;
    }

    void settle() {
        state = State.SETTLED;
        place.release();
    }

    /** Its fate is known, or nobody will tell it. */
    void letGo() {
        payload = null;
        place.release();
    }

    /** Its sender does not wait any more. */
    void forgetSender() {
        sender = null;
    }

    /** What tells the sender, to be run outside of the lock. */
    Runnable answer(Answer answer) {
        MonoSink<Answer> to = sender;
        sender = null;
        return to == null ? () -> {} : () -> to.success(answer);
    }
}
