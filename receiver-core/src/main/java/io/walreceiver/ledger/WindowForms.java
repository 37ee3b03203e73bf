package io.walreceiver.ledger;

/**
 * Changes the form of a pair's windows: when there is no room left, and when old ticks have to go. Rare, and so one plain way for
 * every form: take the windows apart, fold them, put together the smallest form that leaves room.
 */
final class WindowForms {

    /** A dense window comes apart into 60 minutes and 168 hours. */
    private static final int MAX_PIECES = EventTime.HOUR_MINUTES + EventTime.WEEK_HOURS;
    /** A piece is merged into one of that many before it: late events come as a few interleaved sequences. */
    private static final int MERGE_BACK = 3;

    /** The most pieces that a new run of class 0, 1, 2, 3 starts with. */
    private static final int[] FILL = {8, 20, 44, 112};
    /** Most events that go back into the entry from a run, and most that stay there when room is needed. */
    private static final int INLINE_AGAIN = 4;

    private static final int INLINE_STILL = 5;
    /** Most pieces of a dense window that becomes a run again: well below what made it dense. */
    private static final int DENSE_AGAIN = 44;

    private final Slab slab;

    private final int[] minutes = new int[MAX_PIECES];
    private final long[] counts = new long[MAX_PIECES];
    private int pieces;

    /** The latest minute of the pieces. */
    private int latest;

    /** What is older leaves the windows, or is kept by the hour. */
    private int firstKept;

    private int firstByMinute;

    WindowForms(Slab slab) {
        this.slab = slab;
    }

    /**
     * Makes room for one event more, at least.
     *
     * @param last event time that the ticks are relative to
     * @param next event time of the pair's newest from now on
     * @return the new form
     */
    int makeRoom(long[] chunk, int at, int form, long last, long next) {
        return change(chunk, at, form, last, next, form <= Windows.INLINE ? INLINE_STILL : INLINE_AGAIN);
    }

    /**
     * Drops what left the week, and the space it took.
     *
     * @param last event time that the ticks are relative to
     * @param next event time of the pair's newest from now on
     * @return the new form; there may be no room in it
     */
    int purge(long[] chunk, int at, int form, long last, long next) {
        if (form == Windows.DENSE) {
            int offset = Windows.offset(chunk[at + Entries.WINDOW]);
            DenseWindow.advance(slab.chunk(offset), Slab.at(offset), EventTime.minute(next));
        }
        int newest = EventTime.minute(last);
        int oldestKept = firstKept(EventTime.minute(next));
        if (form <= Windows.INLINE) {
            return expired(chunk, at, form, newest, oldestKept)
                    ? change(chunk, at, form, last, next, Windows.INLINE)
                    : form;
        }
        return form == Windows.DENSE || runExpired(chunk, at, newest, oldestKept)
                ? change(chunk, at, form, last, next, INLINE_AGAIN)
                : form;
    }

    /** The first minute of the week up to {@code newest}, whose hour counts whole. */
    private static int firstKept(int newest) {
        return (newest / EventTime.HOUR_MINUTES - EventTime.WEEK_HOURS + 1) * EventTime.HOUR_MINUTES;
    }

    /**
     * Folds, and changes nothing so far.
     *
     * @param last event time of the pair's newest, which the ticks are relative to
     * @return whether it fits into a smaller form now
     */
    boolean foldSmaller(long[] chunk, int at, int form, long last) {
        int newest = EventTime.minute(last);
        fold(chunk, at, form, newest, newest);
        return smallestForm() < form;
    }

    /** Puts what was folded into the smallest form, which may leave no room. */
    int putFolded(long[] chunk, int at, int form) {
        int smallest = smallestForm();
        return smallest <= Windows.INLINE
                ? storeInline(chunk, at, form)
                : storeRun(chunk, at, form, smallest - Windows.RUN);
    }

    private int smallestForm() {
        if (events() <= Windows.INLINE) {
            return Windows.INLINE;
        }
        int blockClass = 0;
        while (blockClass < Windows.RUN_CLASSES && pieces > Slab.blockInts(blockClass)) {
            blockClass++;
        }
        return mostOfAPiece() < Windows.MAX_COUNT ? Windows.RUN + blockClass : Windows.DENSE;
    }

