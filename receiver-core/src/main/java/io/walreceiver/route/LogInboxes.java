package io.walreceiver.route;

import io.walreceiver.format.Corruption;
import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.log.LogProgress;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.outcome.SegmentOutcome.Abandoned;
import io.walreceiver.outcome.SegmentOutcome.Deferred;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Groups segments by log, in the place where {@code groupBy} would stand. {@code groupBy} shares one prefetch among all groups,
 * so that one log that stands still stops all others; here every log has an inbox of its own, bounded in bytes, and a segment for
 * which there is no room is, after some patience, let go and asked for again. See {@code docs/architecture.md}.
 *
 * <p>{@link #route} is called serially (by {@code concatMap}), so there is one segment at most that waits for room.
 */
public final class LogInboxes {

    private static final Logger LOG = LoggerFactory.getLogger(LogInboxes.class);

    private final RouteLimits limits;
    private final Sender sender;
    private final Scheduler timer;
    private final Function<LogId, LogProgress> newLog;
    private final Function<LogInbox, Flux<SegmentOutcome>> openLog;
    private final InFlightBudget budget;
    private final DemandClock demand;
    private final ConcurrentMap<LogId, LogInbox> inboxes = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable RoomWaiter> waiter = new AtomicReference<>();
    private volatile boolean closed;
    private volatile boolean sourceEnded;
    private volatile boolean roomRanOut;
    private volatile boolean tooManyLogs;

    /**
     * @param limits bounds
     * @param sender who is asked to send again
     * @param timer time, and the thread on which a segment that waited goes on; must be able to delay
     * @param newLog makes the positions of a log that is seen first
     * @param openLog makes a log's flux of outcomes; its inbox is filled from then on
     */
    public LogInboxes(
            RouteLimits limits,
            Sender sender,
            Scheduler timer,
            Function<LogId, LogProgress> newLog,
            Function<LogInbox, Flux<SegmentOutcome>> openLog) {
        this.limits = limits;
        this.sender = sender;
        this.timer = timer;
        this.newLog = newLog;
        this.openLog = openLog;
        this.budget = new InFlightBudget(limits.maxInFlightBytes(), limits.maxLogBytes());
        this.demand = new DemandClock(timer, this::wake);
    }

    /** All logs seen so far. */
    public Collection<LogInbox> all() {
        return Collections.unmodifiableCollection(inboxes.values());
    }

    /** The inbox of a log that may not have been seen yet. */
    public LogInbox inbox(LogId log) {
        return inboxes.computeIfAbsent(log, id -> new LogInbox(newLog.apply(id), this));
    }

    /** The inbox of a log that has been seen. */
    public Optional<LogInbox> seen(LogId log) {
        return Optional.ofNullable(inboxes.get(log));
    }

    /** The inbox of a log that may not have been seen yet; empty if it would be one log too many. */
    public Optional<LogInbox> see(LogId log) {
        return inboxes.containsKey(log) || inboxes.size() < limits.maxLogs()
                ? Optional.of(inbox(log))
                : Optional.empty();
    }

    /** Bytes of all segments between arrival and outcome. */
    public long inFlightBytes() {
        return budget.taken();
    }

    /** The most that {@link #inFlightBytes} has been. */
    public long peakInFlightBytes() {
        return budget.peak();
    }

    /** Whether logs that stand still pin so much of the budget that others had to be let go. */
    public boolean roomRanOut() {
        return roomRanOut;
    }

    /** Whether segments were let go because their logs would have been more than allowed. */
    public boolean tooManyLogs() {
        return tooManyLogs;
    }

    /** Whether downstream wants an outcome that it has not got: without demand everything stands still, and should. */
    public boolean outcomeWanted() {
        return demand.runs();
    }

    /** Counts what downstream wants and gets; else the same outcomes, end and cancel. */
    public Flux<SegmentOutcome> countDemand(Flux<SegmentOutcome> outcomes) {
        return demand.count(outcomes);
    }

    /** A segment left the transport. */
    public void arrived(WalSegmentPayload segment) {
        see(segment.log()).ifPresent(LogInbox::arrived);
    }

    /**
     * Puts a segment into its log's inbox, as soon as there is room, or lets it go.
     *
     * @return emits the log's flux if it is the first that gets in, or the outcome of one that does not; completes when that is decided.
     *     Whoever cancels drops the segment if it still waits for room
     */
    public Mono<Flux<SegmentOutcome>> route(WalSegmentPayload segment) {
        LogInbox inbox = inboxes.get(segment.log());
        if (inbox == null) {
            return Mono.just(Flux.just(tooManyLogs(segment)));
        }
        inbox.routing();
        boolean asksAgain = asksAgain();
        if (asksAgain && inbox.isPastWhatIsNeeded(segment)) {
            return letGo(inbox, segment, "it follows one that was let go");
        }
        if (inbox.take(budget, segment)) {
            return taken(inbox, segment);
        }
        if (asksAgain && inbox.behind()) {
            return letGo(inbox, segment, "its log is behind");
        }
        return Mono.create(sink -> {
            RoomWaiter head = new RoomWaiter(this, inbox, segment, sink);
            waits(head);
            sink.onDispose(head::cancel);
            head.look(); // after it is known to wait: bytes given back meanwhile are seen now
        });
    }

    /** The source has ended: nothing can be asked for again, so what still waits for room waits as long as it takes. */
    public void sourceEnded() {
        sourceEnded = true;
        wake();
    }

    /** All that came is in its inbox: the logs end when they have replayed it. */
    public void complete() {
        inboxes.values().forEach(LogInbox::complete);
    }

    /** The stream is over. */
    public void close() {
        closed = true;
        RoomWaiter head = waiter.getAndSet(null);
        if (head != null) {
            head.cancel();
        }
    }

    // ---- for the parts of this package

    Mono<Flux<SegmentOutcome>> taken(LogInbox inbox, WalSegmentPayload segment) {
        roomRanOut = false;
        return put(
                inbox,
                inbox.isTooLarge(segment) ? tooLarge(inbox, segment) : new Arrival.Segment(segment, inbox.routed()));
    }

    Mono<Flux<SegmentOutcome>> letGo(LogInbox inbox, WalSegmentPayload segment, String reason) {
        inbox.letGo(segment);
        inbox.turnedAway();
        return Mono.just(Flux.just(new Deferred(segment.id(), reason)));
    }

    void waits(@Nullable RoomWaiter head) {
        waiter.set(head);
    }

    void freed(int size) {
        budget.give(size);
        wake();
    }

    /** Something has changed for the segment that waits, if there is one. */
    void wake() {
        RoomWaiter head = waiter.get();
        if (head != null) {
            head.look();
        }
    }

    /** Held bytes are given up first, wherever the most of them are. */
    void askForHeldBytes(LogInbox inbox, WalSegmentPayload segment) {
        // Where nothing can come again, what is held is kept until nothing more can come that would fill its gap.
        if (!(sender.canSendAgain() || sourceEnded)) {
            return;
        }
        if (!budget.withinLogBound(inbox.cost(segment), inbox.inFlightBytes())) {
            // Its own are in its way. What fills their gap must get in, and at the end everything must.
            if (sourceEnded || inbox.isNext(segment)) {
                inbox.askToGiveUpHeld();
            }
            return;
        }
        inboxes.values().stream()
                .filter(log -> log.progress().heldBytes() > 0)
                .max(Comparator.comparingLong(log -> log.progress().heldBytes()))
                .ifPresent(LogInbox::askToGiveUpHeld);
    }

    void roomRanOut(LogInbox inbox) {
        if (inbox.inFlightBytes() == 0 && !roomRanOut) {
            roomRanOut = true;
            LOG.warn(
                    "no room for log {}: logs that stand still pin {} of maxInFlightBytes={} bytes; raise it, or see to them",
                    inbox.log(),
                    budget.taken(),
                    budget.max());
        }
    }

    /** Whether what is let go now can still be asked for. */
    public boolean asksAgain() {
        return sender.canSendAgain() && !sourceEnded && !closed;
    }

    Disposable schedule(Runnable task, long delayNanos) {
        if (closed) {
            return Disposables.disposed();
        }
        try {
            return timer.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            if (!closed) {
                throw e;
            }
            return Disposables.disposed();
        }
    }

    long demandNanos() {
        return demand.nanos();
    }

    InFlightBudget budget() {
        return budget;
    }

    Sender sender() {
        return sender;
    }

    Scheduler timer() {
        return timer;
    }

    RouteLimits limits() {
        return limits;
    }

    private Mono<Flux<SegmentOutcome>> put(LogInbox inbox, Arrival arrival) {
        boolean first = inbox.open();
        inbox.put(arrival);
        return first ? Mono.just(openLog.apply(inbox)) : Mono.empty();
    }

    private Arrival tooLarge(LogInbox inbox, WalSegmentPayload segment) {
        Corruption fault = new Corruption(
                segment.id(),
                0,
                0,
                "segment size",
                "at most " + limits.maxSegmentBytes() + " bytes (maxSegmentBytes)",
                segment.bytes().length + " bytes");
        WalSegmentPayload stripped = new WalSegmentPayload(segment.id(), new byte[0], segment.eventCount());
        return new Arrival.TooLarge(stripped, fault, inbox.routed());
    }

    private SegmentOutcome tooManyLogs(WalSegmentPayload segment) {
        String reason = "log " + segment.log() + " would be one more than maxLogs=" + limits.maxLogs();
        if (!tooManyLogs) { // once: a sender can name any number of logs
            LOG.warn("{}: segments of logs beyond that are let go; raise maxLogs", reason);
        }
        tooManyLogs = true;
        return sender.canSendAgain() ? new Deferred(segment.id(), reason) : new Abandoned(segment.id(), reason);
    }
}
