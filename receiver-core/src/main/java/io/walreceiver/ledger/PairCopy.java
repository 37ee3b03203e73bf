package io.walreceiver.ledger;

/**
 * What one part holds of a pair, copied as of one moment: the reader's side of entry, windows and slab.
 *
 * <p>Reused from pair to pair; for one thread. The writer is never waited for but while it is inside this very entry.
 */
final class PairCopy {

    private static final int SPINS = 100;
    private static final int[] NO_BLOCK = new int[0];

    private double score;
    private long last;
    private long allTime;
    private int form;
    private long window0;
    private long window1;
    private int[] block = NO_BLOCK;

    private long lastHour;
    private long lastDay;
    private long lastWeek;

    /** Copies an entry of a part. */
    void copy(Part part, int id) {
        for (int tries = 0; !tryCopy(part, id); tries++) {
            if (tries < SPINS) {
                Thread.onSpinWait();
            } else {
                // The writer may have lost its core in the middle of the entry.
                Thread.yield();
            }
        }
    }

    private boolean tryCopy(Part part, int id) {
        long[] chunk = part.entries().chunk(id);
        int at = Entries.at(id);
        long meta = Entries.beginRead(chunk, at);
        if (meta < 0) {
            return false;
        }
        score = Double.longBitsToDouble(chunk[at + Entries.SCORE]);
        last = chunk[at + Entries.LAST];
        window0 = chunk[at + Entries.WINDOW];
        window1 = chunk[at + Entries.WINDOW + 1];
        form = Entries.form(meta);
        allTime = Entries.allTime(meta);
        return (form <= Windows.INLINE || copyBlock(part.slab())) && Entries.unchanged(chunk, at, meta);
    }

    /** The words may be halfway between two versions here, so offset and length may be anything. */
    private boolean copyBlock(Slab slab) {
        int length = Windows.intsInUse(form, window0);
        if (length < 0 || length > DenseWindow.INTS) {
            return false;
        }
        if (block.length < length) {
            block = new int[length];
        }
        return slab.copy(Windows.offset(window0), length, block);
    }

    /** Newest event time. */
    long last() {
        return last;
    }

    long allTime() {
        return allTime;
    }

    /** The score at an instant no earlier than {@link #last()}. */
    double scoreAt(long asOf, double lambdaPerNano) {
        return score * Decay.factor(lambdaPerNano, asOf - last);
    }

    /** Counts the windows at an instant no earlier than {@link #last()}; the counts can be asked for then. */
    void countAt(long asOf) {
        lastHour = 0;
        lastDay = 0;
        lastWeek = 0;
        int newest = EventTime.minute(last);
        int now = EventTime.minute(asOf);
        if (now / 60 - newest / 60 >= EventTime.WEEK_HOURS) {
            return;
        }
        if (form <= Windows.INLINE) {
            countInline(now, newest);
        } else if (form < Windows.DENSE) {
            countRun(now, newest);
        } else {
            countDense(now);
        }
    }

    private void countInline(int now, int newest) {
        for (int i = 0; i < form; i++) {
            long word = i < 4 ? window0 : window1;
            count(now, EventTime.minute(newest, Windows.inlineTick(word, i)), 1);
        }
    }

    private void countRun(int now, int newest) {
        for (int i = 0, length = Windows.length(window0); i < length; i++) {
            count(now, EventTime.minute(newest, Windows.tick(block[i])), Windows.count(block[i]));
        }
        int current = (int) window1;
        count(now, EventTime.minute(newest, Windows.tick(current)), Windows.count(current));
    }

    private void count(int now, int minute, int events) {
        int hours = now / 60 - minute / 60;
        lastHour += now - minute < EventTime.HOUR_MINUTES ? events : 0;
        lastDay += hours < EventTime.DAY_HOURS ? events : 0;
        lastWeek += hours < EventTime.WEEK_HOURS ? events : 0;
    }

    private void countDense(int now) {
        int newest = DenseWindow.newest(block, 0);
        int hour = now / 60;
        int day = hour - EventTime.DAY_HOURS;
        lastHour = DenseWindow.minutes(block, 0, now - EventTime.HOUR_MINUTES + 1, newest);
        lastDay = DenseWindow.hours(block, 0, day + 1, newest / 60);
        lastWeek = lastDay + DenseWindow.hours(block, 0, hour - EventTime.WEEK_HOURS + 1, Math.min(day, newest / 60));
    }

    long lastHour() {
        return lastHour;
    }

    long lastDay() {
        return lastDay;
    }

    long lastWeek() {
        return lastWeek;
    }
}
