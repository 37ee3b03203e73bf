package io.walreceiver.transport.netty.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.transport.Heartbeat;
import io.walreceiver.transport.netty.security.Identity;
import io.walreceiver.transport.netty.security.PrintableText;
import io.walreceiver.transport.netty.security.ServerSecurity;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.HttpServerRoutes;

/** What can be asked of a follower over HTTP. Stateless but for the count of requests; see docs/http-push.md. */
final class PushRoutes implements Consumer<HttpServerRoutes> {

    private static final Logger LOG = LoggerFactory.getLogger(PushRoutes.class);
    private static final int MAX_HEAD_BYTES = 1024;

    private final Peers peers;
    private final PushLimits limits;
    private final Room room;
    private final Scheduler timer;
    private final Supplier<@Nullable PushSession> session;
    private final BiConsumer<LogId, Heartbeat> heads;
    private final AtomicInteger requests = new AtomicInteger();
    private final Refusals refusals;

    PushRoutes(
            ServerSecurity security,
            PushLimits limits,
            Room room,
            Scheduler timer,
            Supplier<@Nullable PushSession> session,
            BiConsumer<LogId, Heartbeat> heads) {
        this.peers = new Peers(security);
        this.limits = limits;
        this.room = room;
        this.timer = timer;
        this.session = session;
        this.heads = heads;
        this.refusals = new Refusals(timer);
    }

    @Override
    public void accept(HttpServerRoutes routes) {
        routes.put("/v1/segments/{region}/{shard}/{seqno}", (in, out) -> answered(in, out, this::segment))
                .put("/v1/heads/{region}/{shard}", (in, out) -> answered(in, out, this::head))
                .get("/v1/positions", (in, out) -> answered(in, out, this::positions));
    }

    private Mono<Void> answered(HttpServerRequest in, HttpServerResponse out, Function<Exchange, Mono<Answer>> route) {
        Exchange exchange = new Exchange(in, out, limits, timer);
        return Mono.defer(() -> route.apply(exchange))
                .onErrorResume(Refusal.class, refusal -> Mono.just(refusal.answer()))
                .onErrorResume(
                        IllegalArgumentException.class,
                        e -> Mono.just(Answer.badRequest(String.valueOf(e.getMessage()))))
                .doOnNext(answer -> refusals.count(
                        PrintableText.of(in.method() + " " + in.uri()) + " from " + in.remoteAddress(), answer))
                .flatMap(exchange::answer);
    }

    /** Problems that were answered, by type. Any thread. */
    Map<String, Long> refusals() {
        return refusals.counts();
    }

    private Mono<Answer> segment(Exchange exchange) {
        if (requests.incrementAndGet() > limits.maxConcurrentRequests()) {
            requests.decrementAndGet();
            return Mono.just(Answer.busy("more than " + limits.maxConcurrentRequests() + " senders wait for answers"));
        }
        return Mono.defer(() -> admitted(exchange)).doFinally(signal -> requests.decrementAndGet());
    }

    private Mono<Answer> admitted(Exchange exchange) {
        WalSegmentId id = new WalSegmentId(log(exchange), exchange.number("seqno", 1, Long.MAX_VALUE));
        permit(exchange, identity(exchange).mayWrite().test(id.log()), id.log(), "write");
        long bytes = exchange.length(limits.maxSegmentBytes());
        SegmentHead head = SegmentHead.of(id, bytes, exchange.headers());
        PushSession to = running();
        Answer refusal = to.firstRefusal(head);
        return refusal != null
                ? Mono.just(refusal)
                : to.adopt(head)
                        .onErrorMap(e -> notAdopted(head, e))
                        .switchIfEmpty(Mono.defer(() -> read(exchange, head, to)));
    }

    private Mono<Answer> read(Exchange exchange, SegmentHead head, PushSession to) {
        Room.Place place = room.take(head.bytes());
        if (place == null) {
            return Mono.just(Answer.busy("segment " + head.id() + ": no room for its " + head.bytes() + " bytes among "
                    + room.takenBytes() + " that are read or wait; come again"));
        }
        return exchange.body((int) head.bytes())
                .flatMap(bytes -> to.offer(head, bytes, place))
                .timeout(limits.answerTimeout().plus(limits.bodyTimeout()), timeIsUp(head), timer)
                .doFinally(signal -> place.readerDone());
    }

    private static Mono<Answer> timeIsUp(SegmentHead head) {
        return Mono.fromSupplier(() -> Answer.unavailable(
                "not-durable-yet", "segment " + head.id() + " was taken, and is not durable yet; ask again"));
    }

    private static Refusal notAdopted(SegmentHead head, Throwable failure) {
        LOG.warn(
                "log {}: epoch {} of its leader could not be put on record",
                head.id().log(),
                head.epoch(),
                failure);
        return new Refusal(Answer.unavailable(
                "epoch-not-recorded",
                "log " + head.id().log() + ": epoch " + head.epoch() + " could not be put on record; come again"));
    }

    private Mono<Answer> positions(Exchange exchange) {
        Identity who = identity(exchange);
        Optional<LogId> only = exchange.query("log").map(LogId::parse);
        Map<String, Object> each = new LinkedHashMap<>();
        running().durable().forEach((log, position) -> {
            if (only.map(log::equals).orElse(true)
                    && (who.mayWrite().test(log) || who.mayRead().test(log))) {
                each.put(log.toString(), position);
            }
        });
        return Mono.just(Answer.of(200, each));
    }

    private Mono<Answer> head(Exchange exchange) {
        LogId log = log(exchange);
        permit(exchange, identity(exchange).mayWrite().test(log), log, "write");
        int bytes = (int) exchange.length(MAX_HEAD_BYTES);
        return exchange.body(bytes).map(body -> {
            Map<String, Object> said = FlatJson.read(new String(body, StandardCharsets.UTF_8));
            if (!said.keySet().equals(Set.of("head", "clock"))) {
                throw new IllegalArgumentException("JSON: expected the members head and clock, and no other");
            }
            heads.accept(log, new Heartbeat(notNegative(said, "head"), notNegative(said, "clock"), System.nanoTime()));
            return Answer.of(200, Map.of());
        });
    }

    private static long notNegative(Map<String, Object> said, String name) {
        if (said.get(name) instanceof Long value && value >= 0) {
            return value;
        }
        throw new IllegalArgumentException("JSON: " + name + ": expected an integer of 0 or more");
    }

    private Identity identity(Exchange exchange) {
        return peers.identify(exchange.request()).map(exchange::knows).orElseThrow(() -> {
            exchange.header(HttpHeaderNames.WWW_AUTHENTICATE.toString(), "Bearer");
            return new Refusal(Answer.problem(
                    401,
                    "unauthorized",
                    "Nobody is known by these credentials",
                    "send a token (Authorization: Bearer ...), or show a certificate that is listed"));
        });
    }

    private static void permit(Exchange exchange, boolean allowed, LogId log, String what) {
        if (!allowed) {
            exchange.distrust();
            throw new Refusal(Answer.problem(
                    403, "forbidden", "Not allowed", "log " + log + ": this identity may not " + what + " it"));
        }
    }

    private PushSession running() {
        PushSession running = session.get();
        if (running == null) {
            throw new Refusal(Answer.unavailable("not-ready", "the follower starts or has stopped; come again"));
        }
        return running;
    }

    private static LogId log(Exchange exchange) {
        return new LogId((int) exchange.number("region", 0, 65_535), (int) exchange.number("shard", 0, 65_535));
    }
}
