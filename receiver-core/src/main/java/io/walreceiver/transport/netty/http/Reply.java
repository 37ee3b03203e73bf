package io.walreceiver.transport.netty.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.client.HttpClientResponse;

/**
 * What a follower answered; nothing of it is believed to be well-formed.
 *
 * @param members of its JSON object; empty if it is none
 * @param retryAfter when to come again; zero if that was not said
 */
record Reply(int status, Map<String, Object> members, Duration retryAfter) {

    private static final int MAX_BYTES = 8 << 20;
    private static final int MAX_TEXT = 500;

    static Mono<Reply> of(HttpClientResponse response, ByteBufFlux body) {
        String after = response.responseHeaders().get(HttpHeaderNames.RETRY_AFTER, "0");
        return body.asByteArray()
                .collect(ByteArrayOutputStream::new, Reply::append)
                .map(bytes -> new Reply(
                        response.status().code(), members(bytes.toString(StandardCharsets.UTF_8)), seconds(after)));
    }

    private static void append(ByteArrayOutputStream all, byte[] some) {
        if (all.size() + some.length > MAX_BYTES) {
            throw new IllegalStateException("the follower's answer is longer than " + MAX_BYTES + " bytes");
        }
        all.writeBytes(some);
    }

    private static Map<String, Object> members(String text) {
        try {
            return FlatJson.read(text);
        } catch (IllegalArgumentException e) {
            return Map.of(); // from somebody in between
        }
    }

    private static Duration seconds(String text) {
        try {
            return Duration.ofSeconds(SegmentHead.number("Retry-After", text, 0));
        } catch (IllegalArgumentException | ArithmeticException e) {
            return Duration.ZERO; // a date
        }
    }

    boolean isSuccess() {
        return status == 200 || status == 202;
    }

    /** Whether the same may go well later. */
    boolean isPassing() {
        return status == 408 || status == 429 || status >= 500;
    }

    long number(String name, long otherwise) {
        return members.get(name) instanceof Long value ? value : otherwise;
    }

    SegmentRejectedException rejection(String what) {
        String type = text("type");
        String problem = type.startsWith(Answer.PROBLEM_PREFIX) ? type.substring(Answer.PROBLEM_PREFIX.length()) : "";
        String detail = text("detail");
        return new SegmentRejectedException(
                what + ": the follower answered " + status + (problem.isEmpty() ? "" : " " + problem)
                        + (detail.isEmpty() ? "" : ": " + detail),
                status,
                problem,
                number(Answer.EXPECTED, 0));
    }

    /** Fit for a log line: short, and without control characters. */
    private String text(String name) {
        String text = members.get(name) instanceof String value ? value : "";
        return text.substring(0, Math.min(text.length(), MAX_TEXT)).replaceAll("\\p{Cntrl}", "?");
    }
}
