package io.walreceiver.server.web.live;

import static reactor.core.publisher.Sinks.EmitFailureHandler.FAIL_FAST;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.walreceiver.server.web.Call;
import io.walreceiver.server.web.Follower;
import io.walreceiver.server.web.ProblemException;
import io.walreceiver.server.web.WebFeature;
import io.walreceiver.server.web.WebRoutes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.channel.AbortedException;
import reactor.netty.http.server.HttpServerResponse;

/**
 * What moves, as server-sent events: {@code GET /v1/live}. The events are {@code status}, {@code rates}, {@code outcomes}, {@code top}
 * and, in the end, {@code bye}; the OpenAPI document says what is in them. There is one each second, so no connection falls silent.
 *
 * <p>All clients look at the same samples, and what is sent is written once for all that may see every log. For each client at most one
 * event is on its way and one of a kind waits: who reads slowly skips what was in between, and gets everything at once then, not changes.
 * A client that has not taken an event within {@link LiveOptions#patience()} is closed; rendering never runs on an event loop.
 *
 * <p>Streams end, after {@code bye}, when the receiver has ended or this is closed.
 */
public final class LiveStreams implements WebFeature, AutoCloseable {

    private static final byte[] HELLO = "retry: 2000\n\n".getBytes(StandardCharsets.UTF_8);
    private static final byte[] BYE =
            LiveEvents.event("bye", new LiveEvents.Bye("the server stops, or what it follows has ended"));
    /** The system would let it grow to megabytes, for each client: of events that are old when they are read. */
    private static final int SEND_BUFFER_BYTES = 128 << 10;

    private static final Duration COME_AGAIN = Duration.ofSeconds(10);
    /** For what is still on its way to clients. */
    private static final Duration LINGER = Duration.ofSeconds(5);

    private final LiveOptions options;
    private final Sampler sampler;
    private final TopScan topScan;
    private final AtomicInteger clients = new AtomicInteger();
    /** Not {@code Flux.replay(1)}: that asks its source for no more than somebody has asked of it. */
    private final Sinks.Many<Shown> latest = Sinks.many().replay().latest();

    private final Sinks.Empty<Void> end = Sinks.empty();
    private final Scheduler scheduler = Schedulers.newSingle("receiver-live", true);
    private final Scheduler scans = Schedulers.newSingle("receiver-live-top", true);

    /**
     * Streams that are not served yet.
     *
     * @param outcomes is to be told of every outcome of the follower's receiver
     */
    public LiveStreams(Follower follower, Outcomes outcomes, LiveOptions options) {
        this.options = options;
        this.sampler = new Sampler(follower, outcomes, Clock.systemUTC());
        this.topScan = new TopScan(follower, options);
    }

    /** Adds its route, and begins to sample: once. */
    @Override
    public void addTo(WebRoutes routes) {
        Flux<Shown> samples = latest.asFlux();
        Flux<Shown> top = topScan.shared(scans).takeUntilOther(samples.then());
        sampler.samples(scheduler, end.asMono())
                .subscribe(
                        sample -> latest.emitNext(sample, FAIL_FAST), // one thread emits
                        failure -> latest.emitComplete(FAIL_FAST),
                        () -> latest.emitComplete(FAIL_FAST));
        routes.stream("/v1/live", (call, response) -> answer(call, response, samples, top));
    }

    /** How many streams are open. */
    public int clients() {
        return clients.get();
    }

    @Override
    public void endStreams() {
        end.tryEmitEmpty(); // a second time there is nobody left to tell
    }

    /** Ends all streams, cleanly. Returns at once; threads end some seconds later. */
    @Override
    public void close() {
        endStreams();
        Mono.delay(LINGER).subscribe(done -> {
            scheduler.dispose();
            scans.dispose();
        });
    }

    private Publisher<Void> answer(Call call, HttpServerResponse response, Flux<Shown> samples, Flux<Shown> top) {
        View view = new View(call::maySee);
        response.withConnection(
                connection -> connection.channel().config().setOption(ChannelOption.SO_SNDBUF, SEND_BUFFER_BYTES));
        // Taken as late as may be: a sample that waits in a merge's queue of one is the only one that can be stale.
        Flux<byte[]> events = Flux.merge(1, samples.onBackpressureLatest(), top.onBackpressureLatest())
                .handle((shown, sink) -> {
                    byte[] event = shown.to(view);
                    if (event != null) {
                        sink.next(event);
                    }
                });
        Mono<Void> sent = Flux.concat(Mono.just(HELLO), events, Mono.just(BYE))
                .concatMap(event -> write(response, event), 0)
                .then()
                .onErrorResume(LiveStreams::isGone, gone -> close(response));
        return Mono.using(
                this::admit,
                admitted -> response.header("Content-Type", "text/event-stream")
                        .header("X-Accel-Buffering", "no")
                        .sendHeaders()
                        .then(sent)
                        .then(),
                left -> clients.decrementAndGet());
    }

    private Integer admit() {
        int now = clients.incrementAndGet();
        if (now > options.maxClients()) {
            clients.decrementAndGet();
            throw ProblemException.of(
                            503,
                            "too-many-clients",
                            "Too many look on",
                            "there are " + options.maxClients()
                                    + " live streams already, which is the most; close one, or raise maxClients")
                    .retryAfter(COME_AGAIN);
        }
        return now;
    }

    /**
     * Written and flushed by itself: it completes when the system has taken all of it, and only then the next is asked for. Not by
     * {@code response.sendObject}, which does not flush, nor {@code send(Flux)}, which takes 128 ahead of what the client reads.
     */
    private Mono<Void> write(HttpServerResponse response, byte[] event) {
        return Mono.<Void>create(written -> response.withConnection(connection -> connection
                        .channel()
                        .writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(event)))
                        .addListener(future -> {
                            if (future.isSuccess()) {
                                written.success();
                            } else {
                                written.error(future.cause());
                            }
                        })))
                .timeout(options.patience(), scheduler)
                .publishOn(scheduler);
    }

    /** Whoever has gone, or does not read, is not worth a word: this is how most streams end. */
    private static Mono<Void> close(HttpServerResponse response) {
        return Mono.fromRunnable(
                () -> response.withConnection(connection -> connection.channel().close()));
    }

    private static boolean isGone(Throwable failure) {
        return failure instanceof TimeoutException
                || failure instanceof IOException
                || failure instanceof AbortedException;
    }
}
