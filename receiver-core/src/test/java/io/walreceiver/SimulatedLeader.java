package io.walreceiver;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.transport.Positions;
import io.walreceiver.transport.Transport;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A leader of many logs with three manners: it knows neither window nor hold and only answers requests ({@code DUMB}), it heeds
 * holds ({@code HOLD}), or it keeps a window as well ({@code WINDOW}). Sends from a thread of its own, round robin over its logs.
 */
class SimulatedLeader implements Transport, AutoCloseable {

    enum Manner {
        DUMB,
        HOLD,
        WINDOW
    }

    /** One log at the leader. */
    final class Log {
        final LogId id;
        final long events;
        final int eventsPerSegment;
        long next = 1;
        long sentBytes;
        long acknowledged;
        boolean held;
        private final List<long[]> unacknowledged = new ArrayList<>(); // last event, bytes
        private long unacknowledgedBytes;

        Log(LogId id, long events, int eventsPerSegment) {
            this.id = id;
            this.events = events;
            this.eventsPerSegment = eventsPerSegment;
        }

        boolean sendable() {
            return next <= events
                    && !(manner != Manner.DUMB && held)
                    && !(manner == Manner.WINDOW && unacknowledgedBytes >= windowBytes);
        }

        private void sent(WalSegmentPayload segment) {
            sentBytes += segment.bytes().length;
            if (next - 1 <= acknowledged) {
                return; // sent again though it had arrived: nobody will acknowledge it once more
            }
            unacknowledged.add(new long[] {next - 1, segment.bytes().length});
            unacknowledgedBytes += segment.bytes().length;
        }

        private void forgetThrough(long position) {
            acknowledged = Math.max(acknowledged, position);
            while (!unacknowledged.isEmpty() && unacknowledged.get(0)[0] <= acknowledged) {
                unacknowledgedBytes -= unacknowledged.remove(0)[1];
            }
        }

        private void rewind(long from) {
            held = false;
            next = Math.min(next, from);
            unacknowledged.clear();
            unacknowledgedBytes = 0;
        }
    }

    private final Manner manner;
    private final long windowBytes;
    private final Map<LogId, Log> logs = new LinkedHashMap<>();
    private final List<Log> order = new ArrayList<>();
    private final Scheduler thread = Schedulers.newSingle("simulated-leader", true);
    private final Scheduler.Worker worker = thread.createWorker();
    private final AtomicInteger wip = new AtomicInteger();
    final AtomicLong sentSegments = new AtomicLong();
    private final Queue<WalSegmentPayload> onTheWire = new ArrayDeque<>(); // of the sending thread
    private int turn;
    private boolean finished;
    private volatile FluxSink<WalSegmentPayload> sink;

    SimulatedLeader(Manner manner, long windowBytes) {
        this.manner = manner;
        this.windowBytes = windowBytes;
    }

    synchronized SimulatedLeader log(LogId id, long events, int eventsPerSegment) {
        Log log = new Log(id, events, eventsPerSegment);
        logs.put(id, log);
        order.add(log);
        drain();
        return this;
    }

    /** What is sent next of a log; a test may cut, spoil or leave out. Must set {@code log.next}. */
    protected List<WalSegmentPayload> cut(Log log) {
        int events = (int) Math.min(log.eventsPerSegment, log.events - log.next + 1);
        WalSegmentPayload segment = Leader.segment(log.id, log.next, events);
        log.next += events;
        return List.of(segment);
    }

    /** Goes on after a follower's position, as a leader does when it connects again. */
    synchronized void startAfter(LogId id, long position) {
        Log log = logs.get(id);
        log.rewind(position + 1);
        log.next = position + 1;
        log.acknowledged = Math.max(log.acknowledged, position);
    }

    synchronized long acknowledged(LogId id) {
        return logs.get(id).acknowledged;
    }

    synchronized List<LogId> logs() {
        return List.copyOf(logs.keySet());
    }

    /** Ends the stream as soon as everything was sent that is sendable. */
    synchronized void finish() {
        finished = true;
        drain();
    }

    @Override
    public Flux<WalSegmentPayload> segments(Positions positions) {
        return Flux.create(
                sink -> {
                    this.sink = sink;
                    sink.onRequest(n -> drain());
                },
                FluxSink.OverflowStrategy.ERROR);
    }

    @Override
    public void acknowledge(LogId id, long through) {
        synchronized (this) {
            logs.get(id).forgetThrough(through);
        }
        if (manner == Manner.WINDOW || finished) {
            drain();
        }
    }

    @Override
    public void request(LogId id, long from) {
        synchronized (this) {
            logs.get(id).rewind(from);
        }
        drain();
    }

    @Override
    public synchronized void hold(LogId id, long from) {
        logs.get(id).held = true;
    }

    @Override
    public boolean canSendAgain() {
        return true;
    }

    @Override
    public void close() {
        thread.dispose();
    }

    private void drain() {
        if (sink != null && wip.getAndIncrement() == 0) {
            worker.schedule(this::send);
        }
    }

    private void send() {
        int missed = 1;
        while (missed != 0) {
            FluxSink<WalSegmentPayload> sink = this.sink; // a subscriber may come after another
            while (sink.requestedFromDownstream() > 0) {
                WalSegmentPayload next = onTheWire.isEmpty() ? next() : onTheWire.remove();
                if (next == null) {
                    break;
                }
                sentSegments.incrementAndGet();
                sink.next(next);
            }
            if (ended()) {
                sink.complete();
            }
            missed = wip.addAndGet(-missed);
        }
    }

    private synchronized boolean ended() {
        return finished && order.stream().noneMatch(Log::sendable);
    }

    private synchronized @Nullable WalSegmentPayload next() {
        for (int i = 0; i < order.size(); i++) {
            turn = (turn + 1) % order.size();
            Log log = order.get(turn);
            if (log.sendable()) {
                List<WalSegmentPayload> segments = cut(log);
                segments.forEach(log::sent);
                onTheWire.addAll(segments);
                return onTheWire.remove();
            }
        }
        return null;
    }
}
