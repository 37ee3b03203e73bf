package io.walreceiver.server.web;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpMethod;
import io.walreceiver.transport.netty.http.Peers;
import io.walreceiver.transport.netty.security.Identity;
import io.walreceiver.transport.netty.security.ServerSecurity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.HttpServerRoutes;

/**
 * Routes whose callers are known, and whose failures are answered as objects of RFC 9457. What each feature adds to it is looked at in
 * the order in which it was added. Not safe for use by several threads.
 */
public final class WebRoutes implements Consumer<HttpServerRoutes> {

    private static final Logger LOG = LoggerFactory.getLogger(WebRoutes.class);

    /** Larger answers are sent piece by piece. */
    private static final int PIECE_BYTES = 64 << 10;
    /** Of those answers, as far as their peers have not taken them yet, of all connections. */
    private static final long MAX_SENDING_BYTES = 64 << 20;

    private final Peers peers;
    private final List<Route> list = new ArrayList<>();
    private final AtomicLong sendingBytes = new AtomicLong();
    private final RequestOrigin origin;
    private Consumer<HttpServerRoutes> all = routes -> {};

    /**
     * None yet.
     *
     * @param security tells who calls
     * @param origin tells whether a browser's request is meant
     */
    public WebRoutes(ServerSecurity security, RequestOrigin origin) {
        this.peers = new Peers(security);
        this.origin = origin;
    }

    /** Tells whether a browser's request is meant. */
    public RequestOrigin origin() {
        return origin;
    }

    /** Answers GET, and HEAD. */
    public WebRoutes get(String path, Handler handler) {
        return add("GET", path, (in, out) -> known(in, out, handler));
    }

    /** Answers POST. */
    public WebRoutes post(String path, Handler handler) {
        return add("POST", path, (in, out) -> known(in, out, handler));
    }

    /** Answers DELETE. */
    public WebRoutes delete(String path, Handler handler) {
        return add("DELETE", path, (in, out) -> known(in, out, handler));
    }

    /** Answers GET, and HEAD, of anyone, known or not (see {@link Call#isKnown}): a page without data, or whether the process lives. */
    public WebRoutes open(String path, Handler handler) {
        return add("GET", path, (in, out) -> answered(in, out, knownOrNobody(in), handler));
    }

    /** Answers GET with what goes on. */
    public WebRoutes stream(String path, Stream stream) {
        list.add(new Route("GET", path));
        all = all.andThen(routes -> routes.get(path, (in, out) -> streamed(in, out, stream)));
        return this;
    }

    /** What has been added so far, in its order. */
    public List<Route> list() {
        return List.copyOf(list);
    }

    @Override
    public void accept(HttpServerRoutes routes) {
        all.accept(routes);
        UnknownRoutes unknown = new UnknownRoutes(list);
        routes.route(request -> true, (in, out) -> send(in, out, unknown.answer(in)));
    }

    private WebRoutes add(
            String method, String path, BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> answer) {
        list.add(new Route(method, path));
        all = all.andThen(routes -> {
            switch (method) {
                case "GET" -> routes.get(path, answer).head(path, answer);
                case "POST" -> routes.post(path, answer);
                default -> routes.delete(path, answer);
            }
        });
        return this;
    }

    private Identity knownOrNobody(HttpServerRequest in) {
        return peers.identify(in).orElse(Call.NOBODY);
    }

    private Mono<Void> known(HttpServerRequest in, HttpServerResponse out, Handler handler) {
        return peers.identify(in)
                .map(identity -> answered(in, out, identity, call -> {
                    requireMeant(call);
                    return handler.answer(call);
                }))
                .orElseGet(() -> nobody(in, out));
    }

