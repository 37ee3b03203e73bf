package io.walreceiver.ledger;

import java.util.Arrays;

/**
 * Counts of a busy pair as two rings in one block of 256 ints.
 *
 * <pre>
 *  0        60        228      229
 *  +---------+---------+--------+
 *  | minutes |  hours  | newest |    minute m at m % 60, hour h at 60 + h % 168; counts are unsigned
 *  +---------+---------+--------+
 * </pre>
 *
 * An event is in both rings. Slots of minutes and hours that have no event are zero, those before the epoch too.
 */
final class DenseWindow {

    /** Ints in use. */
    static final int INTS = 229;
    /** Slab class of the block. */
    static final int BLOCK_CLASS = 4;

    private static final int HOURS = 60;
    private static final int NEWEST = 228;

    private DenseWindow() {}

    /** Empties a block; it stands at {@code minute} then. */
    static void clear(int[] block, int start, int minute) {
        Arrays.fill(block, start, start + NEWEST, 0);
        block[start + NEWEST] = minute;
    }

    /** Counts one event of a minute that is newer than the newest, or within the week before it. */
    static void add(int[] block, int start, int minute) {
        if (minute > block[start + NEWEST]) {
            advance(block, start, minute);
        }
        add(block, start, minute, 1);
    }

    /** Counts events of a minute no newer than the newest, and within the week before it. */
    static void add(int[] block, int start, int minute, int count) {
        if (block[start + NEWEST] - minute < EventTime.HOUR_MINUTES) {
            block[start + minute % 60] += count;
        }
        block[start + HOURS + minute / 60 % EventTime.WEEK_HOURS] += count;
    }

    /** Moves on to a newer minute, forgetting what leaves the rings. */
    static void advance(int[] block, int start, int minute) {
        int newest = block[start + NEWEST];
        for (int m = Math.max(newest, minute - EventTime.HOUR_MINUTES) + 1; m <= minute; m++) {
            block[start + m % 60] = 0;
        }
        int hour = minute / 60;
        for (int h = Math.max(newest / 60, hour - EventTime.WEEK_HOURS) + 1; h <= hour; h++) {
            block[start + HOURS + h % EventTime.WEEK_HOURS] = 0;
        }
        block[start + NEWEST] = minute;
    }

    static int newest(int[] block, int start) {
        return block[start + NEWEST];
    }

    /** Events of the minutes {@code from..to}, all within the hour up to the newest; those before the epoch have none. */
    static long minutes(int[] block, int start, int from, int to) {
        return sum(block, start, EventTime.HOUR_MINUTES, from, to);
    }

    /** Events of the hours {@code from..to}, all within the week up to the newest; those before the epoch have none. */
    static long hours(int[] block, int start, int from, int to) {
        return sum(block, start + HOURS, EventTime.WEEK_HOURS, from, to);
    }

    private static long sum(int[] block, int ring, int slots, int from, int to) {
        long sum = 0;
        int first = Math.max(0, from);
        int slot = first % slots;
        for (int i = first; i <= to; i++) {
            sum += Integer.toUnsignedLong(block[ring + slot]);
            slot = slot == slots - 1 ? 0 : slot + 1;
        }
        return sum;
    }
}
