package io.walreceiver.spring.web;

import io.walreceiver.PositionNotReachedException;
import io.walreceiver.ReceiverEndedException;
import io.walreceiver.SegmentReceiver;
import io.walreceiver.format.LogId;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.util.pattern.PathPattern;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Lets requests through when what they must see is in the ledger.
 *
 * <p>A request may carry the header {@code Positions: 1:3=400012, 1:4=7}: log 1:3 must have come to event 400,012, and log 1:4 to event 7. That
 * is waited for, then what handles the request goes on with a thread of {@link Schedulers#parallel()}. If it takes too long, or too many wait,
 * or what is stored is still being read back, the answer is 503 with {@code Retry-After} and a problem of RFC 9457; 400 for a header that cannot
 * be read.
 *
 * <p>The answer's header {@code Positions} says how far the logs had come before the request was handled, so it has seen at least that much:
 * whoever sends it along with the next request, to whichever follower, never goes back in time. It has the logs that the request named and, unless
 * they are more than 64, all others.
 *
 * <p>After Spring Security's filter, so that nobody waits who may not come in.
 */
public final class PositionsWebFilter implements WebFilter, Ordered {

    /** Name of the header, of requests and answers. */
    public static final String HEADER = "Positions";

    private static final int ORDER = 0;

    private final SegmentReceiver receiver;
    private final List<PathPattern> paths;
    private final Duration maxWait;
    private final Waiters waiters;
    private final Problems problems;

    /**
     * A filter.
     *
     * @param receiver whose ledger is read
     * @param paths which requests it is for
     * @param maxWait how long a request may wait; 0 or more
     * @param maxWaiters how many positions are waited for at a time; 1 or more
     * @param codecs write problems
     */
    public PositionsWebFilter(
            SegmentReceiver receiver,
            Collection<PathPattern> paths,
            Duration maxWait,
            int maxWaiters,
            ServerCodecConfigurer codecs) {
        this.receiver = receiver;
        this.paths = List.copyOf(paths);
        this.maxWait = maxWait;
        this.waiters = new Waiters(maxWaiters);
        this.problems = new Problems(codecs);
    }

    @Override
    public int getOrder() {
        return ORDER;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        return paths.stream()
                        .noneMatch(path ->
                                path.matches(exchange.getRequest().getPath().pathWithinApplication()))
                ? chain.filter(exchange)
                : Mono.defer(() -> read(exchange, chain));
    }

    /** Positions that are waited for now. */
    int waiting() {
        return waiters.waiting();
    }

    private Mono<Void> read(ServerWebExchange exchange, WebFilterChain chain) {
        Token wanted;
        try {
            wanted = Token.parse(exchange.getRequest().getHeaders().getOrEmpty(HEADER));
        } catch (IllegalArgumentException e) {
            return problems.answer(
                    exchange,
                    Problems.of(
                            HttpStatus.BAD_REQUEST,
                            "bad-request",
                            "The header Positions cannot be read",
                            "expected " + Token.EXPECTED));
        }
        if (!receiver.recovered()) {
            return problems.answer(
                    exchange,
                    unavailable(
                            "recovering",
                            "What is stored is still being read back",
                            "reads would see only a part of it; try again later"));
        }
        Map<LogId, Long> missing = new TreeMap<>(wanted.positions());
        missing.entrySet().removeIf(position -> applied(position.getKey()) >= position.getValue());
        if (missing.isEmpty()) {
            return pass(exchange, chain, wanted);
        }
        if (!waiters.take(missing.size())) {
            return problems.answer(
                    exchange,
                    unavailable(
                            "overloaded", "Too many requests wait for positions", "no place is free; try again later"));
        }
        return reached(missing)
                .doFinally(signal -> waiters.give(missing.size()))
                .publishOn(Schedulers.parallel()) // what handles the request must not run on the receiver's timer
                .flatMap(problem ->
                        problem.isPresent() ? problems.answer(exchange, problem.get()) : pass(exchange, chain, wanted));
    }

    /** Why they are not reached, if so. */
    private Mono<Optional<ProblemDetail>> reached(Map<LogId, Long> missing) {
        return Flux.fromIterable(missing.entrySet())
                .flatMap(
                        position -> receiver.awaitApplied(position.getKey(), position.getValue(), maxWait),
                        Token.MAX_LOGS)
                .then(Mono.just(Optional.<ProblemDetail>empty()))
                .onErrorResume(
                        e -> e instanceof PositionNotReachedException || e instanceof ReceiverEndedException,
                        e -> Mono.just(Optional.of(unavailable(
                                "not-reached",
                                "A log has not come as far as it was to",
                                String.valueOf(e.getMessage())))));
    }

    private Mono<Void> pass(ServerWebExchange exchange, WebFilterChain chain, Token wanted) {
        HttpHeaders headers = exchange.getResponse().getHeaders();
        Token seen = seen(wanted); // before the values are read
        if (!seen.positions().isEmpty()) {
            headers.set(HEADER, seen.toString());
        }
        headers.add(HttpHeaders.VARY, HEADER);
        return chain.filter(exchange);
    }

    private Token seen(Token wanted) {
        Map<LogId, Long> seen = new TreeMap<>();
        for (LogId log : receiver.logs()) {
            long applied = applied(log);
            if (applied > 0) {
                seen.put(log, applied);
            }
            if (seen.size() > Token.MAX_LOGS) {
                seen.clear();
                break;
            }
        }
        wanted.positions().keySet().forEach(log -> seen.put(log, applied(log)));
        return new Token(seen);
    }

    private long applied(LogId log) {
        return receiver.applied(log).orElse(0);
    }

    private static ProblemDetail unavailable(String word, String title, String detail) {
        return Problems.of(HttpStatus.SERVICE_UNAVAILABLE, word, title, detail);
    }
}
