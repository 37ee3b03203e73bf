package io.walreceiver.ledger;

/**
 * The writer's side of the windows: what is kept of a pair's event times, in words 4 and 5 of its entry and in the slab.
 *
 * <p>An event is kept once, as its minute, of which 16 bits are stored: a tick. It stands for the latest minute up to that of the
 * pair's newest event with those bits ({@link EventTime#minute(int, int)}). Once it is an hour older than the newest event it can
 * only matter by its hour, so it may then be rounded down to its hour's first minute and share a count with others. Nothing is
 * kept of what left the longest window. Forms, by what there is to keep:
 *
 * <pre>
 *  form    word 4                        word 5
 *  0..8    that many ticks, 4 a word, in order of arrival; unused lanes are zero
 *  9..12   run: slab offset | length     current tick | its count, 16 bits each
 *          the block holds {@code length} ints tick | count; a block of class form - 9 holds 16 &lt;&lt; class
 *  13      dense: slab offset | 0        -             the block is a {@link DenseWindow}
 * </pre>
 *
 * <p>60 % of pairs have one event and need no more than their entry; the few busy ones, whose events arrive mostly in order, add to
 * the current tick of a run without a branch. What a pair looks like depends on its own events alone.
 *
 * <p>Not thread-safe; every call is made between {@link Entries#beginWrite} and {@link Entries#endWrite}, and one that throws
 * leaves the words as they were.
 */
final class Windows {

    static final int INLINE = 8;
    static final int RUN = 9;
    static final int RUN_CLASSES = 4;
    static final int DENSE = RUN + RUN_CLASSES;

    static final int MAX_COUNT = 0xFFFF;
    private static final int TICK_BITS = 16;
    private static final int TICK_MASK = 0xFFFF;

    /**
     * Ticks are purged when event time crosses a multiple of 2^46 ns (19.5 h): a tick is at most 10,079 + 1,173 minutes old then, and
     * its 16 bits never wrap.
     */
    private static final int PURGE_SHIFT = 46;
    /** How far back a late event looks for its tick in a run. */
    private static final int LOOK_BACK = 64;

    private final Slab slab;
    private final WindowForms forms;

    Windows(Slab slab) {
        this.slab = slab;
        this.forms = new WindowForms(slab);
    }

    /** Word 4 of a pair with one event; its form is 1. */
    static long first(long nanos) {
        return EventTime.minute(nanos) & TICK_MASK;
    }

    /** Tick {@code i} of 0..7, given the word it is in. */
    static int inlineTick(long word, int i) {
        return (int) (word >>> (i & 3) * TICK_BITS) & TICK_MASK;
    }

    /** What lies in the two words of an entry beside {@code form} ticks; zero, as appending a tick is an OR. */
    static long unusedTicks(long word4, long word5, int form) {
        if (form < 4) {
            return word4 >>> form * TICK_BITS | word5;
        }
        return form < INLINE ? word5 >>> (form - 4) * TICK_BITS : 0;
    }

    static int tick(int counted) {
        return counted >>> TICK_BITS;
    }

    static int count(int counted) {
        return counted & MAX_COUNT;
    }

    static int counted(int tick, int count) {
        return (tick & TICK_MASK) << TICK_BITS | count;
    }

    static int offset(long run) {
        return (int) (run >>> 32);
    }

    static int length(long run) {
        return (int) run;
    }

    /** How many ints of an entry's block count, given word 4; 0 if it has none. */
    static int intsInUse(int form, long word4) {
        if (form <= INLINE) {
            return 0;
        }
        return form == DENSE ? DenseWindow.INTS : length(word4);
    }

    static long run(int offset, int length) {
        return (long) offset << 32 | length;
    }

    /**
     * Reads where the next event of an entry goes to, if that is in the slab; what is read means nothing.
     *
     * @param blocks the slab's chunks
     */
    static int touch(int[][] blocks, long[] chunk, int at, int form) {
        if (form < RUN) {
            return 0;
        }
        long run = chunk[at + Entries.WINDOW];
        return Slab.peek(blocks, offset(run) + length(run));
    }

    /**
     * Counts an event no older than the pair's newest.
     *
     * @param last event time of the newest before
     * @param nanos event time
     * @return the new form
     */
    int onTime(long[] chunk, int at, int form, long last, long nanos) {
        int kept = (last ^ nanos) >>> PURGE_SHIFT == 0 ? form : forms.purge(chunk, at, form, last, nanos);
        int minute = EventTime.minute(nanos);
        if (kept < INLINE) {
            return appendInline(chunk, at, kept, minute);
        }
        if (kept == DENSE) {
            return addDense(chunk, at, minute);
        }
        if (kept != INLINE && appendToRun(chunk, at, kept, minute)) {
            return kept;
        }
        return append(chunk, at, forms.makeRoom(chunk, at, kept, last, nanos), minute);
    }

