package io.walreceiver.route;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.log.LogProgress;
import io.walreceiver.log.Room;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongPredicate;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/**
 * One log's segments between the router, which puts them in, and the log's writer, which is done with them one by one.
 *
 * <p>The queue itself has no bound: a segment gets in only if the budget has room for its bytes.
 */
public final class LogInbox implements Room {

    /** What a segment takes at least, or endless ones without a byte would find room: no intact one is smaller. */
    private static final int MIN_COST = 64;

    private final LogProgress progress;
    private final LogInboxes router;
    private final Resend resend;
    // The router is serial; beside it comes, now and then, what the log's own writer puts in.
    private final Sinks.Many<List<Arrival>> queue = Sinks.many().unicast().onBackpressureBuffer(new ArrivalQueue());

    private final AtomicLong bytes = new AtomicLong();
    private final AtomicInteger undecided = new AtomicInteger();
    private boolean opened;
    /** Segments that left the transport, and those of them that have been routed: both in the same order. */
    private volatile long delivered;

    private long routed;
    private volatile boolean askedToGiveUp;
    private volatile long behindFrom;
    private volatile boolean senderHolds;
    private volatile long movedAt;

    LogInbox(LogProgress progress, LogInboxes router) {
        this.progress = progress;
        this.router = router;
        this.resend = new Resend(this, router);
    }

    /** The log's positions. */
    public LogProgress progress() {
        return progress;
    }

    /**
     * What came for this log, in order, in groups of what waits when one is wanted.
     *
     * @return for one subscriber; completes when the source has. When it is cancelled what waits is dropped, and what comes then
     */
    public Flux<List<Arrival>> arrivals() {
        return queue.asFlux();
    }

    /** Bytes of this log between arrival and outcome, held ones among them. */
    public long inFlightBytes() {
        return bytes.get();
    }

    /** Whether segments were let go that have not come again. */
    public boolean behind() {
        long from = behindFrom;
        return from != 0 && from > progress.received();
    }

    LogId log() {
        return progress.log();
    }

    // ---- the router's side

    /** Whether this is the first segment that gets in: then the log's flux is to be opened. */
    boolean open() {
        boolean first = !opened;
        opened = true;
        return first;
    }

    /** Called by the transport's thread, one at a time. */
    void arrived() {
        undecided.incrementAndGet();
        delivered = delivered + 1;
    }

    /** The next segment is about to be put in, or turned away. */
    void routing() {
        routed++;
    }

    /** Number of the segment that is being routed. */
    long routed() {
        return routed;
    }

    /** Whether the segment lies beyond one that was let go: it is let go too, or it would only wait. */
    boolean isPastWhatIsNeeded(WalSegmentPayload segment) {
        return behind() && segment.id().seqno() > Math.max(behindFrom, progress.received() + 1);
    }

    boolean take(InFlightBudget budget, WalSegmentPayload segment) {
        int size = cost(segment);
        long before = bytes.get();
        // What is held waits for this one, which must get in beside it.
        if (!budget.take(size, isNext(segment) ? Math.max(0, before - progress.heldBytes()) : before)) {
            return false;
        }
        if (before == 0) {
            movedAt = router.demandNanos();
        }
        bytes.addAndGet(size);
        if (!isTooLarge(segment)) {
            caughtUpIf(from -> mayHold(segment, from));
        }
        return true;
    }

    /** Bytes that the segment takes from the budget; of one that is too large not even its own are kept. */
    int cost(WalSegmentPayload segment) {
        return cost(isTooLarge(segment) ? 0 : segment.bytes().length);
    }

    boolean isTooLarge(WalSegmentPayload segment) {
        return segment.bytes().length > router.limits().maxSegmentBytes();
    }

    /** Whether the log can go on with this segment, if it is what its name says. */
    boolean isNext(WalSegmentPayload segment) {
        return segment.id().seqno() >= 1 && segment.id().seqno() - 1 <= progress.received();
    }

    /** The segment is let go. One that holds nothing new is not missed. */
    void letGo(WalSegmentPayload segment) {
        long first = segment.id().seqno();
        if (first > progress.received() || mayHold(segment, progress.received() + 1)) {
            letGo(first);
        }
    }

