package io.walreceiver.ledger;

import java.util.function.IntConsumer;

/**
 * Goes around the pairs and gives back what the windows of idle ones take beyond what they hold: a run has room for more events,
 * and holds by the minute what matters by the hour by now; nobody else would look at it before the pair's next event.
 *
 * <p>Nothing is lost. A pair is folded as of its own newest event, as it would be by its next one, and reads of any instant from
 * then on are answered as before. When it is looked at follows from its number and from how many events came before: two followers, or
 * one before and after a crash, hold the same bytes if their pairs have the same numbers. Of the writer, a few entries at a time, so that no
 * batch waits for long.
 */
final class IdleWindows {

    /** A pair is idle when it has had no event for 19.5 hours of event time: one that comes back is given room again, which costs. */
    static final long IDLE_NANOS = 1L << 46;

    /** How many events there are between two goes: looking at an entry costs a fraction of applying an event. */
    static final int EVENTS = 1 << 13;

    private static final int ENTRIES_AT_A_TIME = 1 << 10;

    private final Entries entries;
    private final Windows windows;
    private final IntConsumer beforeChange;
    private long events;

    /**
     * @param beforeChange told of an entry before it is changed
     */
    IdleWindows(Entries entries, Windows windows, IntConsumer beforeChange) {
        this.entries = entries;
        this.windows = windows;
        this.beforeChange = beforeChange;
    }

    /** How many events may be applied before {@link #applied} has to be called, 1 or more. */
    int eventsUntilNext() {
        return EVENTS - (int) (events & EVENTS - 1);
    }

    /** The part was restored, with so many events. */
    void restored(long count) {
        events = count;
    }

    /**
     * Events were applied.
     *
     * @param count at most {@link #eventsUntilNext}
     * @param newestNanos newest event time of the part
     */
    void applied(int count, long newestNanos) {
        events += count;
        if ((events & EVENTS - 1) == 0) {
            int size = entries.size();
            int turns = (size - 1) / ENTRIES_AT_A_TIME + 1;
            int first = (int) (events / EVENTS % turns) * ENTRIES_AT_A_TIME;
            giveBack(first, Math.min(size, first + ENTRIES_AT_A_TIME), newestNanos - IDLE_NANOS);
        }
    }

    /** Looks at the entries of numbers {@code first..end-1}; those are idle whose newest event is before {@code idleBefore}. */
    void giveBack(int first, int end, long idleBefore) {
        for (int id = first; id < end; id++) {
            long[] chunk = entries.chunk(id);
            int at = Entries.at(id);
            long meta = chunk[at + Entries.META];
            long last = chunk[at + Entries.LAST];
            int form = Entries.form(meta);
            if (last < idleBefore && form >= Windows.RUN && windows.foldSmaller(chunk, at, form, last)) {
                beforeChange.accept(id);
                int newForm = form;
                Entries.beginWrite(chunk, at, meta);
                try {
                    newForm = windows.putFolded(chunk, at, form);
                } finally {
                    Entries.endWrite(chunk, at, Entries.reformed(meta, form, newForm));
                }
            }
        }
    }
}
