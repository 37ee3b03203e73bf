package io.walreceiver.format;

/**
 * A log: the ordered sequence of events that one shard of one region writes, numbered from 1 without holes.
 *
 * <p>Text form {@code region:shard}. Ordered by region, then shard.
 *
 * @param region 0..65,535
 * @param shard 0..65,535
 */
public record LogId(int region, int shard) implements Comparable<LogId> {

    static final int MAX_PART = 0xFFFF;

    public LogId {
        if ((region & ~MAX_PART) != 0 || (shard & ~MAX_PART) != 0) {
            throw new IllegalArgumentException(
                    "log " + region + ":" + shard + ": region and shard must each be 0..65535");
        }
    }

    /**
     * Reads the text form.
     *
     * @throws IllegalArgumentException if {@code text} is not {@code region:shard} with both 0..65,535
     */
    public static LogId parse(String text) {
        int colon = text.indexOf(':');
        try {
            return new LogId(
                    Integer.parseInt(text, 0, Math.max(colon, 0), 10),
                    Integer.parseInt(text, colon + 1, text.length(), 10));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "log '" + text + "' is not of the form region:shard, for example 1:3", e);
        }
    }

    @Override
    public int compareTo(LogId other) {
        int byRegion = Integer.compare(region, other.region);
        return byRegion != 0 ? byRegion : Integer.compare(shard, other.shard);
    }

    @Override
    public String toString() {
        return region + ":" + shard;
    }
}
