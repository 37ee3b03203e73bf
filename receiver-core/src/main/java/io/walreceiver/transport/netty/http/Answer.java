package io.walreceiver.transport.netty.http;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a request is answered with: a JSON object, of RFC 9457 where something is wrong.
 *
 * @param status of HTTP
 * @param members of the object
 * @param retryAfterSeconds when to come again; 0 if that is not said
 */
record Answer(int status, Map<String, Object> members, int retryAfterSeconds) {

    static final String PROBLEM_PREFIX = "urn:walreceiver:";
    static final String DURABLE = "durable";
    static final String EXPECTED = "expected";
    static final String RECEIVED = "received";

    private static final int SOON = 1;

    static Answer of(int status, Map<String, Object> members) {
        return new Answer(status, members, 0);
    }

    /** Everything of the segment is durable. */
    static Answer durable(long durable) {
        return of(200, Map.of(DURABLE, durable));
    }

    /** The segment was taken, and is not durable yet. */
    static Answer accepted(long durable, long received) {
        return of(202, ordered(DURABLE, durable, RECEIVED, received));
    }

    static Answer problem(int status, String type, String title, String detail) {
        Map<String, Object> members = ordered("type", PROBLEM_PREFIX + type, "title", title);
        members.put("status", status);
        members.put("detail", detail);
        return of(status, members);
    }

    static Answer badRequest(String detail) {
        return problem(400, "bad-request", "The request is malformed", detail);
    }

    static Answer gap(String segment, long durable, long expected) {
        return problem(
                        409,
                        "gap",
                        "Events before the segment are missing",
                        "segment " + segment + ": expected event " + expected
                                + " or an earlier one first; send from there")
                .at(durable, expected);
    }

    static Answer fenced(String detail) {
        return problem(409, "fenced", "Another leader has taken over", detail);
    }

    static Answer diverged(String detail) {
        return problem(409, "diverged", "The follower holds another history", detail);
    }

    /** No room now. */
    static Answer busy(String detail) {
        return problem(429, "busy", "The follower has no room now", detail).later();
    }

    static Answer unavailable(String type, String detail) {
        return problem(503, type, "The follower takes nothing now", detail).later();
    }

    static Answer stopping() {
        return unavailable("stopping", "the follower stops, or starts anew; send the segment again");
    }

    Answer later() {
        return new Answer(status, members, SOON);
    }

    /** The same, with where the log stands. */
    Answer at(long durable, long expected) {
        Map<String, Object> with = new LinkedHashMap<>(members);
        with.put(DURABLE, durable);
        with.put(EXPECTED, expected);
        return new Answer(status, with, retryAfterSeconds);
    }

    boolean isProblem() {
        return status >= 400;
    }

    boolean isProblem(String type) {
        return (PROBLEM_PREFIX + type).equals(members.get("type"));
    }

    /** The problem's type, without what all have in front; empty if nothing is wrong. */
    String type() {
        String type = members.getOrDefault("type", "").toString();
        return type.startsWith(PROBLEM_PREFIX) ? type.substring(PROBLEM_PREFIX.length()) : type;
    }

    /** What is wrong; empty if nothing is. */
    String detail() {
        return members.getOrDefault("detail", "").toString();
    }

    private static Map<String, Object> ordered(String first, Object a, String second, Object b) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put(first, a);
        members.put(second, b);
        return members;
    }
}
