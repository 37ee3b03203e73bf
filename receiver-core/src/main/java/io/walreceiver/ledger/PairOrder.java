package io.walreceiver.ledger;

import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Walks the pairs of several parts, each pair once, ordered by unsigned entity id and then by signal type.
 *
 * <p>It sorts the bare entity ids and then gathers the entries by the rank of their entity: some 24 bytes a pair while it runs.
 * Pairs that come up meanwhile are not visited.
 */
final class PairOrder {

    /** Visits every signal type. */
    static final int ALL_TYPES = -1;

    /** An entry in one word, which sorts as the entries of one entity are to be visited: type, part, number. */
    private static final int ID_BITS = 30;

    private static final int PART_BITS = 24;
    private static final long ID_MASK = (1L << ID_BITS) - 1;
    private static final int PART_MASK = (1 << PART_BITS) - 1;

    /** Most parts there can be. */
    static final int MAX_PARTS = 1 << PART_BITS;

    private static final int MAX_PAIRS = Integer.MAX_VALUE - 8;

    private final Part[] parts;
    private final int[] sizes;
    private final int onlyType;

    /**
     * An order of what the parts hold now.
     *
     * @param onlyType the type to visit, or {@link #ALL_TYPES}
     */
    PairOrder(Part[] parts, int onlyType) {
        this.parts = parts;
        this.onlyType = onlyType;
        this.sizes =
                Arrays.stream(parts).mapToInt(part -> part.entries().size()).toArray();
    }

    /** Reads each pair at {@code nowNanos}. */
    void forEach(PairSum sum, long nowNanos, Consumer<SignalReading> action) {
        long[] entities = sortedEntities();
        int distinct = dropRepeated(entities);
        int[] ends = new int[distinct];
        long[] refs = gather(entities, distinct, ends);
        for (int i = 0, start = 0; i < distinct; start = ends[i++]) {
            Arrays.sort(refs, start, ends[i]);
            visit(entities[i] ^ Long.MIN_VALUE, refs, start, ends[i], sum, nowNanos, action);
        }
    }

    /** One for each entry, in signed order of what makes unsigned ids signed. */
    private long[] sortedEntities() {
        long[] entities = new long[count()];
        int[] next = {0};
        walk((part, entityId, signalType, id) -> entities[next[0]++] = entityId ^ Long.MIN_VALUE);
        Arrays.sort(entities);
        return entities;
    }

    /** Groups the entries by entity; {@code ends[i]} becomes where those of entity {@code i} end. */
    private long[] gather(long[] entities, int distinct, int[] ends) {
        int[] ranks = new int[entities.length];
        int[] next = {0};
        walk((part, entityId, signalType, id) -> {
            int rank = Arrays.binarySearch(entities, 0, distinct, entityId ^ Long.MIN_VALUE);
            ranks[next[0]++] = rank;
            ends[rank]++;
        });
        for (int i = 0, start = 0; i < distinct; i++) {
            int length = ends[i];
            ends[i] = start;
            start += length;
        }
        long[] refs = new long[entities.length];
        next[0] = 0;
        walk((part, entityId, signalType, id) -> refs[ends[ranks[next[0]++]]++] =
                (long) signalType << PART_BITS + ID_BITS | (long) part << ID_BITS | id);
        return refs;
    }

    private static int dropRepeated(long[] sorted) {
        int distinct = 0;
        for (long entity : sorted) {
            if (distinct == 0 || sorted[distinct - 1] != entity) {
                sorted[distinct++] = entity;
            }
        }
        return distinct;
    }

    private void visit(
            long entityId, long[] refs, int from, int to, PairSum sum, long nowNanos, Consumer<SignalReading> action) {
        for (int i = from; i < to; ) {
            int type = type(refs[i]);
            sum.begin(entityId, type);
            for (; i < to && type(refs[i]) == type; i++) {
                sum.add(parts[(int) (refs[i] >>> ID_BITS) & PART_MASK], (int) (refs[i] & ID_MASK));
            }
            action.accept(sum.at(nowNanos));
        }
    }

    private static int type(long ref) {
        return (int) (ref >>> PART_BITS + ID_BITS);
    }

    private int count() {
        long[] count = {0};
        walk((part, entityId, signalType, id) -> count[0]++);
        if (count[0] > MAX_PAIRS) {
            throw new IllegalStateException("at most " + MAX_PAIRS + " pairs can be walked in order, not " + count[0]);
        }
        return (int) count[0];
    }

    /** What is called for each entry. */
    private interface Walk {
        void entry(int part, long entityId, int signalType, int id);
    }

    private void walk(Walk walk) {
        for (int i = 0; i < parts.length; i++) {
            int part = i;
            parts[i].entries().forEach(sizes[i], (chunk, at, id) -> {
                int signalType = Entries.signal(Entries.peek(chunk, at, Entries.META));
                if (onlyType == ALL_TYPES || onlyType == signalType) {
                    walk.entry(part, chunk[at + Entries.ENTITY], signalType, id);
                }
            });
        }
    }
}
