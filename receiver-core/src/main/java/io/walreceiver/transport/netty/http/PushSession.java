package io.walreceiver.transport.netty.http;

import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentDecoder;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.log.DivergedException;
import io.walreceiver.log.LogTrouble;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.transport.LeaderEpoch;
import io.walreceiver.transport.Positions;
import io.walreceiver.transport.sender.Outgoing;
import io.walreceiver.transport.sender.SegmentSubscription;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;

/** One subscription: the segments that were pushed, the logs that they belong to, and whom to answer. */
final class PushSession extends SegmentSubscription {

    /** What peers can name is bounded, whatever they are allowed. */
    static final int MAX_LOGS = 65_536;

    private final Positions positions;
    private final ExecutorService emitter;
    private final Scheduler timer;
    private final Duration demandPatience;
    private final Consumer<PushSession> ended;
    private final Consumer<LogId> changed;

    private final Object lock = new Object();
    private final Map<LogId, PushedLog> logs = new HashMap<>();
    private final ArrayDeque<PushedSegment> queue = new ArrayDeque<>();
    /** Until {@code onNext} has returned. Written by the drain loop. */
    private @Nullable PushedSegment handedOver;

    private volatile boolean complete;

    /**
     * @param emitter owned by the session: shut down at its end
     * @param ended told at the end
     * @param changed told of logs whose trouble may have changed; by any thread
     */
    PushSession(
            Positions positions,
            Map<LogId, Long> start,
            ExecutorService emitter,
            Scheduler timer,
            Duration demandPatience,
            Consumer<PushSession> ended,
            Consumer<LogId> changed,
            CoreSubscriber<? super WalSegmentPayload> subscriber) {
        super(subscriber, emitter);
        this.positions = positions;
        this.emitter = emitter;
        this.timer = timer;
        this.demandPatience = demandPatience;
        this.ended = ended;
        this.changed = changed;
        start.forEach((log, position) -> logs.put(log, new PushedLog(log, position)));
    }

    /** What is said to a sender before its segment is read; null if it is wanted. */
    @Nullable
    Answer refusal(SegmentHead head) {
        synchronized (lock) {
            if (isOver()) {
                return Answer.stopping();
            }
            LogId log = head.id().log();
            PushedLog known = logs.get(log);
            if (known == null && logs.size() >= MAX_LOGS) {
                return Answer.unavailable("too-many-logs", "log " + log + ": " + MAX_LOGS + " logs have been named");
            }
            return (known == null ? new PushedLog(log, 0) : known).refusal(head, positions);
        }
    }

    /** As {@link #refusal}, before anything of the segment was read. */
    @Nullable
    Answer firstRefusal(SegmentHead head) {
        Answer refusal = refusal(head);
        if (refusal != null && refusal.isProblem("diverged")) {
            changed.accept(head.id().log());
        }
        return refusal;
    }

    /** See {@link PushedLog#trouble}. */
    Optional<LogTrouble> trouble(LogId log) {
        synchronized (lock) {
            PushedLog known = logs.get(log);
            return known == null ? Optional.empty() : known.trouble();
        }
    }

    /** Puts the sender's epoch on record if it is new, and emits why not if it is refused. To be told before the segment is offered. */
    Mono<Answer> adopt(SegmentHead head) {
        LogId log = head.id().log();
        LeaderEpoch epoch = PushedLog.adoption(head, positions.epoch(log).orElse(null));
        return epoch == null ? Mono.empty() : adopt(head, log, epoch);
    }

    private Mono<Answer> adopt(SegmentHead head, LogId log, LeaderEpoch epoch) {
        return Mono.defer(() -> {
            Answer refusal = beginAdoption(log, epoch);
            return refusal == null ? adoption(head, log, epoch) : Mono.just(refusal);
        });
    }

    /** Goes on when the sender has gone: until its end nothing of a lower epoch may be taken. */
    private Mono<Answer> adoption(SegmentHead head, LogId log, LeaderEpoch epoch) {
        return positions
                .adopt(log, epoch)
                .then(Mono.<Answer>empty())
                .onErrorResume(DivergedException.class, e -> Mono.just(diverged(head, epoch, e.received())))
                .doFinally(signal -> adopted(log))
                .cache();
    }

    private @Nullable Answer beginAdoption(LogId log, LeaderEpoch epoch) {
        synchronized (lock) {
            PushedSegment out = handedOver;
            return log(log).beginAdoption(epoch, out != null && out.id().log().equals(log) ? out : null);
        }
    }

    private void adopted(LogId log) {
        synchronized (lock) {
            log(log).adopted();
        }
    }

    private Answer diverged(SegmentHead head, LeaderEpoch epoch, long received) {
        Answer answer;
        synchronized (lock) {
            answer = log(head.id().log()).diverged(epoch, received, head);
        }
        changed.accept(head.id().log());
        return answer;
    }

