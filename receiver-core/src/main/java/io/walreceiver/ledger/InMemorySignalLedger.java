package io.walreceiver.ledger;

import io.walreceiver.format.LogId;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The built-in ledger: decayed scores and windowed counts in memory, some 65 bytes a pair.
 *
 * <p>Each log has a part of its own and writes it without a lock; reads come from any thread at any time, never block a writer,
 * and add the parts up in the order of the logs' ids. Of each part a read sees one moment of the pair. It does not see one moment
 * of all parts, nor of a whole batch.
 *
 * <p>Instants are nanoseconds since the Unix epoch. A read looks forward only: it answers for {@code nowNanos}, or for the pair's
 * newest event over all logs if that is later, and says so ({@link SignalReading#asOfNanos()}).
 *
 * <p>Limits: a part holds at most 805,306,368 pairs and 8 GiB of windows; a pair that is busy for hours counts at most
 * 4,294,967,295 events in one hour. What a ledger may take of the heap is for its owner to watch: {@link #allocatedBytes()}.
 */
public final class InMemorySignalLedger implements SignalLedger {

    private static final int SIGNAL_TYPES = 256;

    private final SignalSchema schema;
    /** By signal type, 1/nanoseconds. */
    private final double[] lambdas = new double[SIGNAL_TYPES];

    private final Owners owners;
    private final SparePartitions sparePartitions = new SparePartitions();
    /** Replaced as a whole. */
    private volatile HeldParts parts;

    private InMemorySignalLedger(SignalSchema schema, Owners owners) {
        this.schema = schema;
        this.owners = owners;
        this.parts = HeldParts.none(owners);
        for (SignalType type : schema.types()) {
            lambdas[type.index()] = type.lambdaPerNano();
        }
    }

    /** An empty ledger for the types of a schema. */
    public static InMemorySignalLedger create(SignalSchema schema) {
        return new InMemorySignalLedger(schema, new Owners(null));
    }

    /**
     * An empty ledger that knows which log has the events of an entity, for leaders that shard by entity: reads look in one part
     * instead of all. It is a hint: an entity that turns up in another log is found, and from then on reads look in all parts again.
     *
     * @param ownerOf the log of an entity id (unsigned), or null where that is not known; the same at every call. Called by reads,
     *     and by writers for each new pair: from any thread, at once. It must not throw
     */
    public static InMemorySignalLedger create(SignalSchema schema, LongFunction<@Nullable LogId> ownerOf) {
        return new InMemorySignalLedger(schema, new Owners(ownerOf));
    }

    /** Whether this ledger was told which log has the events of an entity, and found no entity in another one. */
    public boolean knowsOwners() {
        return owners.areKnown();
    }

    /** The signal types this ledger knows. */
    public SignalSchema schema() {
        return schema;
    }

    /**
     * Opens an empty part, which takes the place of whatever this ledger held of the log. It is a {@link SnapshottingPart}.
     *
     * <p>The part throws {@link IllegalArgumentException} for a signal type that is not in the schema and for an event time of 2^63 ns
     * or more.
     *
     * @return a part for one thread at a time
     */
    @Override
    public synchronized LedgerPart open(LogId log) {
        Part part = new Part(log, schema, lambdas, owners, sparePartitions);
        parts = parts.with(part);
        return part;
    }

    /**
     * Reads one pair.
     *
     * @param entityId unsigned
     * @param signalType any number
     * @param nowNanos the instant to read at
     * @return all zero, as of {@code nowNanos}, if the pair has no event
     */
    public SignalReading read(long entityId, int signalType, long nowNanos) {
        return read(parts, new PairSum(lambdas), entityId, signalType, nowNanos);
    }

    static SignalReading read(HeldParts parts, PairSum sum, long entityId, int signalType, long nowNanos) {
        int hash = PairIndex.hash(entityId, signalType);
        sum.begin(entityId, signalType);
        for (Part part : parts.of(entityId)) {
            int id = part.find(hash, entityId, signalType);
            if (id >= 0) {
                sum.add(part, id);
            }
        }
        return sum.at(nowNanos);
    }

    /**
     * The score alone: the same bits as {@code read(entityId, signalType, nowNanos).score()}, in a fraction of its time. For
     * ranking many candidates there is {@link #scores}.
     */
    public double score(long entityId, int signalType, long nowNanos) {
        int hash = PairIndex.hash(entityId, signalType);
        double score = 0;
        for (Part part : parts.of(entityId)) {
            int id = part.find(hash, entityId, signalType);
            if (id >= 0) {
                score += part.scoreAt(id, nowNanos);
            }
        }
        return Double.isNaN(score) ? read(entityId, signalType, nowNanos).score() : score;
    }

    /**
     * The scores of many entities: each has the same bits as {@link #score} gives, all together come in a fraction of the time.
     *
     * @param entityIds unsigned; may hold one several times
     * @param out where the scores go, at the index of their entity
     * @throws IllegalArgumentException if {@code out} is shorter than {@code entityIds}
     */
    public void scores(long[] entityIds, int signalType, long nowNanos, double[] out) {
        if (out.length < entityIds.length) {
            throw new IllegalArgumentException(
                    "out has room for " + out.length + " scores: must be " + entityIds.length + " or more");
        }
        Arrays.fill(out, 0, entityIds.length, 0);
        HeldParts held = parts;
        CandidateScores scores = new CandidateScores(signalType, nowNanos, out);
        for (int i = 0; i < entityIds.length; i++) {
            for (Part part : held.of(entityIds[i])) {
                scores.add(part, entityIds[i], i);
            }
        }
        scores.finish();
        for (int i = 0; i < entityIds.length; i++) {
            if (Double.isNaN(out[i])) {
                out[i] = read(entityIds[i], signalType, nowNanos).score();
            }
        }
    }

    /**
     * The pairs of a type with the highest scores.
     *
     * <p>Exact while nobody writes, also where a pair lies in several parts. Each pair is read, and ranked, at its own
     * {@link SignalReading#asOfNanos()}: one whose newest event lies after {@code nowNanos} ranks with its score at that event.
     *
     * @param k how many at most, 0 or more
     * @return by score descending, then by unsigned entity id ascending
     */
    public List<SignalReading> topByScore(int signalType, int k, long nowNanos) {
        // Decay only takes a score towards zero.
        TopScan.Bound bound =
                (chunk, at) -> Math.max(0, Double.longBitsToDouble(Entries.peek(chunk, at, Entries.SCORE)));
        return top(signalType, k, nowNanos, SignalReading::score, bound);
    }

    /**
     * The pairs of a type with the most events in a window; those with none there come last.
     *
     * <p>Exact while nobody writes; each pair is read at its own instant, as by {@link #topByScore}.
     *
     * @param k how many at most, 0 or more
     * @return by count descending, then by unsigned entity id ascending
     */
    public List<SignalReading> topByCount(int signalType, Window window, int k, long nowNanos) {
        // An hour more than the window, as it ends with the whole hour that now lies in.
        long start =
                window == Window.ALL_TIME ? 0 : Math.max(0, nowNanos) - (window.hours() + 1) * EventTime.HOUR_NANOS;
        TopScan.Bound bound = (chunk, at) -> Entries.peek(chunk, at, Entries.LAST) < start
                ? 0
                : Entries.allTime(Entries.peek(chunk, at, Entries.META));
        return top(signalType, k, nowNanos, reading -> reading.count(window), bound);
    }

    private List<SignalReading> top(
            int signalType, int k, long nowNanos, ToDoubleFunction<SignalReading> rank, TopScan.Bound bound) {
        if (k < 0) {
            throw new IllegalArgumentException("k is " + k + ": must be 0 or more");
        }
        if (k == 0) {
            return List.of();
        }
        return new TopScan(parts, signalType, k, nowNanos, rank, bound).run(new PairSum(lambdas));
    }

    /**
     * Reads every pair once, over all logs, ordered by unsigned entity id and then by signal type. Pairs whose first event comes
     * meanwhile are left out. It sorts the pairs first, in some 24 bytes of memory for each.
     *
     * @param action called on this thread
     */
    public void forEach(long nowNanos, Consumer<SignalReading> action) {
        new PairOrder(parts.all(), PairOrder.ALL_TYPES).forEach(new PairSum(lambdas), nowNanos, action);
    }

    /** How many pairs are held; one that lies in the parts of several logs counts in each. */
    public long pairs() {
        long pairs = 0;
        for (Part part : parts.all()) {
            pairs += part.entries().size();
        }
        return pairs;
    }

    /** The newest event time of all logs; 0 if there is no event. */
    public long newestEventNanos() {
        long newest = 0;
        for (Part part : parts.all()) {
            newest = Math.max(newest, part.newestNanos());
        }
        return newest;
    }

    /** Bytes of the arrays held, exact but for alignment. Takes no time to speak of. */
    public long allocatedBytes() {
        long bytes = 0;
        for (Part part : parts.all()) {
            bytes += part.allocatedBytes();
        }
        return bytes;
    }
}
