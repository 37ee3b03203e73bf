package io.walreceiver.format;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What can be wrong with one batch header taken by itself (rules 1 and 2), in the order in which it is checked.
 *
 * <p>The one place that decides whether the bytes from a header on can be walked: a batch without a fault lies whole within the
 * segment. Finding a fault costs no allocation; only {@link #describe} makes strings.
 */
enum HeaderFault {
    HEADER_CUT,
    MAGIC,
    VERSION,
    EVENT_COUNT,
    PAYLOAD_LEN,
    PAYLOAD_CUT;

    /** The first fault of the batch at {@code header}, 0..{@code bytes.length}, or null if there is none. */
    static @Nullable HeaderFault of(byte[] bytes, int header) {
        int left = bytes.length - header;
        if (left < BatchHeader.BYTES) {
            return HEADER_CUT;
        }
        if (BatchHeader.magic(bytes, header) != BatchHeader.MAGIC) {
            return MAGIC;
        }
        int version = BatchHeader.version(bytes, header);
        if (version != 1 && version != 2) {
            return VERSION;
        }
        int events = BatchHeader.eventCount(bytes, header);
        if (events == 0) {
            return EVENT_COUNT;
        }
        long payload = BatchHeader.payloadBytes(bytes, header);
        if (payload != (long) events * EventBatch.EVENT_BYTES) {
            return PAYLOAD_LEN;
        }
        return payload > left - BatchHeader.BYTES ? PAYLOAD_CUT : null;
    }

    /** This fault of the batch at {@code header} as a value for people. */
    Corruption describe(WalSegmentId id, int batch, byte[] bytes, int header) {
        int left = bytes.length - header;
        return switch (this) {
            case HEADER_CUT ->
                new Corruption(
                        id,
                        batch,
                        header,
                        "header",
                        BatchHeader.BYTES + " bytes",
                        "the end of the segment after " + left);
            case MAGIC -> new Corruption(id, batch, header, "magic", "\"TIDL\"", printable(bytes, header));
            case VERSION ->
                new Corruption(
                        id,
                        batch,
                        header + BatchHeader.VERSION,
                        "version",
                        "1 or 2",
                        Integer.toString(BatchHeader.version(bytes, header)));
            case EVENT_COUNT ->
                new Corruption(id, batch, header + BatchHeader.EVENT_COUNT, "event_count", "1..65535", "0");
            case PAYLOAD_LEN -> {
                int events = BatchHeader.eventCount(bytes, header);
                yield new Corruption(
                        id,
                        batch,
                        header + BatchHeader.PAYLOAD_LEN,
                        "payload_len",
                        events * EventBatch.EVENT_BYTES + " bytes for an event_count of " + events,
                        Long.toString(BatchHeader.payloadBytes(bytes, header)));
            }
            case PAYLOAD_CUT ->
                new Corruption(
                        id,
                        batch,
                        header + BatchHeader.BYTES,
                        "payload",
                        BatchHeader.payloadBytes(bytes, header) + " bytes",
                        "the end of the segment after " + (left - BatchHeader.BYTES));
        };
    }

    /** Four bytes as text; what is not printable ASCII as hex, so that a log line stays one line. */
    private static String printable(byte[] bytes, int at) {
        for (int i = at; i < at + 4; i++) {
            if (bytes[i] < ' ' || bytes[i] > '~') {
                return String.format(
                        "bytes %02x %02x %02x %02x", bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]);
            }
        }
        return '"' + new String(bytes, at, 4, StandardCharsets.US_ASCII) + '"';
    }
}
