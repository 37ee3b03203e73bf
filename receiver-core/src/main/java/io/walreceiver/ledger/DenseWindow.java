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

    /** Events of a minute, 0..59 before the newest. */
    static long ofMinute(int[] block, int start, int minute) {
        return minute < 0 ? 0 : Integer.toUnsignedLong(block[start + minute % 60]);
    }

    /** Events of an hour, 0..167 before the newest. */
    static long ofHour(int[] block, int start, int hour) {
        return hour < 0 ? 0 : Integer.toUnsignedLong(block[start + HOURS + hour % EventTime.WEEK_HOURS]);
    }
}
