package io.walreceiver.transport.netty.tcp;

import io.netty.channel.EventLoop;
import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.transport.Positions;
import io.walreceiver.transport.SkippedEvents;
import io.walreceiver.transport.sender.Outgoing;
import io.walreceiver.transport.sender.SegmentSubscription;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Disposables;

/**
 * One run of a follower, over as many connections as it takes. All of its state belongs to one event loop, on which it emits too;
 * what followers tell comes by the mailbox.
 */
final class TcpSubscription extends SegmentSubscription {

    private static final int MAX_LOGS = 1 << 16;
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final TcpTransport transport;
    private final Positions positions;
    private final EventLoop loop;
    private final Backoff backoff;
    private final Disposable.Composite timers = Disposables.composite();
    private final Mailbox mailbox = new Mailbox();
    private final AtomicBoolean told = new AtomicBoolean();

    private final Map<LogId, ClientLog> logs = new TreeMap<>();
    /** Those of which something is to be told to the publisher. */
    private final Set<ClientLog> due = new LinkedHashSet<>();

    private SegmentBuffer buffer;
    private @Nullable ClientConnection connection;
    private @Nullable Throwable failure;
    /** The publisher has said that its logs have ended. */
    private boolean ended;
    /** Since then only what was asked for again is wanted. */
    private boolean onlyAgain;
    /** What was asked for when they ended before. */
    private Map<LogId, Long> askedBefore = Map.of();
    /** Something was acknowledged since. */
    private boolean moved;

    TcpSubscription(
            TcpTransport transport,
            Positions positions,
            EventLoop loop,
            CoreSubscriber<? super WalSegmentPayload> subscriber) {
        super(subscriber, loop);
        this.transport = transport;
        this.positions = positions;
        this.loop = loop;
        this.backoff = new Backoff(transport.options().minBackoff, transport.options().maxBackoff);
        this.buffer = newBuffer();
    }

    /** Begins to connect; to be called once the subscriber has the subscription. */
    void begin() {
        onLoop(() -> {
            if (!closed()) {
                long nanos = transport.tickNanos();
                timers.add(transport
                        .options()
                        .timer
                        .schedulePeriodically(() -> onLoop(this::tick), nanos, nanos, TimeUnit.NANOSECONDS));
                connect();
            }
        });
    }

    // ---- what followers tell, on any thread

    void acknowledge(LogId log, long through) {
        mailbox.acknowledge(log, through);
        mailCame();
    }

    void request(LogId log, long from) {
        mailbox.request(log, from, 0);
        mailCame();
    }

    void hold(LogId log, long from) {
        mailbox.hold(log, from);
        mailCame();
    }

    private void mailCame() {
        if (told.compareAndSet(false, true)) {
            onLoop(() -> {
                readMail();
                wake();
            });
        }
    }

    private void readMail() {
        told.set(false);
        mailbox.take().forEach((id, mail) -> {
            ClientLog log = log(id);
            moved |= mail.acknowledged > log.acknowledged;
            log.acknowledge(mail.acknowledged);
            if (mail.heldFrom > 0) {
                log.hold(mail.heldFrom);
                buffer.discard(id);
            }
            SkippedEvents skip = log.nextSkip();
            if (mail.requestedFrom > 0 && !(log.gated && skip != null && mail.requestedFrom >= skip.from())) {
                log.request(mail.requestedFrom);
            }
            due.add(log);
            passOver(log);
        });
        ClientConnection open = connection;
        if (open != null) {
            open.tell();
        }
    }

    // ---- emission, on the loop

    @Override
    protected @Nullable WalSegmentPayload poll() {
        readMail();
        WalSegmentPayload next = buffer.poll();
        ClientConnection open = connection;
        if (next != null && open != null) {
            open.tell();
        }
        return next;
    }

    @Override
    protected boolean finished() {
        readMail();
        if (!buffer.isEmpty()) {
            return false;
        }
        if (failure instanceof Error error) {
            throw error;
        } else if (failure instanceof RuntimeException exception) {
            throw exception;
        }
        return ended && !askAgain();
    }

    @Override
    protected void close() {
        timers.dispose();
        transport.ended(this);
        onLoop(() -> {
            ClientConnection open = connection;
            if (open != null) {
                open.drop(Drop.STOPPED, "the subscription is over");
            }
            buffer.cut();
        });
        loop.parent().shutdownGracefully(0, 5, TimeUnit.SECONDS);
    }

    /**
     * All logs have ended and everything was handed over: whether anything is to be waited for yet. What was asked for meanwhile is
     * fetched by another connection, unless the same was so before and nothing has moved on since.
     */
    private boolean askAgain() {
        Map<LogId, Long> asked = new HashMap<>();
        boolean waits = false;
        for (ClientLog log : logs.values()) {
            waits |= log.heldFrom > 0 || log.skipping;
            if (log.requestOutstanding()) {
                asked.put(log.id, log.requestedFrom);
            }
        }
        if (asked.isEmpty() || asked.equals(askedBefore) && !moved) {
            return waits;
        }
        askedBefore = asked;
        moved = false;
        ended = false;
        onlyAgain = true;
        logs.values().forEach(log -> log.again = asked.getOrDefault(log.id, 0L));
        connect();
        return true;
    }

    // ---- connections, on the loop

