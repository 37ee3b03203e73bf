package io.walreceiver.ledger;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * The pairs of one part, 48 bytes each, numbered 0, 1, 2... in order of first sight.
 *
 * <pre>
 *  word  content
 *  0     entity id
 *  1     score at {@code last}, raw double bits
 *  2     last: newest event time, ns
 *  3     meta: 63 being written | 62..55 signal type | 54..48 window form | 47..0 all_time
 *  4, 5  the windows, see {@link Windows}
 * </pre>
 *
 * <p>One writer; readers on any thread. Each entry is a seqlock whose version is the meta word: every change counts events, or makes the
 * windows' form a smaller one. {@link #beginWrite}, plain stores, {@link #endWrite}. A new entry is written whole before {@link #size} includes it.
 */
final class Entries {

    static final int ENTITY = 0;
    static final int SCORE = 1;
    static final int LAST = 2;
    static final int META = 3;
    static final int WINDOW = 4;

    static final int WORDS = 6;
    /** 384 KiB a chunk: never humongous, whatever the heap. */
    private static final int CHUNK_BITS = 13;

    static final int CHUNK_ENTRIES = 1 << CHUNK_BITS;
    /** A follower may have thousands of logs with a few pairs each, so the first chunk starts small. */
    private static final int FIRST_ENTRIES = 64;

    private static final long BEING_WRITTEN = 1L << 63;
    private static final int SIGNAL_SHIFT = 55;
    private static final int FORM_SHIFT = 48;
    private static final long ALL_TIME = (1L << FORM_SHIFT) - 1;

    private static final long ARRAY_HEADER_BYTES = 16;
    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle SIZE;