    private static boolean expired(long[] chunk, int at, int form, int newest, int oldestKept) {
        for (int i = 0; i < form; i++) {
            long word = chunk[at + Entries.WINDOW + (i >> 2)];
            if (EventTime.minute(newest, Windows.inlineTick(word, i)) < oldestKept) {
                return true;
            }
        }
        return false;
    }

    /** Most runs have lost nothing, and then are not to be taken apart: that takes longer than all else that becomes of an event. */
    private boolean runExpired(long[] chunk, int at, int newest, int oldestKept) {
        long run = chunk[at + Entries.WINDOW];
        int[] block = slab.chunk(Windows.offset(run));
        int start = Slab.at(Windows.offset(run));
        int oldest = EventTime.minute(newest, Windows.tick((int) chunk[at + Entries.WINDOW + 1]));
        for (int i = start, end = start + Windows.length(run); i < end; i++) {
            oldest = Math.min(oldest, EventTime.minute(newest, Windows.tick(block[i])));
        }
        return oldest < oldestKept;
    }

    /** It is given event times and not minutes: else these would be computed for every event, of which few come here. */
    private int change(long[] chunk, int at, int form, long last, long next, int mostInline) {
        int newest = EventTime.minute(next);
        fold(chunk, at, form, EventTime.minute(last), newest);
        return putTogether(chunk, at, form, newest, mostInline);
    }

    /** Takes the windows apart, and drops what has left the week by minute {@code next}, rounds what has left the hour, and merges. */
    private void fold(long[] chunk, int at, int form, int newest, int next) {
        pieces = 0;
        latest = Integer.MIN_VALUE;
        firstKept = firstKept(next);
        firstByMinute = next - EventTime.HOUR_MINUTES + 1;
        if (form <= Windows.INLINE) {
            for (int i = 0; i < form; i++) {
                take(EventTime.minute(newest, Windows.inlineTick(chunk[at + Entries.WINDOW + (i >> 2)], i)), 1);
            }
        } else if (form < Windows.DENSE) {
            takeRunApart(chunk, at, newest);
        } else {
            takeDenseApart(chunk, at);
        }
    }

    private void takeRunApart(long[] chunk, int at, int newest) {
        long run = chunk[at + Entries.WINDOW];
        int[] block = slab.chunk(Windows.offset(run));
        int start = Slab.at(Windows.offset(run));
        for (int i = start, end = start + Windows.length(run); i < end; i++) {
            takeTick(block[i], newest);
        }
        takeTick((int) chunk[at + Entries.WINDOW + 1], newest);
    }

    private void takeTick(int counted, int newest) {
        take(EventTime.minute(newest, Windows.tick(counted)), Windows.count(counted));
    }

    /** Hours first, less what is still known by the minute. */
    private void takeDenseApart(long[] chunk, int at) {
        int offset = Windows.offset(chunk[at + Entries.WINDOW]);
        int[] block = slab.chunk(offset);
        int start = Slab.at(offset);
        int newest = DenseWindow.newest(block, start);
        int firstMinute = newest - EventTime.HOUR_MINUTES + 1;
        for (int hour = newest / 60 - EventTime.WEEK_HOURS + 1; hour <= newest / 60; hour++) {
            int first = Math.max(firstMinute, hour * 60);
            int last = Math.min(newest, hour * 60 + 59);
            take(
                    hour * 60,
                    DenseWindow.hours(block, start, hour, hour) - DenseWindow.minutes(block, start, first, last));
        }
        for (int m = firstMinute; m <= newest; m++) {
            take(m, DenseWindow.minutes(block, start, m, m));
        }
    }

    /** An hour's count may have wrapped, so that its minutes leave less than nothing of it. */
    private void take(int minute, long count) {
        if (minute < firstKept || count <= 0) {
            return;
        }
        int folded = minute >= firstByMinute ? minute : minute - minute % 60;
        if (folded > latest) {
            latest = folded;
        } else if (merged(folded, count)) {
            return;
        }
        minutes[pieces] = folded;
        counts[pieces++] = count;
    }