    private void connect() {
        if (closed() || connection != null) {
            return;
        }
        ClientConnection next = new ClientConnection(this, transport);
        connection = next;
        transport.connecting();
        next.connect(loop);
    }

    /** The connection is there: what is told of each log at its beginning. */
    Map<LogId, Long> resume() {
        Map<LogId, Long> read = positions.read();
        buffer = newBuffer();
        read.keySet().forEach(this::log);
        Map<LogId, Long> from = new TreeMap<>();
        for (ClientLog log : logs.values()) {
            log.resume(read.getOrDefault(log.id, 0L));
            due.add(log);
            // One of which the follower holds nothing is new to the publisher as well, unless it is wanted again.
            if (log.position > 0 || log.again > 0) {
                from.put(log.id, log.position);
            }
        }
        return from;
    }

    private SegmentBuffer newBuffer() {
        return new SegmentBuffer(transport.options().bufferBytes(), transport.options().maxSegmentBytes);
    }

    boolean onlyAgain() {
        return onlyAgain;
    }

    /** Whether a log that is in order is to be sent. What has ended is not sent again but where it was asked for. */
    boolean wants(ClientLog log) {
        return !onlyAgain || log.again > 0;
    }

    Positions positions() {
        return positions;
    }

    SegmentBuffer buffer() {
        return buffer;
    }

    Set<ClientLog> due() {
        return due;
    }

    ClientLog log(LogId id) {
        ClientLog log = logs.get(id);
        if (log == null) {
            if (logs.size() >= MAX_LOGS) {
                throw new ProtocolException("log " + id + ": expected at most " + MAX_LOGS + " logs, found one more");
            }
            log = new ClientLog(id);
            logs.put(id, log);
        }
        return log;
    }

    /** A segment is whole. */
    void arrived(ClientLog log, WalSegmentPayload segment) {
        backoff.reset();
        if (log.below > 0) {
            long last = Outgoing.plausibleLast(segment.id().seqno(), segment.eventCount(), segment.bytes().length);
            if (last > 0 && last < log.below) {
                buffer.drop(segment);
                return;
            }
            log.below = 0;
        }
        SkippedEvents skip = log.nextSkip();
        if (skip != null && Long.compareUnsigned(segment.id().seqno(), skip.from()) > 0) {
            buffer.drop(segment);
            log.hold(skip.from());
            log.gated = true;
            due.add(log);
            passOver(log);
            return;
        }
        buffer.keep(segment);
        wake();
    }

    /** The publisher is alive and well. */
    void alive() {
        backoff.reset();
    }

    void learnSkip(ClientLog log, SkippedEvents skip) {
        log.learnSkip(skip);
        passOver(log);
    }

    /** Passes over the next hole as soon as the follower stands before it. */
    private void passOver(ClientLog log) {
        SkippedEvents skip = log.nextSkip();
        if (skip == null || log.skipping || log.standsAt() < skip.from() - 1) {
            return;
        }
        log.skipping = true;
        positions
                .skip(log.id, skip)
                .subscribe(
                        nothing -> {},
                        e -> onLoop(() -> notPassedOver(log, skip, e)),
                        () -> onLoop(() -> passedOver(log, skip)));
    }

    private void passedOver(ClientLog log, SkippedEvents skip) {
        log.skipping = false;
        log.skips.remove(skip);
        log.position = Math.max(log.position, skip.through());
        transport.trouble(log.id, null);
        if (log.gated) {
            log.request(skip.through() + 1);
            due.add(log);
        }
        passOver(log);
        ClientConnection open = connection;
        if (open != null) {
            open.tell();
        }
        wake();
    }

    private void notPassedOver(ClientLog log, SkippedEvents skip, Throwable e) {
        transport.cannotPassOver(log.id, skip, e);
        later(RETRY_NANOS, () -> {
            log.skipping = false;
            passOver(log);
        });
    }

    /** Positions cannot be read: nothing can be done without them. */
    void fail(Throwable e) {
        failure = e;
        wake();
    }

    /** The logs have ended. */
    void end() {
        ended = true;
    }

    /** A connection is over. */
    void lost(ClientConnection lost, Drop drop, String reason) {
        if (lost != connection) {
            return;
        }
        connection = null;
        buffer.cut();
        transport.lost(drop, reason, ended);
        if (closed()) {
            return;
        }
        if (ended || failure != null) {
            wake();
            return;
        }
        later(drop == Drop.REFUSED ? backoff.longestNanos() : backoff.nextNanos(), this::connect);
    }

    private void tick() {
        ClientConnection open = connection;
        if (open != null) {
            open.tick();
        }
    }

    // ---- threads

    void later(long nanos, Runnable task) {
        try {
            Disposable.Swap handle = Disposables.swap();
            timers.add(handle);
            handle.update(transport
                    .options()
                    .timer
                    .schedule(
                            () -> onLoop(() -> {
                                timers.remove(handle);
                                if (!closed()) {
                                    task.run();
                                }
                            }),
                            nanos,
                            TimeUnit.NANOSECONDS));
        } catch (RejectedExecutionException e) {
            fail(new IllegalStateException(
                    transport + ": the timer takes no task: expected one that is not disposed", e));
        }
    }

    void onLoop(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            // The loop ends with the subscription, and whatever it is, it came too late.
        }
    }

    boolean isClosed() {
        return closed();
    }
}
