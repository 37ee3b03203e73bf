package io.walreceiver.transport.netty.tcp;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.log.LogState;
import io.walreceiver.log.LogTrouble;
import io.walreceiver.transport.Heartbeat;
import io.walreceiver.transport.LeaderEpoch;
import io.walreceiver.transport.Positions;
import io.walreceiver.transport.SkippedEvents;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.netty.security.ClientSecurity;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Follows a {@link TcpPublisher}.
 *
 * <pre>{@code
 * Transport leader = TcpTransport.builder().host("leader.example").port(7400).node("follower-1").build();
 * }</pre>
 *
 * <p><b>Connections.</b> Each subscription has one connection at a time. However it ends, unless the publisher says that its logs have
 * ended, another one is made, after a pause that doubles from {@code minBackoff} up to {@code maxBackoff} and starts over when
 * something has come; it goes on after positions that are read then. A publisher that refuses (unknown identity, another version of the protocol)
 * is tried again at the longest pause, with a warning, and {@link #status} says why.
 *
 * <p><b>Memory.</b> At most {@code windowBytesPerLog}, or one segment, is buffered ahead of demand; the publisher is told how much of it
 * was taken, and sends no more, so heartbeats come on time however slow the subscriber is. What is told back is kept as the state of
 * each log, not as messages.
 *
 * <p><b>Threads.</b> Each subscription has one event loop of its own, on which it emits; subscribers must not block it. It ends with the
 * subscription. {@link Positions} are asked there.
 *
 * <p>A transport has one subscriber at a time; a second one fails with {@link IllegalStateException}. It can be subscribed to again. The flux
 * fails only if positions cannot be read, or the timer was disposed.
 */
public final class TcpTransport implements Transport {

    private static final Logger LOG = LoggerFactory.getLogger(TcpTransport.class);
    private static final long LONGEST_TICK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Builder options;
    private final Drops drops = new Drops(LOG);
    private final AtomicLong connects = new AtomicLong();
    private final AtomicReference<@Nullable TcpSubscription> current = new AtomicReference<>();
    private final Map<LogId, Long> heads = new ConcurrentHashMap<>();
    private final Map<LogId, Heartbeat> heartbeats = new ConcurrentHashMap<>();
    private final Map<LogId, LogTrouble> troubles = new ConcurrentHashMap<>();
    private final Map<LogId, LeaderEpoch> epochs = new ConcurrentHashMap<>();
    private final Sinks.Many<LogId> changes = Sinks.many().multicast().directBestEffort();
    private volatile TcpStatus.State state = TcpStatus.State.IDLE;
    private volatile String lastReason = "";

    private TcpTransport(Builder options) {
        this.options = options;
    }

    /** Options of a transport. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public Flux<WalSegmentPayload> segments(Positions positions) {
        return new Flux<>() {
            @Override
            public void subscribe(CoreSubscriber<? super WalSegmentPayload> actual) {
                TcpTransport.this.subscribe(positions, actual);
            }
        };
    }

    private void subscribe(Positions positions, CoreSubscriber<? super WalSegmentPayload> actual) {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("receiver-tcp-follow", true), NioIoHandler.newFactory());
        TcpSubscription subscription = new TcpSubscription(this, positions, group.next(), actual);
        if (current.compareAndSet(null, subscription)) {
            subscription.start();
            subscription.begin();
        } else {
            group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            Operators.error(
                    actual,
                    new IllegalStateException(
                            this + ": it has a subscriber; cancel that one first, or make another transport"));
        }
    }

    @Override
    public void acknowledge(LogId log, long through) {
        tell(subscription -> subscription.acknowledge(log, through));
    }

    @Override
    public void request(LogId log, long from) {
        tell(subscription -> subscription.request(log, from));
    }

    @Override
    public void hold(LogId log, long from) {
        tell(subscription -> subscription.hold(log, from));
    }

    private void tell(Consumer<TcpSubscription> news) {
        TcpSubscription subscription = current.get();
        if (subscription != null) {
            news.accept(subscription);
        }
    }

    @Override
    public boolean canSendAgain() {
        return true;
    }

    @Override
    public OptionalLong head(LogId log) {
        Long head = heads.get(log);
        return head == null ? OptionalLong.empty() : OptionalLong.of(head);
    }

    @Override
    public Optional<Heartbeat> heartbeat(LogId log) {
        return Optional.ofNullable(heartbeats.get(log));
    }

    @Override
    public Optional<LogTrouble> trouble(LogId log) {
        return Optional.ofNullable(troubles.get(log));
    }

    @Override
    public Optional<LeaderEpoch> epoch(LogId log) {
        return Optional.ofNullable(epochs.get(log));
    }

    @Override
    public Flux<LogId> changes() {
        return changes.asFlux();
    }

    /** How the connection stands now. */
    public TcpStatus status() {
        TcpStatus.State now = state;
        String text = now.toString().toLowerCase(Locale.ROOT) + ": " + source()
                + (lastReason.isEmpty() || now == TcpStatus.State.CONNECTED ? "" : ": " + lastReason);
        return new TcpStatus(now, text, Math.max(0, connects.get() - 1), drops.counts());
    }

    // ---- for the subscription

    Builder options() {
        return options;
    }

    String source() {
        return options.host + ":" + options.port;
    }

    /** How often a connection looks at what has become of it. */
    long tickNanos() {
        long shortest = Math.min(options.handshakeTimeout.toNanos(), options.idleTimeout.toNanos());
        return Math.max(TimeUnit.MILLISECONDS.toNanos(1), Math.min(LONGEST_TICK_NANOS, shortest / 12));
    }

    int ticks(Duration time) {
        return (int) Math.min(Integer.MAX_VALUE, Math.max(1, time.toNanos() / tickNanos()));
    }

    void connecting() {
        connects.incrementAndGet();
        if (state != TcpStatus.State.REFUSED) {
            state = TcpStatus.State.CONNECTING;
        }
    }

    void connected() {
        state = TcpStatus.State.CONNECTED;
    }

    void lost(Drop drop, String reason, boolean ended) {
        lastReason = reason;
        state = ended ? TcpStatus.State.ENDED : after(drop);
        drops.count(
                drop,
                "connection to " + source() + " is over (" + drop + "): " + reason
                        + (ended || drop == Drop.STOPPED ? "" : "; it is tried again"));
    }

    private static TcpStatus.State after(Drop drop) {
        return switch (drop) {
            case REFUSED -> TcpStatus.State.REFUSED;
            case STOPPED -> TcpStatus.State.IDLE;
            default -> TcpStatus.State.CONNECTING;
        };
    }

    void ended(TcpSubscription subscription) {
        if (current.compareAndSet(subscription, null) && state != TcpStatus.State.ENDED) {
            state = TcpStatus.State.IDLE;
        }
    }

    void head(LogId log, long head) {
        if (head >= 0) {
            heads.put(log, head);
        }
    }

    void heard(Frame.Head told) {
        head(told.log(), told.head());
        if (told.head() >= 0) {
            heartbeats.put(told.log(), new Heartbeat(told.head(), told.clockNanos(), System.nanoTime()));
        }
    }

    void epoch(LogId log, @Nullable LeaderEpoch epoch) {
        if (epoch == null) {
            epochs.remove(log);
        } else {
            epochs.put(log, epoch);
        }
    }

    /** Null for none (any more). */
    void trouble(LogId log, @Nullable LogTrouble trouble) {
        LogTrouble before = trouble == null ? troubles.remove(log) : troubles.put(log, trouble);
        if (trouble == null ? before == null : trouble.equals(before)) {
            return;
        }
        if (trouble != null) {
            LOG.warn("log {} is {}: {}", log, trouble.state(), trouble.cause());
        }
        synchronized (changes) {
            changes.emitNext(log, (signal, result) -> false);
        }
    }

    void cannotPassOver(LogId log, SkippedEvents skip, Throwable e) {
        trouble(
                log,
                new LogTrouble(
                        LogState.GAP,
                        "log " + log + ": " + skip + " at " + source() + ", which cannot be passed over here: "
                                + PeerText.clean(String.valueOf(e)) + "; it is tried again"));
    }

    @Override
    public String toString() {
        return "publisher at " + source();
    }

    /** Options of a {@link TcpTransport}. */
    public static final class Builder {

        String host = "localhost";
        int port;
        ClientSecurity security = ClientSecurity.NONE;
        String node = "follower";
        long windowBytesPerLog = 16L << 20;
        int maxSegmentBytes = 64 << 20;
        Duration handshakeTimeout = Duration.ofSeconds(10);
        Duration idleTimeout = Duration.ofSeconds(30);
        Duration minBackoff = Duration.ofMillis(100);
        Duration maxBackoff = Duration.ofSeconds(30);
        Scheduler timer = Schedulers.parallel();

        private Builder() {}

        private Builder(Builder other) {
            host = other.host;
            port = other.port;
            security = other.security;
            node = other.node;
            windowBytesPerLog = other.windowBytesPerLog;
            maxSegmentBytes = other.maxSegmentBytes;
            handshakeTimeout = other.handshakeTimeout;
            idleTimeout = other.idleTimeout;
            minBackoff = other.minBackoff;
            maxBackoff = other.maxBackoff;
            timer = other.timer;
        }

        /** Most that is buffered ahead of demand, but for one segment, which always may be. */
        long bufferBytes() {
            return Math.max(1 << 20, Math.min(windowBytesPerLog, 16L << 20));
        }

        /** Where the publisher is: a name or an address. Default {@code localhost}. */
        public Builder host(String host) {
            this.host = host;
            return this;
        }

        /** The publisher's port, 1..65,535. No default. */
        public Builder port(int port) {
            this.port = port;
            return this;
        }

        /** How to show who this is, and to know the publisher. Default plain and anonymous. */
        public Builder security(ClientSecurity security) {
            this.security = security;
            return this;
        }

        /** What this follower calls itself, for logs and status at the publisher; not an identity. Default {@code follower}; 1..255 characters. */
        public Builder node(String node) {
            this.node = node;
            return this;
        }

        /**
         * Most bytes of one log that are sent and not acknowledged, but for one segment, which always may go. Should be no more than a
         * receiver lets one log hold. Default 16 MiB; in bytes, 1 or more.
         */
        public Builder windowBytesPerLog(long bytes) {
            this.windowBytesPerLog = bytes;
            return this;
        }

        /** Largest segment that is taken; a publisher that sends a larger one is dropped. Default 64 MiB; in bytes, 1 to 2^31 - 65. */
        public Builder maxSegmentBytes(int bytes) {
            this.maxSegmentBytes = bytes;
            return this;
        }

        /** How long a connection and its greeting may take. Default 10 s; greater than zero. */
        public Builder handshakeTimeout(Duration timeout) {
            this.handshakeTimeout = timeout;
            return this;
        }

        /** How long no whole frame (256 KiB at most) may come before the connection is lost: several heartbeats. Default 30 s; above zero. */
        public Builder idleTimeout(Duration timeout) {
            this.idleTimeout = timeout;
            return this;
        }

        /** Shortest and longest pause before another connection. Default 100 ms and 30 s; greater than zero, in this order. */
        public Builder backoff(Duration min, Duration max) {
            this.minBackoff = min;
            this.maxBackoff = max;
            return this;
        }

        /** Time; must be able to delay. Not disposed here. Default {@link Schedulers#parallel()}. */
        public Builder timer(Scheduler timer) {
            this.timer = timer;
            return this;
        }

        /**
         * Makes the transport; nothing is connected before it is subscribed to.
         *
         * @throws IllegalArgumentException if an option is out of its range
         */
        public TcpTransport build() {
            Options.check(!host.isBlank(), "host", "a name or an address", "'" + host + "'");
            Options.check(port >= 1 && port <= 65_535, "port", "1..65535", port);
            Options.check(!node.isBlank() && node.length() <= 255, "node", "1..255 characters", node.length());
            Options.check(windowBytesPerLog >= 1, "windowBytesPerLog", "1 or more", windowBytesPerLog);
            Options.check(
                    maxSegmentBytes >= 1 && maxSegmentBytes <= Options.LARGEST_ARRAY,
                    "maxSegmentBytes",
                    "1.." + Options.LARGEST_ARRAY,
                    maxSegmentBytes);
            Options.positive("handshakeTimeout", handshakeTimeout);
            Options.positive("idleTimeout", idleTimeout);
            Options.positive("minBackoff", minBackoff);
            Options.check(
                    maxBackoff.compareTo(minBackoff) >= 0, "maxBackoff", "no less than " + minBackoff, maxBackoff);
            return new TcpTransport(new Builder(this));
        }
    }
}
