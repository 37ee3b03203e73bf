package io.walreceiver.transport.inprocess;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.transport.Shipper;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.TransportClosedException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A leader for followers in the same JVM: what one service writes, another part of it (or a test) replays.
 *
 * <pre>{@code
 * InProcessLeader leader = InProcessLeader.create();
 * Flux<WalSegmentPayload> received = leader.follower().segments(Positions.NONE);
 * leader.send(segment).subscribe();
 * }</pre>
 *
 * <p>Each log has a tail: the segments sent that some attached follower has not acknowledged, oldest first, at most a window of
 * bytes. {@link #send} completes when the segment is in the tail and waits while there is no room. A segment leaves the tail when
 * it was delivered to every attached follower and each has acknowledged its last event. Before a follower is attached,
 * everything sent stays: the first one misses nothing as long as it comes before the window is full.
 *
 * <p>Segments are not looked into: duplicates, overlapping cuts, corrupt ones and false claims are delivered as they come, in the
 * order of sending, each at least once to each follower (but for those that its positions cover when it subscribes). A claim of
 * more events than the bytes have room for counts as what they have room for. A segment whose position no follower ever passes
 * keeps its bytes in the window until the leader is closed. An offer that holds the event which a follower asked for last is taken at once, beyond
 * the window: a full window must not shut out what it waits for.
 *
 * <p>Threads: all methods may be called from any thread and do not wait. Segments are emitted, and waiting sends completed, on
 * the scheduler; a send that finds room completes on the thread that subscribes. Payloads are passed on, not copied: whoever
 * sends one must not change its bytes afterwards.
 */
public final class InProcessLeader implements Shipper, AutoCloseable {

    private final Object lock = new Object();
    private final long windowBytesPerLog;
    private final Supplier<Scheduler> scheduler;
    private final Map<LogId, Tail> tails = new HashMap<>();
    private final Set<InProcessFollower> followers = new LinkedHashSet<>();
    private long sent;
    private int waiting;
    /** No offer is accepted any more; those that wait still are taken. */
    private boolean completed;
    /** Nothing will be sent any more. */
    private boolean ended;

    private boolean closed;

    private InProcessLeader(Builder builder) {
        this.windowBytesPerLog = builder.windowBytesPerLog;
        Scheduler given = builder.scheduler;
        this.scheduler = given == null ? Schedulers::parallel : () -> given;
    }

    /** A leader with default options. */
    public static InProcessLeader create() {
        return builder().build();
    }

    /** Options of a leader. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Attaches a follower. From now on segments are retained for it, whether it is subscribed or not, until {@link #detach}.
     *
     * @return its side of the transport. Its flux emits what is in the tails and what is sent later, and completes after
     *     {@link #complete()} by the rule of {@link Transport#segments}, or at once at {@link #close()} or {@link #detach}. It
     *     fails only if reading the positions fails, or for a second subscriber at a time. After a cancellation it can be
     *     subscribed to again and starts after the positions given then, which count as acknowledged.
     */
    public Transport follower() {
        InProcessFollower follower =
                new InProcessFollower(this, lock, task -> scheduler.get().schedule(task));
        synchronized (lock) {
            followers.add(follower);
            tails.forEach((log, tail) -> tail.retained().forEach(segment -> owe(follower, segment)));
            if (ended) {
                follower.end();
            }
        }
        return follower;
    }

    /**
     * Detaches a follower for good: its flux completes, nothing is retained for it any more, and offers that waited only for it
     * are taken. Has no effect on one that is not attached here.
     */
    public void detach(Transport follower) {
        List<Runnable> news = new ArrayList<>();
        synchronized (lock) {
            if (!followers.remove(follower)) {
                return;
            }
            InProcessFollower detached = (InProcessFollower) follower;
            detached.detach();
            news.add(detached::wake);
            // With no follower left the tail waits for the next one, as it did before the first.
            if (!followers.isEmpty()) {
                tails.values().forEach(this::dropWhatNobodyIsOwed);
            }
            tails.forEach((log, tail) -> take(tail, tail.admissible(), news));
        }
        news.forEach(Runnable::run);
    }

    /**
     * Sends a segment of any log. Nothing happens before the returned Mono is subscribed to; each subscription sends once.
     *
     * @return completes when the segment is in its log's tail: at once while there is room, otherwise, in the order of offers, when
     *     followers have acknowledged enough. A segment larger than the window goes when the tail is empty. Fails with
     *     {@link TransportClosedException} after {@link #complete()} or {@link #close()}. Cancelling withdraws an offer that waits; a
     *     segment that was taken will be delivered.
     */
    @Override
    public Mono<Void> send(WalSegmentPayload segment) {
        return Mono.create(sender -> offer(new Tail.Offer(segment, sender)));
    }

    /**
     * Ends the logs: no send is accepted any more; offers that wait are still taken when there is room. Followers' fluxes
     * complete when each log has nothing left to send. Repeating it has no effect.
     */
    public void complete() {
        List<Runnable> news = new ArrayList<>();
        synchronized (lock) {
            completed = true;
            endIfDone(news);
        }
        news.forEach(Runnable::run);
    }

    /**
     * Ends abruptly: followers' fluxes complete with what has been delivered, sends that wait fail with
     * {@link TransportClosedException}, and what was retained is dropped. Repeating it has no effect.
     */
    @Override
    public void close() {
        List<Runnable> news = new ArrayList<>();
        synchronized (lock) {
            closed = true;
            completed = true;
            ended = true;
            for (Tail tail : tails.values()) {
                tail.waiting().forEach(offer -> news.add(complete(offer, refusal(offer.segment()))));
            }
            followers.forEach(follower -> {
                follower.detach();
                news.add(follower::wake);
            });
            followers.clear();
            tails.clear();
            waiting = 0;
        }
        news.forEach(Runnable::run);
    }

    /** Last event of the segments of this log that were sent so far. */
    OptionalLong head(LogId log) {
        synchronized (lock) {
            Tail tail = tails.get(log);
            return tail == null || tail.head() == 0 ? OptionalLong.empty() : OptionalLong.of(tail.head());
        }
    }

    /** Called with the lock held: the follower has acknowledged the segment, or holds it already. */
    void released(Retained segment) {
        if (--segment.owedTo == 0) {
            Tail tail = tails.get(segment.segment.log());
            if (tail != null) {
                tail.remove(segment);
            }
        }
    }

    /** Called with the lock held after segments of the log were released. */
    void takeOffers(LogId log, List<Runnable> news) {
        Tail tail = tails.get(log);
        if (tail != null) {
            take(tail, tail.admissible(), news);
        }
    }

    /** Called with the lock held: a follower cannot go on without this event. */
    void takeOfferHolding(LogId log, long seq, List<Runnable> news) {
        Tail tail = tails.get(log);
        if (tail != null) {
            take(tail, tail.admissible(seq), news);
        }
    }

    private void offer(Tail.Offer offer) {
        List<Runnable> news = new ArrayList<>();
        synchronized (lock) {
            if (completed) {
                news.add(() -> offer.sender().error(refusal(offer.segment())));
            } else {
                Tail tail = tails.computeIfAbsent(offer.segment().log(), log -> new Tail(windowBytesPerLog));
                if (tail.admits(offer)) {
                    append(tail, offer.segment(), news);
                    news.add(offer.sender()::success);
                } else {
                    tail.waiting().add(offer);
                    waiting++;
                    news.add(() -> offer.sender().onCancel(() -> withdraw(tail, offer)));
                }
            }
        }
        news.forEach(Runnable::run);
    }

    private void withdraw(Tail tail, Tail.Offer offer) {
        List<Runnable> news = new ArrayList<>();
        synchronized (lock) {
            if (tail.waiting().remove(offer)) {
                waiting--;
                take(tail, tail.admissible(), news); // the one behind it may be smaller
                endIfDone(news);
            }
        }
        news.forEach(Runnable::run);
    }

    private void take(Tail tail, List<Tail.Offer> offers, List<Runnable> news) {
        for (Tail.Offer offer : offers) {
            append(tail, offer.segment(), news);
            news.add(complete(offer, null));
            waiting--;
        }
        endIfDone(news);
    }

    private void append(Tail tail, WalSegmentPayload segment, List<Runnable> news) {
        Retained retained = new Retained(segment, sent++);
        tail.add(retained);
        for (InProcessFollower follower : followers) {
            owe(follower, retained);
            news.add(follower::wake);
        }
    }

    private static void owe(InProcessFollower follower, Retained segment) {
        segment.owedTo++;
        follower.add(segment);
    }

    private void dropWhatNobodyIsOwed(Tail tail) {
        for (Retained segment : List.copyOf(tail.retained())) {
            if (segment.owedTo == 0) {
                tail.remove(segment);
            }
        }
    }

    private void endIfDone(List<Runnable> news) {
        if (completed && waiting == 0 && !ended) {
            ended = true;
            for (InProcessFollower follower : followers) {
                follower.end();
                news.add(follower::wake);
            }
        }
    }

    /** Not on the thread that made room: what the sender does next must not run inside the replay of a log. */
    private Runnable complete(Tail.Offer offer, @Nullable RuntimeException failure) {
        MonoSink<Void> sender = offer.sender();
        return () -> scheduler.get().schedule(failure == null ? sender::success : () -> sender.error(failure));
    }

    private TransportClosedException refusal(WalSegmentPayload segment) {
        return new TransportClosedException("in-process leader: " + segment + " was not sent: the leader has "
                + (closed ? "been closed" : "ended its logs") + "; send to a new leader");
    }

    /** Options of an {@link InProcessLeader}. */
    public static final class Builder {

        private long windowBytesPerLog = 16L << 20;
        private @Nullable Scheduler scheduler;

        private Builder() {}

        /**
         * Most bytes of one log that are retained for followers which have not acknowledged them, but for one segment, which always
         * may go. Should be at least two segments, and no more than a receiver lets one log hold. Default 16 MiB; in bytes, 1 or more.
         */
        public Builder windowBytesPerLog(long bytes) {
            if (bytes < 1) {
                throw new IllegalArgumentException("windowBytesPerLog: must be 1 or more, was " + bytes);
            }
            this.windowBytesPerLog = bytes;
            return this;
        }

        /**
         * Where segments are emitted and waiting sends completed. Not disposed here; must not run tasks on the thread that submits
         * them. Default {@link Schedulers#parallel()}.
         */
        public Builder scheduler(Scheduler scheduler) {
            this.scheduler = scheduler;
            return this;
        }

        /** Makes the leader. */
        public InProcessLeader build() {
            return new InProcessLeader(this);
        }
    }
}