    static {
        try {
            SIZE = MethodHandles.lookup().findVarHandle(Entries.class, "size", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile long[][] chunks = {new long[FIRST_ENTRIES * WORDS]};
    /** Written by {@link #SIZE}: a volatile write would wait for the cache misses before it, which are to overlap. */
    private volatile int size;

    /** What is called for each entry. */
    interface Visitor {
        void entry(long[] chunk, int at, int id);
    }

    static int signal(long meta) {
        return (int) (meta >>> SIGNAL_SHIFT) & 0xFF;
    }

    static int form(long meta) {
        return (int) (meta >>> FORM_SHIFT) & 0x7F;
    }

    static long allTime(long meta) {
        return meta & ALL_TIME;
    }

    /** The meta word after more events, each of which counts in {@link #allTime}. */
    static long counted(long meta, int oldForm, int newForm, int events) {
        return reformed(meta, oldForm, newForm) + events;
    }

    /** The meta word after a change of nothing but the windows' form. */
    static long reformed(long meta, int oldForm, int newForm) {
        return meta + ((long) (newForm - oldForm) << FORM_SHIFT);
    }

    /** The chunks, for the writer to look into without a fence for each entry; others after it has added one. Not to be changed. */
    long[][] chunks() {
        return chunks;
    }

    /** The chunk that holds an entry; ask again after a failed read, as the first chunk moves while it is small. */
    long[] chunk(int id) {
        return chunk(chunks, id);
    }

    static long[] chunk(long[][] chunks, int id) {
        return chunks[id >>> CHUNK_BITS];
    }

    /** Where in its chunk an entry starts. */
    static int at(int id) {
        return (id & (CHUNK_ENTRIES - 1)) * WORDS;
    }

    /** Number of entries; all below it can be read. */
    int size() {
        return size;
    }

    boolean is(int id, long entityId, int signalType) {
        return is(chunk(id), id, entityId, signalType);
    }

    static boolean is(long[] chunk, int id, long entityId, int signalType) {
        int at = at(id);
        return chunk[at + ENTITY] == entityId && signal(chunk[at + META]) == signalType;
    }

    /** Marks an entry as being written; {@code meta} is its meta word as it stands. */
    static void beginWrite(long[] chunk, int at, long meta) {
        WORD.setOpaque(chunk, at + META, meta | BEING_WRITTEN);
        VarHandle.storeStoreFence();
    }

    /** Makes what was written visible, under a new meta word. */
    static void endWrite(long[] chunk, int at, long meta) {
        WORD.setRelease(chunk, at + META, meta);
    }

    /** The meta word that a read starts from; negative while the entry is being written. */
    static long beginRead(long[] chunk, int at) {
        return (long) WORD.getAcquire(chunk, at + META);
    }

    /** Whether everything read since {@link #beginRead} is of one version. */
    static boolean unchanged(long[] chunk, int at, long meta) {
        VarHandle.loadLoadFence();
        return (long) WORD.getOpaque(chunk, at + META) == meta;
    }

    /** One word of an entry that may be changing: whole, but of no particular version. */
    static long peek(long[] chunk, int at, int word) {
        return (long) WORD.getOpaque(chunk, at + word);
    }

    /** Adds a pair with its first event, window form 1 and all_time 1, and returns its number. */
    int add(long entityId, int signalType, double score, long last, long window) {
        int id = size;
        long[] chunk = chunkForNext(id);
        int at = at(id);
        chunk[at + ENTITY] = entityId;
        chunk[at + SCORE] = Double.doubleToRawLongBits(score);
        chunk[at + LAST] = last;
        chunk[at + META] = (long) signalType << SIGNAL_SHIFT | 1L << FORM_SHIFT | 1;
        chunk[at + WINDOW] = window;
        SIZE.setRelease(this, id + 1);
        return id;
    }

    private long[] chunkForNext(int id) {
        long[][] held = chunks;
        int index = id >>> CHUNK_BITS;
        if (index == held.length) {
            long[][] more = Arrays.copyOf(held, index + 1);
            more[index] = new long[CHUNK_ENTRIES * WORDS];
            chunks = more;
        } else if (at(id) == held[index].length) {
            growFirst(held[0]);
        }
        return chunk(id);
    }

    /**
     * Moves the first chunk to one of twice the size. A reader may still be in the old one, whose entries would never change
     * again while their windows do: marking them as being written sends it to the new one.
     */
    private void growFirst(long[] old) {
        long[] first = Arrays.copyOf(old, old.length * 2);
        chunks = new long[][] {first};
        for (int at = 0; at < old.length; at += WORDS) {
            beginWrite(old, at, old[at + META]);
        }
    }

    /**
     * The chunk for an entry that is taken over from an image, as one of {@code count}. No reader looks there before
     * {@link #restored}; chunks of lower entries may not be there yet.
     */
    long[] chunkToRestore(int id, int count) {
        int index = id >>> CHUNK_BITS;
        long[][] held = index < chunks.length ? chunks : Arrays.copyOf(chunks, index + 1);
        if (held[index] == null || held[index].length < chunkWords(index, count)) {
            held[index] = new long[chunkWords(index, count)];
        }
        chunks = held;
        return held[index];
    }

    private static int chunkWords(int index, int count) {
        int size = FIRST_ENTRIES;
        while (size < CHUNK_ENTRIES && (index > 0 || size < count)) {
            size *= 2;
        }
        return size * WORDS;
    }

    /** Makes {@code count} entries visible that were written to {@link #chunkToRestore}. */
    void restored(int count) {
        SIZE.setRelease(this, count);
    }

    /** Calls {@code visitor} for the first {@code end} entries, at most {@link #size}, in order of number. */
    void forEach(int end, Visitor visitor) {
        for (int base = 0; base < end; base += CHUNK_ENTRIES) {
            long[] chunk = chunk(base);
            int inChunk = Math.min(CHUNK_ENTRIES, end - base);
            for (int i = 0; i < inChunk; i++) {
                visitor.entry(chunk, i * WORDS, base + i);
            }
        }
    }

    /** Bytes of the arrays held. */
    long allocatedBytes() {
        long[][] held = chunks;
        long first = (long) held[0].length * Long.BYTES;
        long others = (held.length - 1L) * CHUNK_ENTRIES * WORDS * Long.BYTES;
        return first + others + held.length * (ARRAY_HEADER_BYTES + Long.BYTES);
    }
}