    /**
     * A segment that has come in full.
     *
     * @return when subscribed to, queues it; emits the answer when there is one
     */
    Mono<Answer> offer(SegmentHead head, byte[] bytes, Room.Place place) {
        return Mono.create(sender -> {
            long events = head.events() == 0 ? SegmentDecoder.countEvents(bytes) : head.events();
            long last = Outgoing.plausibleLast(head.id().seqno(), events, bytes.length);
            WalSegmentPayload payload = new WalSegmentPayload(head.id(), bytes, events);
            PushedSegment segment = new PushedSegment(payload, last, head.async(), place, sender);
            Answer refusal;
            boolean wasDiverged;
            synchronized (lock) {
                wasDiverged = trouble(head.id().log()).isPresent();
                refusal = refusal(head.counted(events)); // much may have happened since its head was looked at
                if (refusal == null) {
                    place.handOver();
                    log(head.id().log()).take(segment, head.epoch() > 0);
                    queue.add(segment);
                }
            }
            if (refusal != null) {
                sender.success(refusal);
                return;
            }
            if (wasDiverged) {
                changed.accept(head.id().log());
            }
            sender.onCancel(() -> forget(segment));
            expireLater(segment, sender);
            wake();
        });
    }

    private void expireLater(PushedSegment segment, MonoSink<Answer> sender) {
        try {
            timer.schedule(() -> expire(segment), demandPatience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            expire(segment); // nobody would
        }
    }

    private void expire(PushedSegment segment) {
        Runnable answer;
        synchronized (lock) {
            if (!queue.remove(segment)) {
                return;
            }
            answer = log(segment.id().log()).giveUp(segment);
        }
        answer.run();
    }

    private void forget(PushedSegment segment) {
        synchronized (lock) {
            segment.forgetSender();
        }
    }

    @Override
    protected @Nullable WalSegmentPayload poll() {
        tellHandedOver();
        synchronized (lock) {
            PushedSegment segment = queue.poll();
            handedOver = segment;
            return segment == null ? null : segment.emit();
        }
    }

    @Override
    protected boolean finished() {
        tellHandedOver();
        return complete;
    }

    /** Called when {@code onNext} has returned: whoever does not wait for more is told then. */
    private void tellHandedOver() {
        PushedSegment segment;
        synchronized (lock) {
            segment = handedOver;
            handedOver = null;
        }
        if (segment != null && segment.isAsync()) {
            Runnable answer;
            synchronized (lock) {
                answer = log(segment.id().log()).accepted(segment);
            }
            answer.run();
        }
    }

    @Override
    protected void close() {
        ended.accept(this);
        answerAll();
        emitter.shutdown();
    }

    /** No segment is taken any more, and the flux completes. */
    void complete() {
        complete = true;
        answerAll();
        wake();
    }

    private void answerAll() {
        List<Runnable> answers = new ArrayList<>();
        synchronized (lock) {
            queue.clear();
            logs.values().forEach(log -> answers.addAll(log.close()));
        }
        answers.forEach(Runnable::run);
    }

    private boolean isOver() {
        return complete || closed();
    }

    void acknowledge(LogId log, long through) {
        tell(log, one -> {
            List<Runnable> answers = one.acknowledge(through);
            queue.removeIf(segment -> segment.id().log().equals(log) && segment.last() <= through);
            return answers;
        });
    }

    void request(LogId log, long from) {
        tell(log, one -> one.request(from));
    }

    void hold(LogId log, long from) {
        tell(log, one -> {
            one.hold(from);
            return List.of();
        });
    }

    void decided(SegmentOutcome outcome) {
        tell(outcome.segment().log(), one -> List.of(one.decided(outcome)));
    }

    /** Answers are given outside of the lock: they run into the network library. */
    private void tell(LogId log, Function<PushedLog, List<Runnable>> news) {
        List<Runnable> answers;
        synchronized (lock) {
            if (isOver()) {
                return;
            }
            answers = news.apply(log(log));
        }
        answers.forEach(Runnable::run);
    }

    /** Everything that is durable, by log. */
    Map<LogId, Long> durable() {
        synchronized (lock) {
            Map<LogId, Long> each = new TreeMap<>();
            logs.forEach((log, state) -> each.put(log, state.durable()));
            return each;
        }
    }

    Optional<LeaderEpoch> epoch(LogId log) {
        synchronized (lock) {
            PushedLog known = logs.get(log);
            if (known == null || !known.isFenced()) {
                return Optional.empty();
            }
        }
        return positions.epoch(log);
    }

    private PushedLog log(LogId log) {
        return logs.computeIfAbsent(log, id -> new PushedLog(id, 0));
    }
}