    private Publisher<Void> streamed(HttpServerRequest in, HttpServerResponse out, Stream stream) {
        return peers.identify(in)
                .map(identity -> Mono.defer(() -> {
                            Call call = new Call(in, identity);
                            requireMeant(call);
                            return Mono.from(stream.answer(call, common(out)));
                        })
                        .onErrorResume(failure -> out.hasSentHeaders()
                                ? Mono.error(failure)
                                : send(in, out, failed(in, failure).answer())))
                .orElseGet(() -> nobody(in, out));
    }

    /** Where nobody is asked who he is, a name that leads here would be all that another site's page needs to read everything. */
    private void requireMeant(Call call) {
        if (peers.security() == ServerSecurity.NONE) {
            origin.requireOwnHost(call);
        }
    }

    private Mono<Void> answered(HttpServerRequest in, HttpServerResponse out, Identity identity, Handler handler) {
        return Mono.defer(() -> handler.answer(new Call(in, identity)))
                .onErrorResume(failure -> Mono.just(failed(in, failure).answer()))
                .flatMap(answer -> send(in, out, answer));
    }

    /** What went wrong here is for the log: an answer must not tell what is inside. */
    private static ProblemException failed(HttpServerRequest in, Throwable failure) {
        if (failure instanceof ProblemException problem) {
            return problem;
        }
        LOG.error("{} {} could not be answered", in.method(), PlainText.word(in.path()), failure);
        return ProblemException.of(
                500, "failed", "The server failed", "the request could not be answered; the server's log says why");
    }

    private Mono<Void> nobody(HttpServerRequest in, HttpServerResponse out) {
        return send(
                in,
                out,
                ProblemException.of(
                                401,
                                "unauthorized",
                                "Nobody is known by these credentials",
                                "send a token (Authorization: Bearer ...), or show a certificate that is listed")
                        .answer()
                        .header("WWW-Authenticate", "Bearer"));
    }

    /** Peers that ask for much and take nothing must not fill the heap: what is large is sent as it is taken, and counted. */
    private Mono<Void> send(HttpServerRequest in, HttpServerResponse out, Answer answer) {
        int bytes = answer.body().length;
        if (bytes <= PIECE_BYTES || in.method().equals(HttpMethod.HEAD)) {
            return write(in, out, answer);
        }
        if (sendingBytes.addAndGet(bytes) > MAX_SENDING_BYTES) {
            sendingBytes.addAndGet(-bytes);
            return write(in, out, overloaded());
        }
        return head(out, answer).send(pieces(answer.body())).then().doFinally(signal -> sendingBytes.addAndGet(-bytes));
    }

    private static Flux<ByteBuf> pieces(byte[] body) {
        return Flux.range(0, (body.length + PIECE_BYTES - 1) / PIECE_BYTES)
                .map(i -> Unpooled.wrappedBuffer(
                        body, i * PIECE_BYTES, Math.min(PIECE_BYTES, body.length - i * PIECE_BYTES)));
    }

    private static Answer overloaded() {
        return ProblemException.of(
                        503,
                        "overloaded",
                        "Too much is being sent",
                        "expected at most " + MAX_SENDING_BYTES
                                + " bytes of answers that were not taken yet; try again in a second")
                .retryAfter(Duration.ofSeconds(1))
                .answer();
    }

    private static Mono<Void> write(HttpServerRequest in, HttpServerResponse out, Answer answer) {
        head(out, answer);
        return in.method().equals(HttpMethod.HEAD)
                ? out.sendHeaders().then()
                : out.sendByteArray(Mono.just(answer.body())).then();
    }

    private static HttpServerResponse head(HttpServerResponse out, Answer answer) {
        common(out).status(answer.status());
        answer.headers().forEach(out::header);
        return out.header("Content-Length", Integer.toString(answer.body().length));
    }

    private static HttpServerResponse common(HttpServerResponse out) {
        return out.header("X-Content-Type-Options", "nosniff")
                .header("Referrer-Policy", "no-referrer")
                .header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'") // pages have their own
                .header("Cache-Control", "no-store");
    }
}
