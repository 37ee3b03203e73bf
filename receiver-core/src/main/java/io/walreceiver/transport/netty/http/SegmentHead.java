package io.walreceiver.transport.netty.http;

import io.netty.handler.codec.http.HttpHeaders;
import io.walreceiver.format.EventBatch;
import io.walreceiver.format.WalSegmentId;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a sender says of a segment before it sends it.
 *
 * @param bytes size, 1 or more
 * @param events how many it claims, 1 or more; 0 if it does not say
 * @param epoch the number of its leader's epoch; 0 if it does not say
 * @param epochStart last event of the epoch before; -1 if it does not say
 * @param async whether it wants an answer before the segment is durable
 */
record SegmentHead(WalSegmentId id, long bytes, long events, long epoch, long epochStart, boolean async) {

    static final String SEGMENT_EVENTS = "Segment-Events";
    static final String LEADER_EPOCH = "Leader-Epoch";
    static final String RESPOND_ASYNC = "respond-async";

    private static final String START = "start=";

    /** @throws IllegalArgumentException saying what is wrong with which header */
    static SegmentHead of(WalSegmentId id, long bytes, HttpHeaders headers) {
        String claim = headers.get(SEGMENT_EVENTS);
        long events = claim == null ? 0 : number(SEGMENT_EVENTS, claim, 1);
        if (Math.max(events, 1) - 1 > Long.MAX_VALUE - id.seqno()) {
            throw new IllegalArgumentException(SEGMENT_EVENTS + ": expected events up to " + Long.MAX_VALUE + ", found "
                    + events + " from event " + id.seqno());
        }
        String reign = headers.get(LEADER_EPOCH);
        int semicolon = reign == null ? -1 : reign.indexOf(';');
        String start = semicolon < 0 ? null : reign.substring(semicolon + 1).strip();
        return new SegmentHead(
                id, bytes, events, reign == null ? 0 : epoch(reign, semicolon), start(start), async(headers));
    }

    private static long epoch(String reign, int semicolon) {
        return number(LEADER_EPOCH, (semicolon < 0 ? reign : reign.substring(0, semicolon)).strip(), 1);
    }

    private static long start(@Nullable String start) {
        if (start == null) {
            return -1;
        }
        if (!start.startsWith(START)) {
            throw new IllegalArgumentException(LEADER_EPOCH + ": expected N or N;start=P, found another parameter");
        }
        return number(LEADER_EPOCH + " start", start.substring(START.length()), 0);
    }

    private static boolean async(HttpHeaders headers) {
        return headers.getAll("Prefer").stream()
                .anyMatch(value -> value.toLowerCase(Locale.ROOT).contains(RESPOND_ASYNC));
    }

    /** A number in decimal digits; its text is another's, so that it is not repeated. */
    static long number(String name, String text, long min) {
        long value = -1;
        if (!text.isEmpty() && text.length() <= 20 && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            try {
                value = Long.parseLong(text);
            } catch (NumberFormatException e) {
                value = -1; // beyond 63 bits
            }
        }
        if (value < min) {
            throw new IllegalArgumentException(
                    name + ": expected a number of " + min + ".." + Long.MAX_VALUE + " in decimal digits");
        }
        return value;
    }

    /** No event of the segment lies beyond this one. */
    long lastAtMost() {
        long most = events == 0 ? Math.max(1, bytes / EventBatch.EVENT_BYTES) : events;
        return id.seqno() + Math.min(most - 1, Long.MAX_VALUE - id.seqno());
    }

    /** The same, with as many events as were counted. */
    SegmentHead counted(long counted) {
        return counted < 1 ? this : new SegmentHead(id, bytes, counted, epoch, epochStart, async);
    }
}