    void put(Arrival arrival) {
        Sinks.EmitResult result = emit(arrival);
        if (result.isFailure() && result != Sinks.EmitResult.FAIL_CANCELLED) {
            throw new Sinks.EmissionException(result, "log " + log() + ": its inbox took no segment");
        }
    }

    /** Nothing of the segment was taken in. */
    void turnedAway() {
        undecided.decrementAndGet();
        resendIfDrained();
    }

    /** Asks the writer, in its turn, to let go of what it holds; once, until it has. */
    boolean askToGiveUpHeld() {
        if (askedToGiveUp || progress.heldBytes() == 0) {
            return false;
        }
        askedToGiveUp = true;
        put(new Arrival.GiveUpHeld());
        return true;
    }

    /** How long segments have been in here without one of them getting an outcome, while one was wanted. */
    long stillNanos() {
        return bytes.get() == 0 ? 0 : router.demandNanos() - movedAt;
    }

    void complete() {
        inTurn(queue::tryEmitComplete); // fails only where there is nobody left to complete
    }

    /** Whether nothing that was delivered is still to be decided on: what is missing now will not come unasked. */
    boolean decided() {
        return undecided.get() == 0;
    }

    boolean troubled() {
        return senderHolds || behind() || progress.trouble().isPresent();
    }

    /** The sender is about to be asked, which ends its waiting. */
    void senderGoesOn() {
        senderHolds = false;
    }

    // ---- the writer's side

    @Override
    public long delivered() {
        return delivered;
    }

    @Override
    public void release(int size) {
        free(size);
        undecided.decrementAndGet();
        caughtUpIf(from -> from <= progress.received()); // by a copy that was in here before
        resendIfDrained();
    }

    @Override
    public void keep(int size) {
        undecided.decrementAndGet();
        movedAt = router.demandNanos();
        router.wake(); // no room was made, but some can be now: by asking for what is held
    }

    @Override
    public void releaseHeld(int size) {
        free(size);
        caughtUpIf(from -> from <= progress.received());
    }

    @Override
    public void gaveUpHeld() {
        askedToGiveUp = false;
    }

    @Override
    public void letGo(long from) {
        router.sender().hold(log(), from); // before the mark: a request that the mark causes must not be overtaken
        senderHolds = true; // what was let go may come by another way: the sender still waits to be asked
        markBehind(from);
        resend.arm();
    }

    @Override
    public void missing() {
        resend.arm();
    }

    @Override
    public void heldMayFollow() {
        emit(new Arrival.HeldMayFollow()); // fails only at the end, where the writer looks itself
    }

    private Sinks.EmitResult emit(Arrival arrival) {
        List<Arrival> alone = List.of(arrival);
        return inTurn(() -> queue.tryEmitNext(alone));
    }

    /** Whoever finds another one emitting waits for it: that one does nothing that lasts. */
    private static Sinks.EmitResult inTurn(Supplier<Sinks.EmitResult> emission) {
        while (true) {
            Sinks.EmitResult result = emission.get();
            if (result != Sinks.EmitResult.FAIL_NON_SERIALIZED) {
                return result;
            }
            Thread.onSpinWait();
        }
    }

    private void free(int size) {
        int cost = cost(size);
        bytes.addAndGet(-cost);
        movedAt = router.demandNanos();
        router.freed(cost);
    }

    private static int cost(int size) {
        return Math.max(size, MIN_COST);
    }

    /** Whether an event can be in the segment. Its claim counts only as far as its bytes have room for it. */
    private static boolean mayHold(WalSegmentPayload segment, long event) {
        long first = segment.id().seqno();
        return first >= 1 && first <= event && event - first < segment.believableEventCount();
    }

    private void markBehind(long from) {
        long needed = Math.max(from, progress.received() + 1);
        boolean already;
        synchronized (this) {
            already = behind();
            behindFrom = already ? Math.min(behindFrom, needed) : needed;
        }
        if (!already) {
            progress.changed();
        }
    }

    private void caughtUpIf(LongPredicate come) {
        if (behindFrom == 0) {
            return;
        }
        synchronized (this) {
            if (behindFrom == 0 || !come.test(behindFrom)) {
                return;
            }
            behindFrom = 0;
        }
        progress.changed();
    }

    private void resendIfDrained() {
        if ((senderHolds || behindFrom != 0) && decided()) {
            resend.nowIfMoved();
        }
    }
}
