package io.walreceiver.storage.quarantine;

import io.walreceiver.format.WalSegmentId;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;

/**
 * The text file of a kept segment: one line a value, always in the same order, each ended by a line feed, so that a torn file is
 * seen to be one.
 */
final class KeptText {

    private static final List<String> NAMES = List.of(
            "segment",
            "events claimed",
            "size in bytes",
            "blake3",
            "bytes kept",
            "cause",
            "first seen",
            "last seen",
            "count");

    private static final String KEPT = "yes";
    private static final String NOT_KEPT = "no";

    private KeptText() {}

    static String format(KeptSegment kept) {
        List<String> values = List.of(
                kept.segment().toString(),
                Long.toString(kept.eventCount()),
                Long.toString(kept.sizeBytes()),
                kept.blake3(),
                kept.bytesKept() ? KEPT : NOT_KEPT,
                escape(kept.cause()),
                kept.firstSeen().toString(),
                kept.lastSeen().toString(),
                Long.toString(kept.count()));
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < values.size(); i++) {
            text.append(NAMES.get(i)).append(": ").append(values.get(i)).append('\n');
        }
        return text.toString();
    }

    /**
     * Reads what {@link #format} wrote.
     *
     * @throws IllegalArgumentException if it is anything else
     */
    static KeptSegment parse(String text) {
        String[] lines = text.split("\n", -1);
        if (lines.length != NAMES.size() + 1 || !lines[NAMES.size()].isEmpty()) {
            throw new IllegalArgumentException("expected " + NAMES.size() + " whole lines");
        }
        try {
            return new KeptSegment(
                    WalSegmentId.parse(value(lines, 0)),
                    Long.parseLong(value(lines, 1)),
                    Long.parseLong(value(lines, 2)),
                    value(lines, 3),
                    unescape(value(lines, 5)),
                    Instant.parse(value(lines, 6)),
                    Instant.parse(value(lines, 7)),
                    Long.parseLong(value(lines, 8)),
                    isKept(value(lines, 4)));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static String value(String[] lines, int i) {
        String prefix = NAMES.get(i) + ": ";
        if (!lines[i].startsWith(prefix)) {
            throw new IllegalArgumentException("line " + (i + 1) + ": expected '" + prefix + "...'");
        }
        return lines[i].substring(prefix.length());
    }

    private static boolean isKept(String value) {
        if (!value.equals(KEPT) && !value.equals(NOT_KEPT)) {
            throw new IllegalArgumentException("bytes kept: expected yes or no");
        }
        return value.equals(KEPT);
    }

    /** Leaves nothing that ends a line or that a terminal would obey: a cause may quote what a stranger sent. */
    private static String escape(String value) {
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '\\') {
                escaped.append("\\\\");
            } else if ((c >= ' ' && c <= '~') || Character.isLetterOrDigit(c)) {
                escaped.append(c);
            } else {
                escaped.append(String.format("\\u%04x", (int) c));
            }
        }
        return escaped.toString();
    }

    private static String unescape(String escaped) {
        StringBuilder value = new StringBuilder();
        for (int i = 0; i < escaped.length(); i++) {
            char c = escaped.charAt(i);
            if (c != '\\') {
                value.append(c);
            } else if (escaped.startsWith("\\", i + 1)) {
                value.append('\\');
                i++;
            } else if (escaped.startsWith("u", i + 1) && i + 6 <= escaped.length()) {
                value.append((char) Integer.parseInt(escaped, i + 2, i + 6, 16));
                i += 5;
            } else {
                throw new IllegalArgumentException("cause: expected \\\\ or \\u and four digits at character " + i);
            }
        }
        return value.toString();
    }
}
