package io.walreceiver.server.web;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Why a request is not answered, as an object of RFC 9457: {@code type} is {@code urn:walreceiver:} and a word, {@code title} the same
 * for each of a type, {@code detail} says what, where, expected against actual and what to do next.
 */
public final class ProblemException extends RuntimeException {

    private static final String PREFIX = "urn:walreceiver:";
    private static final long serialVersionUID = 1;

    private final int status;
    private final transient Map<String, Object> members;
    private final long retryAfterSeconds;

    private ProblemException(int status, Map<String, Object> members, String detail, long retryAfterSeconds) {
        super(detail, null, false, false); // an answer: no stack is looked at
        this.status = status;
        this.members = members;
        this.retryAfterSeconds = retryAfterSeconds;
    }

    /**
     * A problem.
     *
     * @param status of HTTP, 400..599
     * @param type a word, such as {@code bad-request}
     */
    public static ProblemException of(int status, String type, String title, String detail) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("type", PREFIX + type);
        members.put("title", title);
        members.put("status", status);
        members.put("detail", detail);
        return new ProblemException(status, members, detail, 0);
    }

    /** Status 400: the request says something that cannot be. */
    public static ProblemException badRequest(String detail) {
        return of(400, "bad-request", "The request is malformed", detail);
    }

    /** Status 404. */
    public static ProblemException notFound(String detail) {
        return of(404, "not-found", "There is no such thing", detail);
    }

    /** Status 403. */
    public static ProblemException forbidden(String detail) {
        return of(403, "forbidden", "Not allowed", detail);
    }

    /** The same, with a further member. */
    public ProblemException with(String member, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(members);
        more.put(member, value);
        return new ProblemException(status, more, String.valueOf(getMessage()), retryAfterSeconds);
    }

    /** The same, with when to come again, rounded up to seconds. */
    public ProblemException retryAfter(Duration wait) {
        return new ProblemException(
                status,
                members,
                String.valueOf(getMessage()),
                wait.plusMillis(999).toSeconds());
    }

    Answer answer() {
        Answer answer = Answer.of(status, Answer.PROBLEM, members);
        return retryAfterSeconds > 0 ? answer.header("Retry-After", Long.toString(retryAfterSeconds)) : answer;
    }
}
