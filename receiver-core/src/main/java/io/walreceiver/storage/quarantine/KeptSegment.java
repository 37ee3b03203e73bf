package io.walreceiver.storage.quarantine;

import io.walreceiver.format.EventBatch;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.format.WalSegmentPayload;
import java.time.Instant;
import java.util.Comparator;
import java.util.regex.Pattern;

/**
 * A refused segment in quarantine: the same bytes under the same id, however often they came.
 *
 * @param segment which segment the sender said this is
 * @param eventCount how many events the sender claimed, the last time; any number
 * @param sizeBytes how many bytes came, 0..2^31-1; 0 for a segment that was refused for its size alone, of which none was read
 * @param blake3 BLAKE3-256 of the bytes, 64 lower-case hexadecimal digits
 * @param cause why it was refused, the last time; cut off after 1,000 characters
 * @param firstSeen when it first came
 * @param lastSeen when it last came
 * @param count how often it came, 1 or more
 * @param bytesKept whether the bytes are there too; false if there was no room for them, if none came, or if a crash lost them
 */
public record KeptSegment(
        WalSegmentId segment,
        long eventCount,
        long sizeBytes,
        String blake3,
        String cause,
        Instant firstSeen,
        Instant lastSeen,
        long count,
        boolean bytesKept) {

    /** The order in which they make room. By more than the time, so that it is the same after a restart. */
    static final Comparator<KeptSegment> OLDEST_FIRST =
            Comparator.comparing(KeptSegment::lastSeen).thenComparing(KeptSegment::name);

    private static final int MAX_CAUSE_CHARS = 1000;
    private static final int DIGITS_IN_NAME = 16;
    private static final Pattern BLAKE3 = Pattern.compile("[0-9a-f]{64}");

    public KeptSegment {
        if (sizeBytes < 0 || sizeBytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("sizeBytes " + sizeBytes + ": expected 0..2147483647");
        }
        if (count < 1) {
            throw new IllegalArgumentException("count " + count + ": expected 1 or more");
        }
        if (!BLAKE3.matcher(blake3).matches()) {
            throw new IllegalArgumentException("blake3 '" + blake3 + "': expected 64 lower-case hexadecimal digits");
        }
        if (cause.length() > MAX_CAUSE_CHARS) {
            cause = cause.substring(0, MAX_CAUSE_CHARS);
        }
    }

    static KeptSegment first(WalSegmentPayload segment, String blake3, String cause, Instant now) {
        return new KeptSegment(
                segment.id(), segment.eventCount(), segment.bytes().length, blake3, cause, now, now, 1, false);
    }

    /** The same bytes came once more. */
    KeptSegment again(long eventCount, String cause, Instant now) {
        return new KeptSegment(
                segment, eventCount, sizeBytes, blake3, cause, firstSeen, now, Math.addExact(count, 1), bytesKept);
    }

    KeptSegment withBytes(boolean kept) {
        return new KeptSegment(segment, eventCount, sizeBytes, blake3, cause, firstSeen, lastSeen, count, kept);
    }

    /** Names it within its quarantine: its files, without their endings. */
    public String name() {
        String seqno = Long.toUnsignedString(segment.seqno());
        return "0".repeat(20 - seqno.length()) + seqno + "-" + blake3.substring(0, DIGITS_IN_NAME);
    }

    /** What it takes of the room for bytes. */
    long keptBytes() {
        return bytesKept ? sizeBytes : 0;
    }

    /** Whether an event is among those that the bytes have room for; see {@link WalSegmentPayload#believableEventCount}. */
    boolean claims(long event) {
        long events = Math.max(1, Math.min(eventCount, sizeBytes / EventBatch.EVENT_BYTES));
        return segment.seqno() >= 1 && segment.seqno() <= event && event - segment.seqno() < events;
    }

    /** Whether it is a copy of an event, as far as anybody can say of bytes that were refused. */
    boolean isCopyOf(long event) {
        return bytesKept && claims(event);
    }
}
