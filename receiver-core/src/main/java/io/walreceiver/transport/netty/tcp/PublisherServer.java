package io.walreceiver.transport.netty.tcp;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.walreceiver.format.LogId;
import io.walreceiver.transport.SkippedEvents;
import io.walreceiver.transport.publication.Publication;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** A publisher that listens: its socket, threads and connections. */
final class PublisherServer implements TcpPublisher.Running {

    private static final Logger LOG = LoggerFactory.getLogger(TcpPublisher.class);
    private static final int CHUNK = FrameEncoder.MAX_CHUNK_BYTES;
    private static final Duration FAREWELL = Duration.ofSeconds(5);
    private static final long POLL_MILLIS = 10;
    /** Without it a connection that is accepted while the threads end is registered with one that is gone: nobody would ever close it. */
    private static final long QUIET_MILLIS = 50;

    private static final long SHUTDOWN_MILLIS = 5000;
    private static final int WORKERS = 8;
    private static final int MAX_TASKS = 1 << 20;

    /**
     * What the publication was found to have, a heartbeat ago at most.
     *
     * @param skips of each of its logs
     */
    record Survey(Map<LogId, List<SkippedEvents>> skips) {}

    private final TcpPublisher.Builder options;
    private final Publication publication;
    private final Drops drops = new Drops(LOG);
    private final EventLoopGroup group;
    private final Scheduler workers = Schedulers.newBoundedElastic(WORKERS, MAX_TASKS, "receiver-publish", 60, true);
    /** A worker of its own: the scheduler itself, asked for a thread while it is disposed of, may look for one without end (Reactor 3.8.8). */
    private final Scheduler.Worker surveyor = workers.createWorker();

    private final Set<PublisherConnection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean surveying = new AtomicBoolean();
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final Disposable.Swap ticking = Disposables.swap();
    private volatile Survey survey = new Survey(Map.of());
    private @Nullable Channel channel;

    PublisherServer(TcpPublisher.Builder options, Publication publication) {
        this.options = options;
        this.publication = publication;
        int threads = Math.max(2, Runtime.getRuntime().availableProcessors());
        this.group = new MultiThreadIoEventLoopGroup(
                threads, new DefaultThreadFactory("receiver-tcp-publish", true), NioIoHandler.newFactory());
    }

    // ---- beginning and end

