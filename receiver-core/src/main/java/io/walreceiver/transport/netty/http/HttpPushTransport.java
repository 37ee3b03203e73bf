package io.walreceiver.transport.netty.http;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.log.LogTrouble;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.transport.Heartbeat;
import io.walreceiver.transport.LeaderEpoch;
import io.walreceiver.transport.Positions;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.netty.security.ServerSecurity;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.server.HttpServerRoutes;

/**
 * Segments that leaders push by HTTP, with any client: {@code PUT /v1/segments/{region}/{shard}/{seqno}}. What is pushed while nobody
 * is subscribed is answered 503, so that its sender comes again.
 *
 * <p>A sender is answered 200 only when its whole segment is durable, and may forget a log through the {@code Durable-Position} of any
 * answer. Whatever can be decided without a segment's bytes is decided before they are read; what they take is reserved first.
 *
 * <p>{@link #routes} are mounted on a server of reactor-netty; {@link HttpListener} is one. The flux completes only by {@link #close}.
 * {@link #request} and {@link #hold} change what a sender is told when it comes next: it is asked for nothing by itself.
 *
 * <p><b>Threads.</b> Segments are emitted on one thread of the subscription's own, which ends with it. Answers are given on the thread that
 * acknowledges or decides, without waiting.
 */
public final class HttpPushTransport implements Transport {

    private static final AtomicInteger SUBSCRIPTIONS = new AtomicInteger();

    private final ServerSecurity security;
    private final Duration demandPatience;
    private final Scheduler timer;
    private final PushRoutes routes;
    private final AtomicReference<@Nullable PushSession> current = new AtomicReference<>();
    private final Map<LogId, Heartbeat> heartbeats = new ConcurrentHashMap<>();
    /** Whoever is not there, or is slow, misses a hint and no more: the trouble itself is looked up. */
    private final Sinks.Many<LogId> changes = Sinks.many().multicast().directBestEffort();

    private volatile boolean closed;

    private HttpPushTransport(Builder builder) {
        this.security = builder.security;
        this.demandPatience = builder.demandPatience;
        this.timer = builder.timer == null ? Schedulers.parallel() : builder.timer;
        PushLimits limits = new PushLimits(
                builder.maxSegmentBytes, builder.maxConcurrentRequests, builder.bodyTimeout, builder.answerTimeout);
        this.routes =
                new PushRoutes(security, limits, new Room(builder.maxInFlightBytes), timer, this::session, this::heard);
    }

    /** A transport with default options, for loopback: anyone may push. */
    public static HttpPushTransport create() {
        return builder().build();
    }

    /** Options of a transport. */
    public static Builder builder() {
        return new Builder();
    }

    /** What is to be mounted on a server: {@code HttpServer.create().route(transport.routes())}. Connections and TLS are the server's. */
    public Consumer<HttpServerRoutes> routes() {
        return routes;
    }

    ServerSecurity security() {
        return security;
    }

    @Override
    public Flux<WalSegmentPayload> segments(Positions positions) {
        return new Flux<>() {
            @Override
            public void subscribe(CoreSubscriber<? super WalSegmentPayload> actual) {
                HttpPushTransport.this.subscribe(positions, actual);
            }
        };
    }

    private void subscribe(Positions positions, CoreSubscriber<? super WalSegmentPayload> actual) {
        Map<LogId, Long> start;
        try {
            start = positions.read();
        } catch (Throwable e) {
            Exceptions.throwIfJvmFatal(e);
            Operators.error(actual, e);
            return;
        }
        String name = "wal-http-push-" + SUBSCRIPTIONS.incrementAndGet();
        ExecutorService emitter = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
        PushSession session =
                new PushSession(positions, start, emitter, timer, demandPatience, this::ended, this::changed, actual);
        if (!current.compareAndSet(null, session)) {
            emitter.shutdown();
            Operators.error(
                    actual,
                    new IllegalStateException(
                            "HTTP push: it has a subscriber; cancel that one first, or make another transport"));
            return;
        }
        if (closed) {
            session.complete();
        }
        session.start();
    }

    private void ended(PushSession session) {
        current.compareAndSet(session, null);
    }

    private void changed(LogId log) {
        changes.emitNext(log, Sinks.EmitFailureHandler.busyLooping(Duration.ofSeconds(1)));
    }

    private @Nullable PushSession session() {
        return current.get();
    }

    private void heard(LogId log, Heartbeat heartbeat) {
        if (heartbeats.size() < PushSession.MAX_LOGS || heartbeats.containsKey(log)) {
            heartbeats.put(log, heartbeat);
        }
    }

    /**
     * Takes nothing more: open requests are answered 503, and the flux completes, as does any that is subscribed to later. What was
     * handed over and is not durable will be sent again. Repeating it has no effect.
     */
    public void close() {
        closed = true;
        tell(PushSession::complete);
    }

