package io.walreceiver.transport.inprocess;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.transport.Positions;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.sender.SegmentSubscription;
import io.walreceiver.transport.sender.SendingLog;
import io.walreceiver.transport.sender.Turns;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/** One follower's place in the leader's tails. Its state is guarded by the leader's lock; nothing is emitted under it. */
final class InProcessFollower implements Transport {

    private static final Comparator<Retained.Copy> BY_SENDING = Comparator.comparingLong(Retained.Copy::order);

    private final InProcessLeader leader;
    private final Object lock;
    private final Executor executor;
    private final Map<LogId, SendingLog<Retained.Copy>> logs = new HashMap<>();
    private final Turns<Retained.Copy> turns = new Turns<>();
    /** What was told about logs, so that it holds for one that the leader has not begun yet. */
    private final Map<LogId, Long> acknowledged = new HashMap<>();

    private volatile @Nullable Subscribed current;
    private boolean ended;
    private boolean detached;

    InProcessFollower(InProcessLeader leader, Object lock, Executor executor) {
        this.leader = leader;
        this.lock = lock;
        this.executor = executor;
    }

    @Override
    public Flux<WalSegmentPayload> segments(Positions positions) {
        return new Flux<>() {
            @Override
            public void subscribe(CoreSubscriber<? super WalSegmentPayload> actual) {
                InProcessFollower.this.subscribe(positions, actual);
            }
        };
    }

    private void subscribe(Positions positions, CoreSubscriber<? super WalSegmentPayload> actual) {
        Subscribed subscribed = new Subscribed(actual);
        List<Runnable> news = new ArrayList<>();
        try {
            Map<LogId, Long> start = positions.read();
            synchronized (lock) {
                if (current != null) {
                    throw new IllegalStateException(
                            "in-process follower: it has a subscriber; cancel that one first, or"
                                    + " attach another follower for a second subscriber");
                }
                current = subscribed;
                restart(start, news);
            }
        } catch (RuntimeException e) {
            Operators.error(actual, e);
            return;
        }
        subscribed.start();
        news.forEach(Runnable::run);
    }

    private void restart(Map<LogId, Long> positions, List<Runnable> news) {
        turns.clear();
        positions.forEach((id, position) -> acknowledged.merge(id, position, Math::max));
        logs.forEach((id, log) -> {
            log.restart(positions.getOrDefault(id, 0L));
            leader.takeOffers(id, news);
            turns.ready(log);
        });
    }

    @Override
    public void acknowledge(LogId log, long through) {
        synchronized (lock) {
            acknowledged.merge(log, through, Math::max);
        }
        update(log, (sending, news) -> {
            sending.acknowledge(through);
            leader.takeOffers(log, news);
        });
    }

    @Override
    public void request(LogId log, long from) {
        update(log, (sending, news) -> {
            leader.takeOfferHolding(log, from, news);
            sending.request(from);
        });
    }

    @Override
    public void hold(LogId log, long from) {
        update(log, (sending, news) -> sending.hold(from));
    }

    @Override
    public boolean canSendAgain() {
        return true;
    }

    @Override
    public OptionalLong head(LogId log) {
        return leader.head(log);
    }

    private interface Update {
        void apply(SendingLog<Retained.Copy> log, List<Runnable> news);
    }

    private void update(LogId log, Update update) {
        List<Runnable> news = new ArrayList<>();
        synchronized (lock) {
            SendingLog<Retained.Copy> sending = logs.get(log);
            if (sending == null || detached) {
                return;
            }
            update.apply(sending, news);
            turns.ready(sending);
        }
        news.forEach(Runnable::run);
        wake();
    }

    /** Called with the lock held. */
    void add(Retained segment) {
        SendingLog<Retained.Copy> log = logs.computeIfAbsent(segment.segment.log(), this::newLog);
        log.add(new Retained.Copy(segment));
        turns.ready(log);
    }

    private SendingLog<Retained.Copy> newLog(LogId id) {
        // The tail itself is no larger than the window: what is in flight cannot be.
        SendingLog<Retained.Copy> log =
                new SendingLog<>(id, Long.MAX_VALUE, BY_SENDING, copy -> leader.released(copy.retained));
        log.acknowledge(acknowledged.getOrDefault(id, 0L));
        return log;
    }

    /** Called with the lock held: nothing will be sent any more. */
    void end() {
        ended = true;
        logs.values().forEach(SendingLog::end);
    }

    /** Called with the lock held: the leader has forgotten this follower. */
    void detach() {
        detached = true;
        for (SendingLog<Retained.Copy> log : logs.values()) {
            log.segments().forEach(copy -> copy.retained.owedTo--);
        }
        logs.clear();
        turns.clear();
    }

    void wake() {
        Subscribed subscribed = current;
        if (subscribed != null) {
            subscribed.wake();
        }
    }

    private final class Subscribed extends SegmentSubscription {

        Subscribed(CoreSubscriber<? super WalSegmentPayload> subscriber) {
            super(subscriber, executor);
        }

        @Override
        protected @Nullable WalSegmentPayload poll() {
            List<Runnable> news = new ArrayList<>();
            WalSegmentPayload segment;
            synchronized (lock) {
                segment = current == this ? pollLocked(news) : null;
            }
            news.forEach(Runnable::run);
            return segment;
        }

        private @Nullable WalSegmentPayload pollLocked(List<Runnable> news) {
            SendingLog<Retained.Copy> log = turns.next();
            Retained.Copy next = log == null ? null : log.next();
            if (log == null || next == null) {
                return null;
            }
            log.sent(next);
            leader.takeOffers(log.log(), news); // one that was acknowledged before it was sent has made room
            turns.ready(log);
            return next.retained.segment;
        }

        @Override
        protected boolean finished() {
            synchronized (lock) {
                return detached || ended && turns.finished(logs.values());
            }
        }

        @Override
        protected void close() {
            synchronized (lock) {
                if (current == this) {
                    current = null;
                }
            }
        }
    }
}
