package io.walreceiver.format;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names a segment: its log and the sequence number of its first event.
 *
 * <p>Text form {@code region:shard:seqno}; file name {@code wal-{region:05}-{shard:05}-{seqno:020}.seg}. Ordered by log, then
 * by {@code seqno} as an unsigned number.
 *
 * @param log the log that the segment belongs to
 * @param seqno sequence number of the segment's first event, an unsigned 64-bit number. A valid segment has 1..2^63-1; other
 *     values can be named, so that a segment which claims one is refused by name, not by an exception in the transport.
 */
public record WalSegmentId(LogId log, long seqno) implements Comparable<WalSegmentId> {

    private static final Pattern FILE_NAME = Pattern.compile("wal-(?:(\\d{5})-(\\d{5})-)?(\\d{20})\\.seg");

    public WalSegmentId(int region, int shard, long seqno) {
        this(new LogId(region, shard), seqno);
    }

    /**
     * Reads the text form.
     *
     * @throws IllegalArgumentException if {@code text} is not {@code region:shard:seqno}
     */
    public static WalSegmentId parse(String text) {
        int colon = text.lastIndexOf(':');
        try {
            return new WalSegmentId(
                    LogId.parse(text.substring(0, Math.max(colon, 0))),
                    Long.parseUnsignedLong(text, colon + 1, text.length(), 10));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "segment '" + text + "' is not of the form region:shard:seqno, for example 1:3:4001", e);
        }
    }

    /**
     * Reads a file name. Plain {@code wal-{seqno:020}.seg} reads as region 0, shard 0.
     *
     * @return the id, or empty if {@code name} is not the name of a segment file
     */
    public static Optional<WalSegmentId> ofFileName(String name) {
        Matcher matcher = FILE_NAME.matcher(name);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        try {
            LogId log = matcher.group(1) == null
                    ? new LogId(0, 0)
                    : new LogId(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
            return Optional.of(new WalSegmentId(log, Long.parseUnsignedLong(matcher.group(3))));
        } catch (IllegalArgumentException e) { // a number beyond its range: NumberFormatException is one too
            return Optional.empty();
        }
    }

    /** The name of the file that holds this segment. */
    public String fileName() {
        return String.format("wal-%05d-%05d-%20s.seg", log.region(), log.shard(), Long.toUnsignedString(seqno))
                .replace(' ', '0');
    }

    @Override
    public int compareTo(WalSegmentId other) {
        int byLog = log.compareTo(other.log);
        return byLog != 0 ? byLog : Long.compareUnsigned(seqno, other.seqno);
    }

    @Override
    public String toString() {
        return log + ":" + Long.toUnsignedString(seqno);
    }
}