    void listen(MonoSink<TcpPublisher.Running> sink) {
        new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(CHUNK, 2 * CHUNK))
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel accepted) {
                        SslContext tls = options.security.tls();
                        if (tls != null) {
                            SslHandler handler = tls.newHandler(accepted.alloc());
                            handler.setHandshakeTimeoutMillis(options.handshakeTimeout.toMillis());
                            accepted.pipeline().addLast(handler);
                        }
                        accepted.pipeline().addLast(new PublisherConnection(PublisherServer.this));
                    }
                })
                .bind(options.host, options.port)
                .addListener((ChannelFuture bound) -> {
                    if (bound.isSuccess()) {
                        channel = bound.channel();
                        begin();
                        sink.success(this);
                    } else {
                        release();
                        sink.error(new IOException(
                                "cannot listen at " + options.host + ":" + options.port + ": "
                                        + bound.cause().getMessage(),
                                bound.cause()));
                    }
                });
    }

    private void begin() {
        long nanos = tickNanos();
        ticking.update(options.timer.schedulePeriodically(this::tick, nanos, nanos, TimeUnit.NANOSECONDS));
        LOG.info("publishing at {}", address());
    }

    @Override
    public InetSocketAddress address() {
        Channel bound = channel;
        if (bound == null) {
            throw new IllegalStateException("the publisher does not listen yet");
        }
        return (InetSocketAddress) bound.localAddress();
    }

    @Override
    public Mono<Void> stop(boolean end) {
        return Mono.defer(() -> {
            if (stopping.compareAndSet(false, true)) {
                Channel bound = channel;
                if (bound != null) {
                    bound.close();
                }
                for (PublisherConnection each : connections) {
                    each.onLoop(end ? each::end : () -> each.leave(Drop.STOPPED, "the publisher stops"));
                }
            }
            return Mono.<Void>create(sink -> gone(sink, FAREWELL.toMillis() / POLL_MILLIS));
        });
    }

    /** Followers close their connections when they have read the farewell; the others are cut off. */
    private void gone(MonoSink<Void> sink, long polls) {
        if (!connections.isEmpty() && polls > 0) {
            options.timer.schedule(() -> gone(sink, polls - 1), POLL_MILLIS, TimeUnit.MILLISECONDS);
            return;
        }
        release();
        group.terminationFuture().addListener(done -> sink.success());
    }

    private void release() {
        ticking.dispose();
        group.shutdownGracefully(QUIET_MILLIS, SHUTDOWN_MILLIS, TimeUnit.MILLISECONDS)
                .addListener(done -> workers.dispose());
    }

    // ---- connections

    /** Takes note of a connection; why it cannot be, or null. */
    @Nullable
    String opened(PublisherConnection connection) {
        connections.add(connection);
        connection.channel().closeFuture().addListener(closed -> connections.remove(connection));
        if (stopping.get()) {
            return "the publisher stops";
        }
        if (connections.size() > options.maxConnections) {
            return "expected at most " + options.maxConnections + " connections (maxConnections)";
        }
        long unknown =
                connections.stream().filter(each -> !each.isAuthenticated()).count();
        return unknown <= options.maxUnauthenticated
                ? null
                : "expected at most " + options.maxUnauthenticated
                        + " connections without an identity (maxUnauthenticated)";
    }

    void over(PublisherConnection connection, Drop drop, String reason) {
        drops.count(drop, "follower " + connection.describe() + " is gone (" + drop + "): " + reason);
    }

    /** On an event loop only: those have ended when the workers do. */
    Scheduler.Worker newWorker() {
        return workers.createWorker();
    }

    /** Ends a worker when it has done what it was given. */
    void disposeAfter(Scheduler.Worker worker) {
        try {
            worker.schedule(worker::dispose);
        } catch (RejectedExecutionException e) {
            worker.dispose();
        }
    }

    private void tick() {
        for (PublisherConnection each : connections) {
            each.onLoop(each::tick);
        }
        if (!connections.isEmpty() && surveying.compareAndSet(false, true)) {
            try {
                surveyor.schedule(this::look);
            } catch (RejectedExecutionException e) {
                surveying.set(false); // it has stopped
            }
        }
    }

    private void look() {
        try {
            Map<LogId, List<SkippedEvents>> skips = new HashMap<>();
            for (LogId log : publication.logs()) {
                skips.put(log, publication.skips(log));
            }
            survey = new Survey(skips);
        } catch (IOException | RuntimeException e) {
            drops.count(Drop.SOURCE, "what is published cannot be listed: " + e + "; it is tried again");
        } finally {
            surveying.set(false);
        }
    }

    @Override
    public List<FollowerStatus> followers() {
        return connections.stream()
                .filter(PublisherConnection::isAuthenticated)
                .map(PublisherConnection::status)
                .toList();
    }

    @Override
    public Map<Drop, Long> drops() {
        return drops.counts();
    }

    TcpPublisher.Builder options() {
        return options;
    }

    Publication publication() {
        return publication;
    }

    Survey survey() {
        return survey;
    }

    // ---- time

    private long tickNanos() {
        long shortest = Math.min(
                options.heartbeatInterval.toNanos(),
                Math.min(
                        options.handshakeTimeout.toNanos(),
                        Math.min(options.idleTimeout.toNanos(), options.writeStallTimeout.toNanos())));
        return Math.max(TimeUnit.MILLISECONDS.toNanos(1), shortest / 4);
    }

    int ticks(Duration time) {
        return (int) Math.min(Integer.MAX_VALUE, Math.max(1, time.toNanos() / tickNanos()));
    }
}