    private boolean merged(int minute, long count) {
        for (int i = pieces - 1, oldest = Math.max(0, pieces - MERGE_BACK); i >= oldest; i--) {
            if (minutes[i] == minute) {
                counts[i] += count;
                return true;
            }
        }
        return false;
    }

    private int putTogether(long[] chunk, int at, int form, int newest, int mostInline) {
        if (events() <= mostInline) {
            return storeInline(chunk, at, form);
        }
        boolean fitsRun = pieces <= FILL[Windows.RUN_CLASSES - 1] && mostOfAPiece() < Windows.MAX_COUNT;
        if (form == Windows.DENSE) {
            return fitsRun && pieces <= DENSE_AGAIN ? storeRun(chunk, at, form, runClass()) : form;
        }
        if (!fitsRun) {
            return storeDense(chunk, at, form, newest);
        }
        int blockClass = runClass();
        int held = form - Windows.RUN;
        boolean barelySmaller = blockClass < held && pieces > Slab.blockInts(held) / 3;
        return storeRun(chunk, at, form, barelySmaller ? held : blockClass);
    }

    private long events() {
        long events = 0;
        for (int i = 0; i < pieces; i++) {
            events += counts[i];
        }
        return events;
    }

    private long mostOfAPiece() {
        long most = 0;
        for (int i = 0; i < pieces; i++) {
            most = Math.max(most, counts[i]);
        }
        return most;
    }

    private int runClass() {
        int blockClass = 0;
        while (pieces > FILL[blockClass]) {
            blockClass++;
        }
        return blockClass;
    }

    private int storeInline(long[] chunk, int at, int form) {
        release(chunk, at, form);
        chunk[at + Entries.WINDOW] = 0;
        chunk[at + Entries.WINDOW + 1] = 0;
        int ticks = 0;
        for (int i = 0; i < pieces; i++) {
            for (long n = counts[i]; n > 0; n--) {
                ticks = Windows.appendInline(chunk, at, ticks, minutes[i]);
            }
        }
        return ticks;
    }

    private int storeRun(long[] chunk, int at, int form, int blockClass) {
        int newForm = Windows.RUN + blockClass;
        int offset = block(chunk, at, form, newForm, blockClass);
        int[] block = slab.chunk(offset);
        int start = Slab.at(offset);
        int last = pieces - 1;
        for (int i = 0; i < last; i++) {
            block[start + i] = Windows.counted(minutes[i], (int) counts[i]);
        }
        chunk[at + Entries.WINDOW] = Windows.run(offset, last);
        chunk[at + Entries.WINDOW + 1] = Integer.toUnsignedLong(Windows.counted(minutes[last], (int) counts[last]));
        return newForm;
    }

    private int storeDense(long[] chunk, int at, int form, int newest) {
        int offset = block(chunk, at, form, Windows.DENSE, DenseWindow.BLOCK_CLASS);
        int[] block = slab.chunk(offset);
        int start = Slab.at(offset);
        DenseWindow.clear(block, start, newest);
        for (int i = 0; i < pieces; i++) {
            DenseWindow.add(block, start, minutes[i], (int) counts[i]);
        }
        chunk[at + Entries.WINDOW] = Windows.run(offset, 0);
        chunk[at + Entries.WINDOW + 1] = 0;
        return Windows.DENSE;
    }

    /** The pair's block if it stays in that form, or one in exchange for it: taken first, as that may fail. */
    private int block(long[] chunk, int at, int form, int newForm, int blockClass) {
        if (form == newForm) {
            return Windows.offset(chunk[at + Entries.WINDOW]);
        }
        int offset = slab.allocate(blockClass);
        release(chunk, at, form);
        return offset;
    }

    private void release(long[] chunk, int at, int form) {
        if (form >= Windows.RUN) {
            slab.free(form - Windows.RUN, Windows.offset(chunk[at + Entries.WINDOW]));
        }
    }
}