    /** Appends where there is room for certain. */
    private int append(long[] chunk, int at, int form, int minute) {
        if (form < INLINE) {
            return appendInline(chunk, at, form, minute);
        }
        if (form == DENSE) {
            return addDense(chunk, at, minute);
        }
        appendToRun(chunk, at, form, minute);
        return form;
    }

    /** Adds a tick to the words of an entry that holds {@code form} of them, at most 7. */
    static int appendInline(long[] chunk, int at, int form, int minute) {
        chunk[at + Entries.WINDOW + (form >> 2)] |= (long) (minute & TICK_MASK) << (form & 3) * TICK_BITS;
        return form + 1;
    }

    private int addDense(long[] chunk, int at, int minute) {
        int offset = offset(chunk[at + Entries.WINDOW]);
        DenseWindow.add(slab.chunk(offset), Slab.at(offset), minute);
        return DENSE;
    }

    /**
     * Counts an event in the current tick, or in a new one: which of the two is as good as random, so there is no branch on it.
     *
     * @return false if there may be no room
     */
    private boolean appendToRun(long[] chunk, int at, int form, int minute) {
        long run = chunk[at + Entries.WINDOW];
        int current = (int) chunk[at + Entries.WINDOW + 1];
        int length = length(run);
        if (length == Slab.blockInts(form - RUN) - 1 || count(current) == MAX_COUNT) {
            return false;
        }
        int offset = offset(run);
        slab.chunk(offset)[Slab.at(offset) + length] = current;
        int fresh = counted(minute, 1);
        int differs = (current ^ fresh) >>> TICK_BITS;
        int isNew = -differs >> 31;
        chunk[at + Entries.WINDOW] = run - isNew;
        chunk[at + Entries.WINDOW + 1] = (current + 1 ^ (current + 1 ^ fresh) & isNew) & 0xFFFFFFFFL;
        return true;
    }

    /**
     * Counts an event older than the pair's newest.
     *
     * @param last event time of the newest
     * @param nanos event time
     * @return the new form
     */
    int late(long[] chunk, int at, int form, long last, long nanos) {
        int newest = EventTime.minute(last);
        int minute = EventTime.minute(nanos);
        if (newest / 60 - minute / 60 >= EventTime.WEEK_HOURS) {
            return form;
        }
        if (form == DENSE) {
            return addDense(chunk, at, minute);
        }
        int kept = newest - minute < EventTime.HOUR_MINUTES ? minute : minute - minute % 60;
        if (form < INLINE) {
            return appendInline(chunk, at, form, kept);
        }
        if (form != INLINE && addToRun(chunk, at, form, kept)) {
            return form;
        }
        return addLate(chunk, at, forms.makeRoom(chunk, at, form, last, last), kept);
    }

    /**
     * Folds the windows of a pair as of its newest event, and leaves them as they are.
     *
     * @param last event time of the newest
     * @return whether that would fit into a smaller form: {@link #putFolded} puts it there, if it comes next
     */
    boolean foldSmaller(long[] chunk, int at, int form, long last) {
        return forms.foldSmaller(chunk, at, form, last);
    }

    /** Returns the new form; there may be no room in it. */
    int putFolded(long[] chunk, int at, int form) {
        return forms.putFolded(chunk, at, form);
    }

    private int addLate(long[] chunk, int at, int form, int minute) {
        if (form < INLINE || form == DENSE) {
            return append(chunk, at, form, minute);
        }
        addToRun(chunk, at, form, minute);
        return form;
    }

    /** Counts a late event in its tick, if that is near, or in a new one just before the current. */
    private boolean addToRun(long[] chunk, int at, int form, int minute) {
        long run = chunk[at + Entries.WINDOW];
        int length = length(run);
        int[] block = slab.chunk(offset(run));
        int start = Slab.at(offset(run));
        int current = (int) chunk[at + Entries.WINDOW + 1];
        int tick = minute & TICK_MASK;
        if (tick(current) == tick && count(current) < MAX_COUNT) {
            chunk[at + Entries.WINDOW + 1] = current + 1 & 0xFFFFFFFFL;
            return true;
        }
        for (int i = start + length - 1, oldest = Math.max(start, i - LOOK_BACK + 1); i >= oldest; i--) {
            if (tick(block[i]) == tick && count(block[i]) < MAX_COUNT) {
                block[i]++;
                return true;
            }
        }
        if (length == Slab.blockInts(form - RUN) - 1) {
            return false;
        }
        block[start + length] = counted(tick, 1);
        chunk[at + Entries.WINDOW] = run + 1;
        return true;
    }
}
