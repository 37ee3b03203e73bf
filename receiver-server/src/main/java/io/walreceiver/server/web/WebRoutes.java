package io.walreceiver.server.web;

import io.walreceiver.transport.netty.http.Peers;
import io.walreceiver.transport.netty.security.Identity;
import io.walreceiver.transport.netty.security.ServerSecurity;
import java.util.function.Consumer;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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

    private final Peers peers;
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

    /** Answers GET. */
    public WebRoutes get(String path, Handler handler) {
        return add(routes -> routes.get(path, (in, out) -> known(in, out, handler)));
    }

    /** Answers POST. */
    public WebRoutes post(String path, Handler handler) {
        return add(routes -> routes.post(path, (in, out) -> known(in, out, handler)));
    }

    /** Answers DELETE. */
    public WebRoutes delete(String path, Handler handler) {
        return add(routes -> routes.delete(path, (in, out) -> known(in, out, handler)));
    }

    /** Answers GET of anyone, known or not: a page without data, or whether the process lives. */
    public WebRoutes open(String path, Handler handler) {
        return add(routes -> routes.get(path, (in, out) -> answered(in, out, Identity.ANYONE, handler)));
    }

    /** Answers GET with what goes on. */
    public WebRoutes stream(String path, Stream stream) {
        return add(routes -> routes.get(path, (in, out) -> streamed(in, out, stream)));
    }

    @Override
    public void accept(HttpServerRoutes routes) {
        all.accept(routes);
        routes.route(request -> true, (in, out) -> send(out, unknown(in).answer()));
    }

    private WebRoutes add(Consumer<HttpServerRoutes> more) {
        all = all.andThen(more);
        return this;
    }

    private Mono<Void> known(HttpServerRequest in, HttpServerResponse out, Handler handler) {
        return peers.identify(in)
                .map(identity -> answered(in, out, identity, call -> {
                    requireMeant(call);
                    return handler.answer(call);
                }))
                .orElseGet(() -> nobody(out));
    }

    private Publisher<Void> streamed(HttpServerRequest in, HttpServerResponse out, Stream stream) {
        return peers.identify(in)
                .map(identity -> Mono.defer(() -> {
                            Call call = new Call(in, identity);
                            requireMeant(call);
                            return Mono.from(stream.answer(call, common(out)));
                        })
                        .onErrorResume(ProblemException.class, problem -> send(out, problem.answer())))
                .orElseGet(() -> nobody(out));
    }

    /** Where nobody is asked who he is, a name that leads here would be all that another site's page needs to read everything. */
    private void requireMeant(Call call) {
        if (peers.security() == ServerSecurity.NONE) {
            origin.requireOwnHost(call);
        }
    }

    private static Mono<Void> answered(
            HttpServerRequest in, HttpServerResponse out, Identity identity, Handler handler) {
        return Mono.defer(() -> handler.answer(new Call(in, identity)))
                .onErrorResume(ProblemException.class, problem -> Mono.just(problem.answer()))
                .onErrorResume(failure -> {
                    LOG.error("{} {} could not be answered", in.method(), in.path(), failure);
                    return Mono.just(ProblemException.of(
                                    500,
                                    "failed",
                                    "The server failed",
                                    "the request could not be answered; the server's log says why")
                            .answer());
                })
                .flatMap(answer -> send(out, answer));
    }

    private static Mono<Void> nobody(HttpServerResponse out) {
        return send(
                out,
                ProblemException.of(
                                401,
                                "unauthorized",
                                "Nobody is known by these credentials",
                                "send a token (Authorization: Bearer ...), or show a certificate that is listed")
                        .answer()
                        .header("WWW-Authenticate", "Bearer"));
    }

    private static ProblemException unknown(HttpServerRequest in) {
        return ProblemException.notFound(
                "nothing answers " + in.method() + " here; GET /v1/openapi.json says what does");
    }

    private static Mono<Void> send(HttpServerResponse out, Answer answer) {
        common(out).status(answer.status());
        answer.headers().forEach(out::header);
        out.header("Content-Length", Integer.toString(answer.body().length));
        return out.sendByteArray(Mono.just(answer.body())).then();
    }

    private static HttpServerResponse common(HttpServerResponse out) {
        return out.header("X-Content-Type-Options", "nosniff")
                .header("Referrer-Policy", "no-referrer")
                .header("Cache-Control", "no-store");
    }
}