    /** How many requests were answered with a problem so far, by its type ({@code gap}, {@code corrupt}, ...; docs/http-push.md has them all). */
    public Map<String, Long> refusals() {
        return routes.refusals();
    }

    @Override
    public void acknowledge(LogId log, long through) {
        tell(session -> session.acknowledge(log, through));
    }

    @Override
    public void request(LogId log, long from) {
        tell(session -> session.request(log, from));
    }

    @Override
    public void hold(LogId log, long from) {
        tell(session -> session.hold(log, from));
    }

    @Override
    public void decided(SegmentOutcome outcome) {
        tell(session -> session.decided(outcome));
    }

    private void tell(Consumer<PushSession> news) {
        PushSession session = current.get();
        if (session != null) {
            news.accept(session);
        }
    }

    /** True: a sender that was not told of 200 comes again. */
    @Override
    public boolean canSendAgain() {
        return true;
    }

    /** As the last {@code PUT /v1/heads} of the log said. */
    @Override
    public OptionalLong head(LogId log) {
        Heartbeat last = heartbeats.get(log);
        return last == null ? OptionalLong.empty() : OptionalLong.of(last.head());
    }

    @Override
    public Optional<Heartbeat> heartbeat(LogId log) {
        return Optional.ofNullable(heartbeats.get(log));
    }

    /** The epoch on record, if the log's last segment came under one. */
    @Override
    public Optional<LeaderEpoch> epoch(LogId log) {
        PushSession session = current.get();
        return session == null ? Optional.empty() : session.epoch(log);
    }

    /** Diverged, while the last sender's epoch began below what is durable. That a deposed leader still sends is no trouble of the log. */
    @Override
    public Optional<LogTrouble> trouble(LogId log) {
        PushSession session = current.get();
        return session == null ? Optional.empty() : session.trouble(log);
    }

    @Override
    public Flux<LogId> changes() {
        return changes.asFlux();
    }

    @Override
    public String toString() {
        return "HTTP push";
    }

    /** Options of an {@link HttpPushTransport}. */
    public static final class Builder {

        private int maxSegmentBytes = 64 << 20;
        private long maxInFlightBytes = 128L << 20;
        private int maxConcurrentRequests = 1024;
        private Duration bodyTimeout = Duration.ofMinutes(1);
        private Duration demandPatience = Duration.ofSeconds(10);
        private Duration answerTimeout = Duration.ofMinutes(1);
        private ServerSecurity security = ServerSecurity.NONE;
        private @Nullable Scheduler timer;

        private Builder() {}

        /** Size of the largest segment; a larger one is answered 413. Default 64 MiB; in bytes, 1 or more. As the receiver's option. */
        public Builder maxSegmentBytes(int bytes) {
            maxSegmentBytes = bytes;
            return this;
        }

        /**
         * Most bytes of segments that are read, or wait for what becomes of them; beyond it 429. One segment always fits. Default
         * 128 MiB; in bytes, 1 or more.
         */
        public Builder maxInFlightBytes(long bytes) {
            maxInFlightBytes = bytes;
            return this;
        }

        /** Most segments whose senders wait at a time; beyond it 429. Default 1,024; 1 or more. */
        public Builder maxConcurrentRequests(int requests) {
            maxConcurrentRequests = requests;
            return this;
        }

        /** How long a body may take, from its head to its last byte; then 408. Default 1 min; greater than zero. */
        public Builder bodyTimeout(Duration timeout) {
            bodyTimeout = timeout;
            return this;
        }

        /** How long a segment may wait until the receiver asks for it; then 429. Default 10 s; greater than zero. */
        public Builder demandPatience(Duration patience) {
            demandPatience = patience;
            return this;
        }

        /** How long a sender waits for its segment to be durable; then 503. Default 1 min; greater than zero. */
        public Builder answerTimeout(Duration timeout) {
            answerTimeout = timeout;
            return this;
        }

        /** Who may push. Default {@link ServerSecurity#NONE}. */
        public Builder security(ServerSecurity peers) {
            security = peers;
            return this;
        }

        /** Where timeouts are measured. Default {@link Schedulers#parallel()}. Not disposed of. */
        public Builder timer(Scheduler scheduler) {
            timer = scheduler;
            return this;
        }

        /**
         * Makes the transport; it starts nothing.
         *
         * @throws IllegalArgumentException if an option is out of its range
         */
        public HttpPushTransport build() {
            positive("maxSegmentBytes", maxSegmentBytes);
            positive("maxInFlightBytes", maxInFlightBytes);
            positive("maxConcurrentRequests", maxConcurrentRequests);
            positive("bodyTimeout", bodyTimeout.toNanos());
            positive("demandPatience", demandPatience.toNanos());
            positive("answerTimeout", answerTimeout.toNanos());
            return new HttpPushTransport(this);
        }

        private static void positive(String name, long value) {
            if (value < 1) {
                throw new IllegalArgumentException(name + ": expected more than zero, found " + value);
            }
        }
    }
}
