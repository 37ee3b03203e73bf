package io.walreceiver.server.web;

import io.netty.handler.codec.http.QueryStringDecoder;
import io.walreceiver.format.LogId;
import io.walreceiver.transport.netty.security.Identity;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;

/** A request, and who sends it. */
public final class Call {

    static final Identity NOBODY = new Identity("nobody", log -> false, log -> false, false);

    private static final Duration BODY_TIMEOUT = Duration.ofSeconds(30);
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final HttpServerRequest request;
    private final Identity identity;
    private @Nullable Map<String, List<String>> parameters;

    Call(HttpServerRequest request, Identity identity) {
        this.request = request;
        this.identity = identity;
    }

    /** Who sends it; {@link Identity#ANYONE} where nobody is asked. */
    public Identity identity() {
        return identity;
    }

    /** Whether it is known who sends it, as far as anyone is asked: an open route answers others too, who may see nothing. */
    public boolean isKnown() {
        return identity != NOBODY;
    }

    /** Whether who sends it may see a log. */
    public boolean maySee(LogId log) {
        return identity.admin()
                || identity.mayRead().test(log)
                || identity.mayWrite().test(log);
    }

    /** Fails unless who sends it is an operator. */
    public void requireAdmin() {
        if (!identity.admin()) {
            throw ProblemException.forbidden(
                    "this needs an identity with admin, and " + identity.name() + " is none; see docs/security.md");
        }
    }

    /** GET, PUT ... */
    public String method() {
        return request.method().name();
    }

    /**
     * A part of the path that the route names, decoded; it may be empty.
     *
     * @throws ProblemException if its escapes are malformed
     */
    public String path(String name) {
        String value = request.param(name);
        if (value == null) {
            throw new IllegalStateException("the route names no " + name);
        }
        try {
            return QueryStringDecoder.decodeComponent(
                    value.replace("+", "%2B")); // a space behind the question mark only
        } catch (IllegalArgumentException e) {
            throw malformed(e);
        }
    }

    /** The last value of a parameter behind the question mark. */
    public Optional<String> query(String name) {
        List<String> values = queries(name);
        return values.isEmpty() ? Optional.empty() : Optional.of(values.get(values.size() - 1));
    }

    /** All values of a parameter behind the question mark, in their order. */
    public List<String> queries(String name) {
        return parameters().getOrDefault(name, List.of());
    }

    /**
     * All parameters behind the question mark, decoded.
     *
     * @throws ProblemException if their escapes are malformed
     */
    public Map<String, List<String>> parameters() {
        Map<String, List<String>> known = parameters;
        if (known == null) {
            try {
                known = new QueryStringDecoder(request.uri(), true).parameters();
            } catch (IllegalArgumentException e) {
                throw malformed(e);
            }
            parameters = known;
        }
        return known;
    }

    private static ProblemException malformed(IllegalArgumentException e) {
        return ProblemException.badRequest("the request's target: " + PlainText.word(String.valueOf(e.getMessage()))
                + "; expected UTF-8, with % and two hexadecimal digits for each byte that is not plain ASCII");
    }

    /** A header. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(request.requestHeaders().get(name));
    }

    /** Where it came from, for logs. */
    public String remote() {
        return String.valueOf(request.remoteAddress());
    }

    /**
     * Reads the body as JSON.
     *
     * @param maxBytes most bytes that are read; a longer body is refused with status 413
     * @return what it says; fails with {@link ProblemException} if it cannot be read as such, or does not come within 30 s
     */
    public <T> Mono<T> body(Class<T> type, int maxBytes) {
        return request.receive()
                .aggregate()
                .asByteArray()
                .defaultIfEmpty(new byte[0])
                .transform(bytes -> bounded(maxBytes).then(bytes))
                .timeout(BODY_TIMEOUT)
                .onErrorMap(
                        TimeoutException.class,
                        e -> ProblemException.of(
                                408, "timeout", "The body did not come in time", "expected all of it within 30 s"))
                .map(bytes -> parse(type, bytes));
    }

    /** Decided before the body is read: a length must be announced, as it is reserved. */
    private Mono<Void> bounded(int maxBytes) {
        return Mono.defer(() -> {
            String length = header("Content-Length").orElse("");
            if (length.isEmpty()) {
                return Mono.error(ProblemException.of(
                        411,
                        "length-required",
                        "The length is not announced",
                        "send Content-Length: the size in bytes"));
            }
            return Long.parseLong(length.strip()) <= maxBytes
                    ? Mono.empty()
                    : Mono.error(ProblemException.of(
                            413,
                            "too-large",
                            "The body is too large",
                            "expected at most " + maxBytes + " bytes, found " + length));
        });
    }

    private static <T> T parse(Class<T> type, byte[] bytes) {
        try {
            T value = MAPPER.readValue(bytes, type);
            if (value == null) {
                throw ProblemException.badRequest("JSON: expected an object, found null");
            }
            return value;
        } catch (JacksonException e) {
            throw ProblemException.badRequest("JSON: " + said(e) + at(e.getLocation()));
        }
    }

    /** What the library says of its own classes is nobody's business. */
    private static String said(JacksonException e) {
        if (e instanceof UnrecognizedPropertyException unknown) {
            return "unknown member " + PlainText.word(unknown.getPropertyName()) + ": expected one of "
                    + unknown.getKnownPropertyIds();
        }
        if (e instanceof DatabindException) {
            String where = e.getPath().stream()
                    .map(part -> part.getPropertyName() == null ? "[" + part.getIndex() + "]" : part.getPropertyName())
                    .collect(Collectors.joining("."));
            return where.isEmpty()
                    ? "expected one value, of another kind"
                    : PlainText.word(where) + " is missing, or of another kind than expected";
        }
        return PlainText.sentence(String.valueOf(e.getOriginalMessage()));
    }

    private static String at(@Nullable TokenStreamLocation where) {
        return where == null ? "" : ", line " + where.getLineNr() + ", column " + where.getColumnNr();
    }
}
