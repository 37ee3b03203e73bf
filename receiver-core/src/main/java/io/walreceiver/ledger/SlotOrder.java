package io.walreceiver.ledger;

import io.walreceiver.format.EventBatch;
import java.util.Arrays;

/**
 * Puts the events of one partition in the order of their pairs' home slots: a counting sort, by as many low bits of the hash as tell the
 * slots of a run apart. Events of a pair come to stand side by side, in the order they had, hardly ever with one of another pair between them; and the
 * index is gone through from one end to the other. Not thread-safe.
 */
final class SlotOrder {

    /** How many events are put in order at a time, so that they stay in a processor's cache. */
    static final int ROOM = 1 << 14;

    private static final int SLOTS = 1 << EventPartitions.RUN_BITS;

    private final EventBatch events;
    private final int[] hashes;

    /** Where the pages start and end that were added. */
    private final int[] starts = new int[ROOM / EventPartitions.PAGE_EVENTS];

    private final int[] ends = new int[ROOM / EventPartitions.PAGE_EVENTS];
    private int pages;

    /** By slot: first how many events it has, then where the next of them goes. */
    private final int[] slots = new int[SLOTS];

    private final byte[] ordered = new byte[ROOM * EventBatch.EVENT_BYTES];
    private int count;

    /**
     * An order of nothing so far.
     *
     * @param bytes that hold events, from the first on
     * @param hashes of those events' pairs
     */
    SlotOrder(byte[] bytes, int[] hashes) {
        this.events = new EventBatch(bytes, 0, hashes.length, 0, 0);
        this.hashes = hashes;
    }

    /** Adds the events {@code from..end-1}, at most a page of them, which stay where they are until they are taken. */
    void add(int from, int end) {
        for (int event = from; event < end; event++) {
            slots[slot(event)]++;
        }
        starts[pages] = from;
        ends[pages++] = end;
        count += end - from;
    }

    /** Whether there may be no room for one page more. */
    boolean isFull() {
        return pages == starts.length;
    }

    /** What was added, in order; it is another's when this is called again. */
    EventBatch take() {
        int first = 0;
        for (int slot = 0; slot < SLOTS; slot++) {
            int held = slots[slot];
            slots[slot] = first;
            first += held;
        }
        for (int page = 0; page < pages; page++) {
            for (int event = starts[page]; event < ends[page]; event++) {
                events.copy(event, ordered, slots[slot(event)]++ * EventBatch.EVENT_BYTES);
            }
        }
        EventBatch taken = new EventBatch(ordered, 0, count, 0, 0);
        Arrays.fill(slots, 0);
        pages = 0;
        count = 0;
        return taken;
    }

    private int slot(int event) {
        return hashes[event] & SLOTS - 1;
    }
}
