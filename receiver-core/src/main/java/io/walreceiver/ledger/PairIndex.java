package io.walreceiver.ledger;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Finds the entry of a pair: a power of two of int slots, at most three quarters full, linear probing.
 *
 * <pre>
 *  slot = high bits of the pair's hash | entry number + 1      (as many low bits as the table has), 0 = empty
 * </pre>
 *
 * <p>The low bits of the hash are the home slot, so that a slot nearly always tells another pair's entry without touching it.
 * Slots are in pages, as one large array would take whole regions of the heap of its own. One writer, readers on any thread;
 * a table never grows in place: {@link IndexGrowth} makes the next one, and who still reads the old one misses only what came later.
 */
final class PairIndex {

    private static final int MIN_SLOTS = 256;
    private static final int MAX_SLOTS = 1 << 30;
    private static final int PAGE_BITS = 15;
    private static final int PAGE_SLOTS = 1 << PAGE_BITS;
    private static final long ARRAY_HEADER_BYTES = 16;
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(int[].class);

    /** Most pairs that one log's part can hold. */
    static final int MAX_PAIRS = MAX_SLOTS / 4 * 3;

    private final int[][] pages;
    private final int mask;

    /** How many of the pages are there; all, but while the table is being built. */
    private int pagesMade;

    PairIndex() {
        this(MIN_SLOTS);
        while (addPage()) {}
    }

    private PairIndex(int slots) {
        pages = new int[Math.max(1, slots >>> PAGE_BITS)][];
        mask = slots - 1;
    }

    /** Makes one page more; false if all are there. */
    boolean addPage() {
        if (pagesMade == pages.length) {
            return false;
        }
        pages[pagesMade++] = new int[Math.min(mask + 1, PAGE_SLOTS)];
        return true;
    }

    static int hash(long entityId, int signalType) {
        long x = (entityId + signalType * 0x9E3779B97F4A7C15L) * 0xBF58476D1CE4E5B9L;
        x = (x ^ x >>> 32) * 0x94D049BB133111EBL;
        return (int) (x >>> 32);
    }

    boolean hasRoomFor(long pairs) {
        return pairs <= (mask + 1L) / 4 * 3;
    }

    /** An empty table with room for {@code pairs}. */
    static PairIndex withRoomFor(long pairs) {
        if (pairs > MAX_PAIRS) {
            throw new IllegalStateException("one log's part holds at most " + MAX_PAIRS + " pairs");
        }
        int slots = MIN_SLOTS;
        while (pairs > slots / 4 * 3) {
            slots *= 2;
        }
        PairIndex table = new PairIndex(slots);
        while (table.addPage()) {}
        return table;
    }

    /** Whether it is time to make the next table. */
    boolean shouldGrow(long pairs) {
        return pairs > (mask + 1L) / 8 * 5;
    }

    /** Whether the next table is large enough to be made in parts, and small enough to be made at all. */
    boolean growsByParts() {
        return mask + 1 >= PAGE_SLOTS && mask + 1 < MAX_SLOTS;
    }

    /** A table of twice the size, without a page so far. */
    PairIndex twice() {
        return new PairIndex((mask + 1) * 2);
    }

    /** A table with room for {@code pairs}, of these entries. */
    static PairIndex of(Entries entries, long pairs) {
        PairIndex grown = withRoomFor(pairs);
        grown.insertAll(entries, 0, entries.size());
        return grown;
    }

    /** Adds the entries of numbers {@code from..end-1}. */
    void insertAll(Entries entries, int from, int end) {
        for (int id = from; id < end; id++) {
            long[] chunk = entries.chunk(id);
            int at = Entries.at(id);
            insert(hash(chunk[at + Entries.ENTITY], Entries.signal(chunk[at + Entries.META])), id);
        }
    }

    /** What the home slot of a hash holds. */
    int homeSlot(int hash) {
        return slot(hash & mask);
    }

    /**
     * Makes each hash {@code hash << 32 | what its home slot holds}. For the writer, who sees its own slots without a fence; in a loop with
     * nothing else in it, so that as many cache misses as possible are under way at once.
     */
    void addHomeSlots(long[] hashes, int count) {
        int[][] table = pages;
        int low = mask;
        for (int i = 0; i < count; i++) {
            int hash = (int) hashes[i];
            int position = hash & low;
            hashes[i] = (long) hash << 32 | table[position >>> PAGE_BITS][position & PAGE_SLOTS - 1] & 0xFFFFFFFFL;
        }
    }

    /** Whether a slot may be that of a pair with this hash. */
    boolean mayBe(int slot, int hash) {
        return slot != 0 && ((slot ^ hash) & ~mask) == 0;
    }

    /** The entry that a slot in use leads to. */
    int id(int slot) {
        return (slot & mask) - 1;
    }

    /** As the other, as of when the home slot was read. */
    int find(Entries entries, int homeSlot, int hash, long entityId, int signalType) {
        if (homeSlot == 0) {
            return -1;
        }
        return mayBe(homeSlot, hash) && entries.is(id(homeSlot), entityId, signalType)
                ? id(homeSlot)
                : find(entries, hash, entityId, signalType);
    }

    /** The number of a pair's entry, or -1. */
    int find(Entries entries, int hash, long entityId, int signalType) {
        for (int position = hash & mask; ; position = position + 1 & mask) {
            int slot = slot(position);
            if (slot == 0) {
                return -1;
            }
            if (mayBe(slot, hash) && entries.is(id(slot), entityId, signalType)) {
                return id(slot);
            }
        }
    }

    /** Adds an entry that can already be read. */
    void insert(int hash, int id) {
        int position = hash & mask;
        while (slot(position) != 0) {
            position = position + 1 & mask;
        }
        SLOT.setRelease(pages[position >>> PAGE_BITS], position & PAGE_SLOTS - 1, hash & ~mask | id + 1);
    }

    private int slot(int position) {
        return (int) SLOT.getAcquire(pages[position >>> PAGE_BITS], position & PAGE_SLOTS - 1);
    }

    /** Bytes of the arrays held. */
    long allocatedBytes() {
        return (mask + 1L) * Integer.BYTES + pages.length * (ARRAY_HEADER_BYTES + Long.BYTES);
    }
}
