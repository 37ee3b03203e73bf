package io.walreceiver.ledger;

import io.walreceiver.format.EventBatch;
import java.util.function.Consumer;

/**
 * The events of a large segment, parted by where the index has their pairs: what one partition touches, slots and entries, fits into
 * a processor's cache while it is applied, and is still there at a pair's next event. Radix partitioning, as databases do it for
 * joins (Boncz, Manegold, Kersten: Database Architecture Optimized for the New Bottleneck: Memory Access, VLDB 1999).
 *
 * <p>All events of a pair are in one partition, in their order, and what becomes of a pair follows from its own events alone. New pairs
 * get their numbers partition by partition, so that their entries lie together for the next segment too.
 *
 * <p>Events are copied, into pages of one array: in arrays of their own that takes twice as long. Not thread-safe.
 */
final class EventPartitions {

    /** So many that one is a megabyte of a part of a million pairs. */
    static final int COUNT = 64;

    /** A partition is every so many-th run of 8,192 slots, however large the index. */
    private static final int RUN_BITS = 13;

    /** Copying takes some 10 ns an event; fewer events than that meet too few pairs again to be worth it. */
    static final int MIN_EVENTS = 1 << 18;

    /** A part with fewer pairs fits into a cache as it is. */
    static final int MIN_PAIRS = 1 << 16;
    /** With more pairs an event few of them are met again. */
    private static final int MAX_PAIRS_PER_EVENT = 2;

    /** How many events there is room for; 22 MB. */
    static final int ROOM = 1 << 20;

    static final int PAGE_EVENTS = 512;
    private static final int PAGE_BYTES = PAGE_EVENTS * EventBatch.EVENT_BYTES;
    private static final int PAGES = ROOM / PAGE_EVENTS + COUNT;

    private final byte[] bytes = new byte[PAGES * PAGE_BYTES];
    /** By page: the one that follows it in its partition. A partition's first page has the partition's number. */
    private final int[] nextPage = new int[PAGES];

    private int pagesUsed;
    private int events;

    /** By partition: its last page, where that ends, and where the next event goes. */
    private final int[] lastPage = new int[COUNT];

    private final int[] pageEnd = new int[COUNT];
    private final int[] end = new int[COUNT];

    EventPartitions() {
        clear();
    }

    /**
     * Whether applying events this way takes less time than one after the other.
     *
     * @param pairs of the part so far; what a part will hold that is empty is not known
     */
    static boolean pay(long events, int pairs) {
        return events >= MIN_EVENTS && (pairs == 0 || pairs >= MIN_PAIRS && pairs / MAX_PAIRS_PER_EVENT <= events);
    }

    /** Which one a pair's events are in, by the hash of the pair. */
    static int of(int hash) {
        return hash >>> RUN_BITS & COUNT - 1;
    }

    boolean hasRoomFor(int count) {
        return count <= ROOM - events;
    }

    /** Adds events that there is room for. */
    void add(EventBatch batch) {
        for (int i = 0, n = batch.count(); i < n; i++) {
            int partition = of(PairIndex.hash(batch.entityId(i), batch.signalType(i)));
            if (end[partition] == pageEnd[partition]) {
                addPage(partition);
            }
            int at = end[partition];
            batch.copy(i, bytes, at);
            end[partition] = at + EventBatch.EVENT_BYTES;
        }
        events += batch.count();
    }

    private void addPage(int partition) {
        int page = pagesUsed++;
        nextPage[lastPage[partition]] = page;
        begin(partition, page);
    }

    private void begin(int partition, int page) {
        lastPage[partition] = page;
        end[partition] = page * PAGE_BYTES;
        pageEnd[partition] = end[partition] + PAGE_BYTES;
    }

    /**
     * Hands out what was added, partition by partition, and is empty then.
     *
     * @param action called with up to 512 events at a time, which are not neighbours in their log: their positions mean nothing
     */
    void drain(Consumer<EventBatch> action) {
        for (int partition = 0; partition < COUNT; partition++) {
            int page = partition;
            for (; page != lastPage[partition]; page = nextPage[page]) {
                action.accept(events(page, PAGE_EVENTS));
            }
            int left = (end[partition] - page * PAGE_BYTES) / EventBatch.EVENT_BYTES;
            if (left > 0) {
                action.accept(events(page, left));
            }
        }
        clear();
    }

    private EventBatch events(int page, int count) {
        return new EventBatch(bytes, page * PAGE_BYTES, count, 0, 0);
    }

    private void clear() {
        for (int partition = 0; partition < COUNT; partition++) {
            begin(partition, partition);
        }
        pagesUsed = COUNT;
        events = 0;
    }
}
