package io.walreceiver.transport.netty.http;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.ssl.SslContext;
import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.transport.LeaderEpoch;
import io.walreceiver.transport.Shipper;
import io.walreceiver.transport.TransportClosedException;
import io.walreceiver.transport.netty.security.ClientSecurity;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.Connection;
import reactor.netty.NettyOutbound;
import reactor.netty.NettyPipeline;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientRequest;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

/**
 * Pushes segments to one follower over HTTP. What may go well later (429, 503, a lost connection) is tried again, with pauses that double
 * and jitter and are no shorter than the follower asks for, until it does, or is cancelled; what will not fails at once.
 *
 * <p>Segments of one log go one after the other, in the order of subscription; those of several logs at the same time. Large ones are sent
 * only when the follower says that it wants them.
 *
 * <p>Owns its connections and threads until {@link #close}. May be used by any thread; results come on a thread of its own, which must not be
 * blocked.
 */
public final class HttpShipper implements Shipper, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(HttpShipper.class);

    /** From here on it pays to ask first. */
    private static final int EXPECT_BYTES = 64 << 10;

    private static final Duration LONGEST_CLOSING = Duration.ofSeconds(2);

    private final Builder options;
    private final Scheduler timer;
    private final ConnectionProvider connections;
    private final LoopResources loops;
    private final HttpClient plain;
    private final Lanes<LogId> lanes = new Lanes<>();
    private final Backoff backoff;
    /** Ends what waits: a request whose connection is being made while threads end would hear of nothing. */
    private final Sinks.Empty<Void> closing = Sinks.empty();

    private volatile boolean closed;

    private HttpShipper(Builder options) {
        this.options = options;
        this.timer = options.timer == null ? Schedulers.parallel() : options.timer;
        this.backoff = new Backoff(options.minBackoff, options.maxBackoff, timer);
        this.connections = ConnectionProvider.builder("wal-http-ship")
                .maxConnections(options.maxConnections)
                .pendingAcquireMaxCount(-1)
                .pendingAcquireTimeout(Duration.ofDays(1)) // whoever waits, waits for his turn
                .build();
        this.loops = LoopResources.create("wal-http-ship", 1, true);
        this.plain = HttpClient.create(connections)
                .runOn(loops)
                .protocol(HttpProtocol.HTTP11)
                .responseTimeout(options.answerTimeout)
                .doOnChannelInit((observer, channel, remote) ->
                        channel.pipeline().addBefore(NettyPipeline.ReactiveBridge, "wal.continue", new ContinueGate()));
    }

    /** Where pauses are measured. */
    Scheduler timer() {
        return timer;
    }

    /**
     * Options of a shipper.
     *
     * @param follower {@code http} or {@code https}, host and port
     */
    public static Builder to(URI follower) {
        return new Builder(follower);
    }

    /**
     * {@inheritDoc}
     *
     * @return completes when all of the segment is durable at the follower, or, with {@link Builder#respondAsync}, when it was taken. Fails
     *     with {@link SegmentRejectedException} if the follower will not have it. Cancelling cuts the request
     *     off, or its wait for its turn; what was sent may arrive all the same, and the next of the log comes after it.
     */
    @Override
    public Mono<Void> send(WalSegmentPayload segment) {
        return ship(segment).then();
    }

    /** As {@link #send}; emits the durable position of the log. */
    Mono<Long> ship(WalSegmentPayload segment) {
        String path = "/v1/segments/" + path(segment.log()) + "/"
                + Long.toUnsignedString(segment.id().seqno());
        return lanes.inTurn(
                segment.log(),
                answered(
                                "segment " + segment.id(),
                                () -> client(headers -> describe(headers, segment))
                                        .put()
                                        .uri(options.follower.resolve(path))
                                        .send((request, out) -> body(segment.bytes(), request, out)))
                        .map(reply -> reply.number(Answer.DURABLE, 0)));
    }

    /**
     * The durable position of every log that the follower knows and this sender may know of.
     *
     * @return when subscribed to, asks, and again like for a segment; cancelling cuts the request off
     */
    public Mono<Map<LogId, Long>> positions() {
        return answered("positions", () -> client(headers -> {}).get().uri(options.follower.resolve("/v1/positions")))
                .map(reply -> {
                    Map<LogId, Long> positions = new TreeMap<>();
                    reply.members().keySet().forEach(log -> positions.put(LogId.parse(log), reply.number(log, 0)));
                    return positions;
                });
    }

    /**
     * Tells the follower how far the log is written here, for its lag. Not tried again: the next one says more.
     *
     * @param head last event that is written, 0 or more
     * @param clockNanos this leader's clock, nanoseconds since the Unix epoch
     * @return when subscribed to, tells it; completes when the follower has it. Cancelling cuts the request off
     */
    public Mono<Void> head(LogId log, long head, long clockNanos) {
        Map<String, Object> said = new LinkedHashMap<>();
        said.put("head", head);
        said.put("clock", clockNanos);
        byte[] body = FlatJson.write(said).getBytes(StandardCharsets.UTF_8);
        String what = "head of log " + log;
        return untilClosed(
                        what,
                        once(
                                what,
                                () -> client(headers -> {})
                                        .put()
                                        .uri(options.follower.resolve("/v1/heads/" + path(log)))
                                        .send((request, out) -> body(body, request, out))))
                .then();
    }

    private static String path(LogId log) {
        return log.region() + "/" + log.shard();
    }

    private void describe(HttpHeaders headers, WalSegmentPayload segment) {
        if (segment.eventCount() > 0) {
            headers.set(SegmentHead.SEGMENT_EVENTS, segment.eventCount());
        }
        LeaderEpoch epoch = options.epoch.apply(segment.log());
        if (epoch != null) {
            headers.set(SegmentHead.LEADER_EPOCH, epoch.number() + ";start=" + epoch.start());
        }
        if (options.respondAsync) {
            headers.set("Prefer", SegmentHead.RESPOND_ASYNC);
        }
    }

    private Publisher<Void> body(byte[] bytes, HttpClientRequest request, NettyOutbound out) {
        request.requestHeaders().remove(HttpHeaderNames.TRANSFER_ENCODING);
        request.header(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(bytes.length));
        if (bytes.length < EXPECT_BYTES) {
            return out.send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(bytes)));
        }
        request.header(HttpHeaderNames.EXPECT, "100-continue");
        AtomicReference<Connection> connection = new AtomicReference<>();
        out.withConnection(connection::set);
        return out.send(ContinueGate.passes(connection.get(), options.continuePatience, timer)
                .flatMapMany(wanted -> wanted ? Flux.just(Unpooled.wrappedBuffer(bytes)) : Flux.never()));
    }

    private HttpClient client(Consumer<HttpHeaders> headers) {
        SslContext tls = options.security.tls();
        byte[] token = options.security.token();
        HttpClient client = tls == null ? plain : plain.secure(spec -> spec.sslContext(tls));
        return client.headers(headers::accept).headers(all -> {
            if (token != null) {
                all.set(HttpHeaderNames.AUTHORIZATION, "Bearer " + new String(token, StandardCharsets.UTF_8));
            }
        });
    }

    private interface Request {
        HttpClient.ResponseReceiver<?> make();
    }

    private Mono<Reply> answered(String what, Request request) {
        return untilClosed(
                what,
                once(what, request)
                        .doOnError(failure -> LOG.debug("{}: {}", what, failure.toString()))
                        .retryWhen(backoff.unless(failure -> closed
                                || failure instanceof SegmentRejectedException
                                || failure instanceof TransportClosedException)));
    }

    private Mono<Reply> untilClosed(String what, Mono<Reply> reply) {
        return reply.takeUntilOther(closing.asMono())
                .switchIfEmpty(Mono.error(() -> closedBefore(what)))
                .onErrorMap(failure -> closed ? closedBefore(what) : failure);
    }

    private Mono<Reply> once(String what, Request request) {
        return Mono.defer(() -> {
            if (closed) {
                return Mono.error(closedBefore(what));
            }
            return request.make()
                    .response((response, body) -> Reply.of(response, body))
                    .single()
                    .flatMap(reply -> reply.isSuccess()
                            ? Mono.just(reply)
                            : Mono.error(
                                    reply.isPassing()
                                            ? new Backoff.ComeAgain(reply.rejection(what), reply.retryAfter())
                                            : reply.rejection(what)));
        });
    }

    private TransportClosedException closedBefore(String what) {
        return new TransportClosedException(what + ": the shipper to " + options.follower
                + " was closed before the follower took it; make another one");
    }

    /** Closes connections and ends threads; what waits fails with {@link TransportClosedException}. Waits for 4 s at the longest, so not from a thread that must not block. */
    @Override
    public void close() {
        closed = true;
        closing.tryEmitEmpty();
        connections
                .disposeLater()
                .then(loops.disposeLater(Duration.ZERO, LONGEST_CLOSING))
                .onErrorComplete()
                .block(LONGEST_CLOSING.multipliedBy(2));
    }

    @Override
    public String toString() {
        return "HTTP shipper to " + options.follower;
    }

    /** Options of an {@link HttpShipper}. */
    public static final class Builder {

        private final URI follower;
        private ClientSecurity security = ClientSecurity.NONE;
        private Function<LogId, @Nullable LeaderEpoch> epoch = log -> null;
        private boolean respondAsync;
        private int maxConnections = 64;
        private Duration minBackoff = Duration.ofMillis(100);
        private Duration maxBackoff = Duration.ofSeconds(30);
        private Duration answerTimeout = Duration.ofMinutes(3);
        private Duration continuePatience = Duration.ofSeconds(1);
        private @Nullable Scheduler timer;

        private Builder(URI follower) {
            this.follower = follower;
        }

        /** How to know the follower, and be known to it. Default {@link ClientSecurity#NONE}. */
        public Builder security(ClientSecurity client) {
            security = client;
            return this;
        }

        /** The epoch under which this leader writes a log; null for none, which is the default. */
        public Builder epoch(Function<LogId, @Nullable LeaderEpoch> each) {
            epoch = each;
            return this;
        }

        /** Whether {@link #send} completes when a segment was taken, before it is durable. Default false. */
        public Builder respondAsync(boolean async) {
            respondAsync = async;
            return this;
        }

        /** Most connections, and so logs that are sent at a time. Default 64; 1 or more. */
        public Builder maxConnections(int connections) {
            maxConnections = connections;
            return this;
        }

        /** The shortest and the longest pause before another attempt. Default 100 ms and 30 s; greater than zero. */
        public Builder backoff(Duration min, Duration max) {
            minBackoff = min;
            maxBackoff = max;
            return this;
        }

        /** How long to wait for an answer once a segment is sent. Default 3 min: longer than the follower takes. */
        public Builder answerTimeout(Duration timeout) {
            answerTimeout = timeout;
            return this;
        }

        /** How long to keep a large segment back from a follower that does not say whether it wants it. Default 1 s. */
        public Builder continuePatience(Duration patience) {
            continuePatience = patience;
            return this;
        }

        /** Where pauses are measured. Default {@link Schedulers#parallel()}. Not disposed of. */
        public Builder timer(Scheduler scheduler) {
            timer = scheduler;
            return this;
        }

        /**
         * Makes the shipper; it connects when it has something to send.
         *
         * @throws IllegalArgumentException if an option is out of its range, or the URI or the security does not fit
         */
        public HttpShipper build() {
            boolean https = "https".equals(follower.getScheme());
            if (!https && !"http".equals(follower.getScheme()) || follower.getHost() == null) {
                throw new IllegalArgumentException(
                        "follower " + follower + ": expected http://HOST:PORT or https://HOST:PORT");
            }
            if (https != (security.tls() != null)) {
                throw new IllegalArgumentException("follower " + follower + ": expected "
                        + (https ? "security with TLS" : "https, as the security has TLS"));
            }
            if (maxConnections < 1
                    || minBackoff.isZero()
                    || minBackoff.isNegative()
                    || maxBackoff.compareTo(minBackoff) < 0) {
                throw new IllegalArgumentException("expected 1 connection or more, and a shortest pause above zero that"
                        + " is no longer than the longest; found " + maxConnections + ", " + minBackoff + ", "
                        + maxBackoff);
            }
            return new HttpShipper(this);
        }
    }
}
