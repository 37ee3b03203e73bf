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
    static final int RUN_BITS = 13;

    /** Copying and ordering take some 15 ns an event; fewer events than that meet too few pairs again to be worth it. */
    static final int MIN_EVENTS = 1 << 17;

    /** A part with fewer pairs fits into a cache as it is. */
    static final int MIN_PAIRS = 1 << 15;
    /** With more pairs an event few of them are met again. */
    private static final int MAX_PAIRS_PER_EVENT = 8;

    /** How many events there is room for; 26 MB. */
    static final int ROOM = 1 << 20;

    static final int PAGE_EVENTS = 512;
    private static final int PAGES = ROOM / PAGE_EVENTS + COUNT;

    private final byte[] bytes = new byte[PAGES * PAGE_EVENTS * EventBatch.EVENT_BYTES];
    /** By event: the hash of its pair. */
    private final int[] hashes = new int[PAGES * PAGE_EVENTS];

    private final SlotOrder order = new SlotOrder(bytes, hashes);
    /** By page: the one that follows it in its partition. A partition's first page has the partition's number. */
    private final int[] nextPage = new int[PAGES];

    private int pagesUsed;
    private int events;

    /** By partition: its last page, the event that ends that, and the next that is free. */
    private final int[] lastPage = new int[COUNT];

    private final int[] pageEnd = new int[COUNT];
    private final int[] end = new int[COUNT];

    EventPartitions() {
        clear();
    }

    /**
     * Whether applying events this way takes less time than in the order of their log.
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
            int hash = PairIndex.hash(batch.entityId(i), batch.signalType(i));
            int partition = of(hash);
            if (end[partition] == pageEnd[partition]) {
                addPage(partition);
            }
            int event = end[partition]++;
            hashes[event] = hash;
            batch.copy(i, bytes, event * EventBatch.EVENT_BYTES);
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
        end[partition] = page * PAGE_EVENTS;
        pageEnd[partition] = end[partition] + PAGE_EVENTS;
    }

    /**
     * Hands out the events of one partition.
     *
     * @param action called with up to {@link SlotOrder#ROOM} events at a time, in that order: their positions mean nothing. They are
     *     its own until it returns
     */
    void forEach(int partition, Consumer<EventBatch> action) {
        int page = partition;
        for (; page != lastPage[partition]; page = nextPage[page]) {
            order.add(page * PAGE_EVENTS, (page + 1) * PAGE_EVENTS);
            if (order.isFull()) {
                action.accept(order.take());
            }
        }
        if (end[partition] > page * PAGE_EVENTS) {
            order.add(page * PAGE_EVENTS, end[partition]);
            action.accept(order.take());
        }
    }

    /** Forgets what was added. */
    void clear() {
        for (int partition = 0; partition < COUNT; partition++) {
            begin(partition, partition);
        }
        pagesUsed = COUNT;
        events = 0;
    }
}
