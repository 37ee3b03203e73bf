package io.walreceiver.ledger;

import io.walreceiver.format.EventBatch;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentView;
import io.walreceiver.schema.SignalSchema;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * One log's part of the built-in ledger: plain arrays, written by one thread at a time, read by any without a lock.
 *
 * <p>A batch is applied in tiles, in four steps, so that cache misses overlap instead of following one another: read the home slot
 * of every event, find every entry (new pairs are written whole at once), read where its windows lie, then apply what is left in order. A pair's first event in
 * a tile comes before its others either way, so the result is that of one event after the other. Those of a large segment are put in
 * order by pair first ({@link EventPartitions}): then neighbours have the same entry, or one that is near.
 */
final class Part implements SnapshottingPart {

    private static final int TILE = 64;
    private static final VarHandle NEWEST;

    static {
        try {
            NEWEST = MethodHandles.lookup().findVarHandle(Part.class, "newestNanos", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final LogId log;
    private final SignalSchema schema;
    private final double[] lambdas;
    private final Owners owners;
    private final SparePartitions sparePartitions;
    private final Part[] alone = {this};

    private final Entries entries = new Entries();
    private final Slab slab = new Slab();
    private final Windows windows = new Windows(slab);
    private final PairUpdate update;
    private final IdleWindows idleWindows = new IdleWindows(entries, windows, this::beforeChange);
    private final IndexGrowth growth = new IndexGrowth(entries);
    private volatile PairIndex index = new PairIndex();
    private volatile long newestNanos;
    /** What has to see entries before they change, if an image is being made. The writer's own. */
    private @Nullable CopyOnWriteImage image;

    /** Of one tile: first hash and home slot of each event, then event and entry of those still to be applied. */
    private final long[] scratch = new long[TILE];

    /** Never read: it keeps what is touched from being left out. */
    private int touched;

    /**
     * An empty part.
     *
     * @param lambdas decay rate by signal type, in 1/nanoseconds
     * @param owners told of each pair
     * @param sparePartitions shared with other parts
     */
    Part(LogId log, SignalSchema schema, double[] lambdas, Owners owners, SparePartitions sparePartitions) {
        this.log = log;
        this.schema = schema;
        this.lambdas = lambdas;
        this.owners = owners;
        this.update = new PairUpdate(log, lambdas, windows);
        this.sparePartitions = sparePartitions;
    }

    LogId log() {
        return log;
    }

    /** This part and no other; not to be changed. */
    Part[] alone() {
        return alone;
    }

    Entries entries() {
        return entries;
    }

    Slab slab() {
        return slab;
    }

    PairIndex index() {
        return index;
    }

    /** Newest event time seen; 0 for none. */
    long newestNanos() {
        return newestNanos;
    }

    IdleWindows idleWindows() {
        return idleWindows;
    }

    /** Bytes of the arrays held. */
    long allocatedBytes() {
        return entries.allocatedBytes() + index.allocatedBytes() + growth.allocatedBytes() + slab.allocatedBytes();
    }

    /** The number of a pair's entry, or -1; {@code hash} is {@link PairIndex#hash} of the two. */
    int find(int hash, long entityId, int signalType) {
        return index.find(entries, hash, entityId, signalType);
    }

    /** A pair's score at {@code nowNanos}, or NaN if it has a later event or is being written: to be read another way then. */
    double scoreAt(int id, long nowNanos) {
        long[] chunk = entries.chunk(id);
        int at = Entries.at(id);
        long meta = Entries.beginRead(chunk, at);
        double score = Double.longBitsToDouble(chunk[at + Entries.SCORE]);
        long last = chunk[at + Entries.LAST];
        if (meta < 0 || !Entries.unchanged(chunk, at, meta) || last > nowNanos) {
            return Double.NaN;
        }
        return score * Decay.factor(lambdas[Entries.signal(meta)], nowNanos - last);
    }

    @Override
    public void applyWalEvent(long entityId, int signalType, float weight, long timestampNanos) {
        PairIndex table = indexWithRoomFor(1);
        int hash = PairIndex.hash(entityId, signalType);
        int id = table.find(entries, hash, entityId, signalType);
        if (id < 0) {
            create(table, hash, entityId, signalType, weight, timestampNanos);
        } else {
            beforeChange(id);
            update.apply(entries.chunk(id), Entries.at(id), weight, timestampNanos);
        }
        seen(timestampNanos);
        idleWindows.applied(1, newestNanos);
    }

    @Override
    public void apply(EventBatch batch, long through) {
        apply(batch, false);
        applied(through);
    }

    @Override
    public void apply(SegmentView segment, long from) {
        if (EventPartitions.pay(segment.lastSeq() - from + 1, entries.size())) {
            applyInPartitions(segment, from);
        } else {
            SnapshottingPart.super.apply(segment, from);
        }
    }

    /** The same answers in less time, where pairs are many and events too. */
    void applyInPartitions(SegmentView segment, long from) {
        EventPartitions partitions = sparePartitions.take();
        for (int b = segment.batchOf(from), n = segment.batchCount(); b < n; b++) {
            EventBatch batch = segment.batch(b).from(from);
            if (!partitions.hasRoomFor(batch.count())) {
                drain(partitions);
            }
            partitions.add(batch);
        }
        drain(partitions);
        sparePartitions.giveBack(partitions);
        applied(segment.lastSeq());
    }

    /** One partition is a sample of all, which tells how many new pairs the others bring: they would fill one run of the index after the other. */
    private void drain(EventPartitions partitions) {
        int before = entries.size();
        for (int partition = 0; partition < EventPartitions.COUNT; ) {
            partitions.forEach(partition++, batch -> apply(batch, true));
            growth.expect((long) (entries.size() - before) * (EventPartitions.COUNT - partition) / partition);
        }
        partitions.clear();
    }

    private void apply(EventBatch batch, boolean inSlotOrder) {
        int count;
        for (int from = 0, all = batch.count(); from < all; from += count) {
            count = Math.min(Math.min(TILE, all - from), idleWindows.eventsUntilNext());
            if (inSlotOrder) {
                applyGroups(batch, from, from + count);
            } else {
                applyTile(batch, from, count);
            }
            idleWindows.applied(count, newestNanos);
        }
    }

    /** Neighbours of one pair are applied together. */
    private void applyGroups(EventBatch batch, int from, int end) {
        PairIndex table = indexWithRoomFor(end - from);
        long newest = 0;
        int next;
        for (int first = from; first < end; first = next) {
            long entityId = batch.entityId(first);
            int signalType = batch.signalType(first);
            next = first + 1;
            while (next < end && batch.isOf(next, entityId, signalType)) {
                next++;
            }
            newest = Math.max(newest, applyGroup(table, entityId, signalType, batch, first, next));
        }
        seen(newest);
    }

    /** Returns the pair's newest event time. */
    private long applyGroup(PairIndex table, long entityId, int signalType, EventBatch batch, int first, int end) {
        int hash = PairIndex.hash(entityId, signalType);
        int id = table.find(entries, hash, entityId, signalType);
        int known = first;
        if (id < 0) {
            id = create(table, hash, entityId, signalType, batch.weight(first), batch.timestampNanos(first));
            known++;
        }
        long[] chunk = entries.chunk(id);
        int at = Entries.at(id);
        if (known < end) {
            beforeChange(id);
            update.apply(chunk, at, batch, known, end);
        }
        return chunk[at + Entries.LAST];
    }

    private void applyTile(EventBatch batch, int from, int count) {
        PairIndex table = indexWithRoomFor(count);
        long newest = readHomeSlots(table, batch, from, count);
        int known = findEntries(table, batch, from, count);
        if (image != null) {
            beforeChanges(known);
        }
        long[][] chunks = entries.chunks();
        touchWindows(chunks, known);
        for (int i = 0; i < known; i++) {
            int event = (int) (scratch[i] >>> 32);
            int id = (int) scratch[i];
            update.apply(Entries.chunk(chunks, id), Entries.at(id), batch.weight(event), batch.timestampNanos(event));
        }
        seen(newest);
    }

    /** For the same reason as the home slots: nothing else in the loop. */
    private void touchWindows(long[][] chunks, int known) {
        int[][] blocks = slab.chunks();
        int sum = 0;
        for (int i = 0; i < known; i++) {
            int id = (int) scratch[i];
            long[] chunk = Entries.chunk(chunks, id);
            int at = Entries.at(id);
            sum += Windows.touch(blocks, chunk, at, Entries.form(chunk[at + Entries.META]));
        }
        touched = sum;
    }

    private void beforeChanges(int known) {
        for (int i = 0; i < known; i++) {
            beforeChange((int) scratch[i]);
        }
    }

    private void beforeChange(int id) {
        if (image != null) { // it ends with its last page
            image.beforeChange(id);
        }
    }

    /** Returns the newest event time of the tile. */
    private long readHomeSlots(PairIndex table, EventBatch batch, int from, int count) {
        long newest = 0;
        for (int i = 0; i < count; i++) {
            scratch[i] = PairIndex.hash(batch.entityId(from + i), batch.signalType(from + i));
            newest = Math.max(newest, batch.timestampNanos(from + i));
        }
        table.addHomeSlots(scratch, count);
        return newest;
    }

    /** Applies the events of new pairs and lists the others; returns how many. */
    private int findEntries(PairIndex table, EventBatch batch, int from, int count) {
        int known = 0;
        long[][] chunks = entries.chunks();
        for (int i = 0; i < count; i++) {
            int event = from + i;
            int hash = (int) (scratch[i] >>> 32);
            int slot = (int) scratch[i];
            long entityId = batch.entityId(event);
            int signalType = batch.signalType(event);
            int id = table.mayBe(slot, hash) ? table.id(slot) : -1;
            if (id < 0 || !Entries.is(Entries.chunk(chunks, id), id, entityId, signalType)) {
                id = table.find(entries, hash, entityId, signalType); // the slot may have been taken in this tile
            }
            if (id < 0) {
                create(table, hash, entityId, signalType, batch.weight(event), batch.timestampNanos(event));
                chunks = entries.chunks();
            } else {
                scratch[known++] = (long) event << 32 | id;
            }
        }
        return known;
    }

    private PairIndex indexWithRoomFor(int count) {
        PairIndex table = index;
        PairIndex grown = growth.makeRoom(table, count);
        if (grown != table) {
            index = grown;
        }
        return grown;
    }

    private int create(PairIndex table, int hash, long entityId, int signalType, float weight, long nanos) {
        if (!schema.knows(signalType)) {
            throw new IllegalArgumentException("log " + log + ": signal type " + signalType + " is not in the schema");
        }
        update.checkTime(nanos);
        owners.met(log, entityId);
        int id = entries.add(entityId, signalType, 0.0 + weight, nanos, Windows.first(nanos));
        table.insert(hash, id);
        return id;
    }

    private void seen(long nanos) {
        if (nanos > newestNanos) {
            NEWEST.setRelease(this, nanos);
        }
    }

    @Override
    public PartImage beginImage(ImageWriter out) {
        if (image != null) {
            throw new IllegalStateException("log " + log + ": its last image is neither whole nor closed");
        }
        CopyOnWriteImage begun = new CopyOnWriteImage(entries, slab, out, () -> image = null);
        image = begun;
        return begun;
    }

    @Override
    public void restore(ImageReader in) throws IOException {
        if (entries.size() != 0) {
            throw new IllegalStateException("log " + log + ": only an empty part takes over an image");
        }
        ImageDecoder decoder = new ImageDecoder(entries, slab, schema);
        PairIndex table = decoder.decode(in);
        seen(decoder.newestNanos());
        long events = 0;
        for (int id = 0; id < decoder.count(); id++) {
            long[] chunk = entries.chunk(id);
            owners.met(log, chunk[Entries.at(id) + Entries.ENTITY]);
            events += Entries.allTime(chunk[Entries.at(id) + Entries.META]);
        }
        idleWindows.restored(events);
        // The index first: whoever walks the entries looks them up.
        index = table;
        entries.restored(decoder.count());
    }

    @Override
    public String toString() {
        return "part of log " + log + " (" + entries.size() + " pairs)";
    }
}
