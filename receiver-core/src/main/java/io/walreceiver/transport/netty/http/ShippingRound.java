package io.walreceiver.transport.netty.http;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.transport.directory.DirectoryTransport;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/** One subscription to the source, from the follower's positions to the source's end. */
final class ShippingRound extends BaseSubscriber<WalSegmentPayload> {

    /** Segments that are asked for ahead, of all logs. */
    private static final int AHEAD = 128;
    /** Segments of one log that wait; what comes beyond them is let go, and asked for later. */
    private static final int AHEAD_PER_LOG = 4;

    /** A log that has failed is passed over: its window must not fill, nor a hold last. */
    private static final long EVERYTHING = Long.MAX_VALUE - 1;

    private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private static final class Line {

        final ArrayDeque<WalSegmentPayload> waiting = new ArrayDeque<>();
        boolean busy;
        /** What came from this event on was let go; 0 for nothing. */
        long letGoFrom;
        /** What comes is not sent: the log was refused. */
        boolean passedOver;
        /** How often it was refused since something of it was taken. */
        long refusals;
    }

    private final DirectoryTransport source;
    private final Map<LogId, Long> positions;
    private final HttpShipper shipper;
    private final DirectoryShipper owner;
    private final MonoSink<Boolean> end;
    private final Backoff refusedLogs;
    private final Disposable.Composite sends = Disposables.composite();
    private final Map<LogId, Line> lines = new HashMap<>();
    private int busy;
    private boolean sourceEnded;
    private boolean again;

    /** @param end told whether another round is needed */
    ShippingRound(
            DirectoryTransport source,
            Map<LogId, Long> positions,
            HttpShipper shipper,
            DirectoryShipper owner,
            MonoSink<Boolean> end) {
        this.source = source;
        this.positions = positions;
        this.shipper = shipper;
        this.owner = owner;
        this.end = end;
        this.refusedLogs = new Backoff(SHORTEST_PAUSE, LONGEST_PAUSE, shipper.timer());
    }

    void start() {
        end.onDispose(() -> {
            cancel();
            sends.dispose();
        });
        source.segments(() -> positions).subscribe(this);
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
        subscription.request(AHEAD);
    }

    @Override
    protected void hookOnNext(WalSegmentPayload segment) {
        LogId log = segment.log();
        boolean letGo;
        boolean taken;
        synchronized (this) {
            Line line = line(log);
            letGo = !line.passedOver && (line.letGoFrom > 0 || line.waiting.size() >= AHEAD_PER_LOG);
            taken = !line.passedOver && !letGo;
            if (taken) {
                line.waiting.add(segment);
            }
        }
        if (letGo) {
            letGo(log, segment.id().seqno());
        }
        if (!taken) {
            request(1);
        }
        sendNext(log);
    }

    /** The source hears of the hold before anybody else can ask for it again: the other way round the hold would last for ever. */
    private void letGo(LogId log, long from) {
        source.hold(log, from);
        synchronized (this) {
            Line line = line(log);
            line.letGoFrom = line.letGoFrom == 0 ? from : Math.min(line.letGoFrom, from);
        }
    }

    private void sendNext(LogId log) {
        WalSegmentPayload segment;
        long letGoFrom = 0;
        synchronized (this) {
            Line line = line(log);
            segment = line.busy ? null : line.waiting.poll();
            if (segment != null) {
                line.busy = true;
                busy++;
            } else if (!line.busy) {
                letGoFrom = line.letGoFrom;
                line.letGoFrom = 0;
            }
        }
        if (segment != null) {
            send(segment);
        } else if (letGoFrom > 0) {
            source.request(log, letGoFrom);
        }
    }

    private void send(WalSegmentPayload segment) {
        Disposable.Swap sending = Disposables.swap();
        sends.add(sending);
        sending.update(shipper.ship(segment)
                .doFinally(signal -> sends.remove(sending))
                .subscribe(durable -> shipped(segment, durable), failure -> refused(segment, failure)));
    }

    private void shipped(WalSegmentPayload segment, long durable) {
        owner.shipped(segment.log(), segment.bytes().length, durable);
        synchronized (this) {
            line(segment.log()).refusals = 0;
        }
        source.acknowledge(segment.log(), durable);
        sent(segment.log());
    }

    private void refused(WalSegmentPayload segment, Throwable failure) {
        LogId log = segment.log();
        long missed = failure instanceof SegmentRejectedException rejected
                        && rejected.problem().equals("gap")
                ? rejected.expected().orElse(0)
                : 0;
        boolean asks = missed > 0 && owner.misses(log, missed);
        if (!asks) {
            owner.failed(log, failure);
        }
        int dropped;
        synchronized (this) {
            Line line = line(log);
            dropped = line.waiting.size();
            line.waiting.clear(); // it would be refused too
            line.letGoFrom = asks && !sourceEnded ? missed : 0;
            line.passedOver = !asks;
            again |= asks && sourceEnded; // a source that has ended hears no request
        }
        if (dropped > 0) {
            request(dropped);
        }
        if (!asks && source.follows()) {
            tryLater(log, missed > 0 ? missed : segment.id().seqno());
        } else if (!asks) {
            source.acknowledge(log, EVERYTHING); // the source must come to its end
        }
        sent(log);
    }

    /** A file may have been read before it was whole, or is replaced; what is missing may come, or be given up at the follower. */
    private void tryLater(LogId log, long from) {
        Duration pause;
        synchronized (this) {
            pause = refusedLogs.pause(line(log).refusals++);
        }
        Disposable.Swap waiting = Disposables.swap();
        sends.add(waiting);
        waiting.update(Mono.delay(pause, refusedLogs.timer())
                .doFinally(signal -> sends.remove(waiting))
                .subscribe(tick -> tryAgain(log, from)));
    }

    private void tryAgain(LogId log, long from) {
        synchronized (this) {
            line(log).passedOver = false;
        }
        source.request(log, from);
    }

    private synchronized Line line(LogId log) {
        return lines.computeIfAbsent(log, key -> {
            Line line = new Line();
            line.passedOver = owner.hasFailed(log);
            return line;
        });
    }

    private void sent(LogId log) {
        synchronized (this) {
            line(log).busy = false;
            busy--;
        }
        request(1);
        sendNext(log);
        endIfDone();
    }

    @Override
    protected void hookOnComplete() {
        synchronized (this) {
            sourceEnded = true;
        }
        endIfDone();
    }

    private void endIfDone() {
        Boolean result = null;
        synchronized (this) {
            if (sourceEnded && busy == 0) {
                result = again;
            }
        }
        if (result != null) {
            end.success(result);
        }
    }

    @Override
    protected void hookOnError(Throwable failure) {
        end.error(failure);
    }
}
