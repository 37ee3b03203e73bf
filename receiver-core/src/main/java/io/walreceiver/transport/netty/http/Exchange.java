package io.walreceiver.transport.netty.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.walreceiver.transport.netty.security.Identity;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** A request and its answer, with its body read at most once. */
final class Exchange {

    static final String DURABLE_POSITION = "Durable-Position";

    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final PushLimits limits;
    private final Scheduler timer;
    private boolean trusted;
    private boolean bodyWanted;
    private boolean bodyRead;

    Exchange(HttpServerRequest request, HttpServerResponse response, PushLimits limits, Scheduler timer) {
        this.request = request;
        this.response = response;
        this.limits = limits;
        this.timer = timer;
    }

    HttpServerRequest request() {
        return request;
    }

    HttpHeaders headers() {
        return request.requestHeaders();
    }

    void header(String name, String value) {
        response.header(name, value);
    }

    Identity knows(Identity identity) {
        trusted = true;
        return identity;
    }

    void distrust() {
        trusted = false;
    }

    /** A number in the path. */
    long number(String name, long min, long max) {
        String text = request.param(name);
        long value = SegmentHead.number("path, " + name, text == null ? "" : text, min);
        if (value > max) {
            throw new IllegalArgumentException("path, " + name + ": expected " + min + ".." + max + ", found " + value);
        }
        return value;
    }

    /** A parameter behind the question mark. */
    Optional<String> query(String name) {
        List<String> values =
                new QueryStringDecoder(request.uri(), true).parameters().get(name);
        return values == null ? Optional.empty() : Optional.of(values.get(0));
    }

    /** The length that is announced: 1 or more, and no more than this. */
    long length(int max) {
        long length = announced();
        if (length < 0) {
            throw new Refusal(Answer.problem(
                    411, "length-required", "The length is not announced", "send Content-Length: the size in bytes"));
        }
        if (length == 0) {
            throw new IllegalArgumentException("Content-Length: expected 1 or more, found 0");
        }
        if (length > max) {
            throw new Refusal(Answer.problem(
                    413, "too-large", "The body is too large", "expected at most " + max + " bytes, found " + length));
        }
        return length;
    }

    /** The announced length; -1 if there is none. The codec has refused what is no number. */
    private long announced() {
        String length = headers().get(HttpHeaderNames.CONTENT_LENGTH);
        return length == null ? -1 : SegmentHead.number("Content-Length", length.strip(), 0);
    }

    /**
     * Reads the body; a sender that expects it is told to go on.
     *
     * @param length as announced; reserved by the caller
     * @return the bytes; fails with {@link Refusal} if they do not come in time, or are not as many as announced
     */
    Mono<byte[]> body(int length) {
        return Mono.defer(() -> {
                    bodyWanted = true;
                    byte[] bytes = new byte[length];
                    return request.receive()
                            .reduce(0, (at, chunk) -> {
                                int size = Math.min(chunk.readableBytes(), length - at);
                                chunk.readBytes(bytes, at, size); // copied: the buffer is the network library's
                                return at + size;
                            })
                            .map(read -> complete(bytes, read));
                })
                .timeout(limits.bodyTimeout(), timer)
                .onErrorMap(
                        TimeoutException.class,
                        e -> new Refusal(Answer.problem(
                                408,
                                "timeout",
                                "The body did not come in time",
                                "expected " + length + " bytes within " + limits.bodyTimeout())));
    }

    private byte[] complete(byte[] bytes, int read) {
        bodyRead = true;
        if (read < bytes.length) {
            throw new IllegalArgumentException("body: expected " + bytes.length + " bytes, found " + read);
        }
        return bytes;
    }

    /** Answers; a body that was not read is let pass, or the connection closed. */
    Mono<Void> answer(Answer answer) {
        if (bodyRead || !hasBody()) {
            return send(answer, true);
        }
        if (bodyWanted || !isWorthPassing()) {
            return send(answer, false);
        }
        // It is on its way: to close now would lose the answer.
        return request.receive()
                .then(Mono.just(true))
                .timeout(limits.bodyTimeout(), Mono.just(false), timer)
                .flatMap(passed -> send(answer, passed));
    }

    private boolean hasBody() {
        return headers().contains(HttpHeaderNames.TRANSFER_ENCODING)
                || headers().contains(HttpHeaderNames.CONTENT_LENGTH) && announced() != 0;
    }

    /** Who waits to be told to go on sends nothing, or could not be told from the next request. */
    private boolean isWorthPassing() {
        return trusted
                && !headers().contains(HttpHeaderNames.EXPECT)
                && headers().contains(HttpHeaderNames.CONTENT_LENGTH)
                && announced() <= limits.maxSegmentBytes();
    }

    private Mono<Void> send(Answer answer, boolean keepAlive) {
        response.status(answer.status())
                .header(
                        HttpHeaderNames.CONTENT_TYPE,
                        answer.isProblem() ? "application/problem+json" : "application/json");
        if (answer.members().get(Answer.DURABLE) instanceof Long durable) {
            response.header(DURABLE_POSITION, durable.toString());
        }
        if (answer.retryAfterSeconds() > 0) {
            response.header(HttpHeaderNames.RETRY_AFTER, Integer.toString(answer.retryAfterSeconds()));
        }
        if (!keepAlive) {
            response.keepAlive(false);
        }
        return response.sendString(Mono.just(FlatJson.write(answer.members()))).then();
    }
}
