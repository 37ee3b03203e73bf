package io.walreceiver.log;

import io.walreceiver.format.LogId;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Positions and state of one log. Its writer writes, one thread at a time; any thread reads. */
public final class LogProgress {

    private final LogId log;
    private final Runnable changed;
    private final Runnable durableMoved;
    private final PositionWaiters waiters = new PositionWaiters();

    private volatile long received;
    private volatile long written;
    private volatile long durable;
    private volatile long applied;
    private volatile long appliedBatchNanos;
    private final AtomicLong acknowledged = new AtomicLong();
    private volatile int restarts; // odd while one is under way
    private volatile int heldSegments;
    private volatile long heldBytes;
    private volatile @Nullable LogTrouble trouble;

    /**
     * @param log the log
     * @param changed called, on the thread that changed it, when the state changed
     * @param durableMoved called, on the thread that moved it, when {@link #durable} moved
     */
    public LogProgress(LogId log, Runnable changed, Runnable durableMoved) {
        this.log = log;
        this.changed = changed;
        this.durableMoved = durableMoved;
    }

    /** The log. */
    public LogId log() {
        return log;
    }

    /**
     * All positions of one moment: {@code acknowledged <= durable <= written <= received} and {@code applied <= written}, unless what
     * was durable has rotted.
     */
    public record Snapshot(long received, long written, long durable, long applied, long acknowledged) {}

    /** All positions of one moment. */
    public Snapshot snapshot() {
        while (true) {
            int before = restarts;
            long forgotten = acknowledged.get(); // the smallest first: those that are read later may have moved on
            long safe = durable;
            long replayed = applied;
            long stored = written();
            Snapshot read = new Snapshot(received(), stored, safe, replayed, forgotten);
            if (before == restarts && (before & 1) == 0) {
                return read;
            }
            // else once more: setting four fields takes no time
        }
    }

    /** Last event of the unbroken run of verified segments; 0 for none. */
    public long received() {
        long stored = written();
        return Math.max(received, stored);
    }

    /** Last event that was written to the storage; 0 for none. */
    public long written() {
        long safe = durable; // the storage may tell that it is durable before the writer tells that it is written
        return Math.max(written, safe);
    }

    /** Last event that is durable, as far as the storage, or a part that keeps its own position, can be; 0 for none. */
    public long durable() {
        return durable;
    }

    /** Last event that the ledger holds; 0 for none. */
    public long applied() {
        return applied;
    }

    /** When the leader wrote the batch of the last event applied, nanoseconds since the Unix epoch; empty if that is not known. */
    public OptionalLong appliedBatchNanos() {
        long nanos = appliedBatchNanos; // a leader that does not tell the time says 0
        return nanos > 0 ? OptionalLong.of(nanos) : OptionalLong.empty();
    }

    /** Last event that the sender was told it may forget; 0 for none. Never goes back. */
    public long acknowledged() {
        return acknowledged.get();
    }

    /** Number of verified segments that wait behind a gap. */
    public int heldSegments() {
        return heldSegments;
    }

    /** Their size in bytes. */
    public long heldBytes() {
        return heldBytes;
    }

    /** Why the log does not move on; empty if it runs. */
    public Optional<LogTrouble> trouble() {
        return Optional.ofNullable(trouble);
    }

    /**
     * Waits for a position.
     *
     * @return completes when {@code position} is applied, on the thread that applied it; fails when {@link #end} is called before. Any number of
     *     subscribers; cancel at will
     */
    public Mono<Void> awaitApplied(long position) {
        return waiters.await(position, this::applied);
    }

    /** Writer: events through this position are verified and in order. */
    public void received(long through) {
        received = through;
    }

    /** Writer: the storage holds everything through this position. */
    public void written(long through) {
        written = through;
    }

    /** Everything through this position is durable. Writer or storage. */
    public void durable(long through) {
        boolean moved = durable != through;
        durable = through;
        if (moved) {
            durableMoved.run();
        }
    }

    /**
     * Writer: the ledger holds everything through this position.
     *
     * @param batchNanos when the leader wrote the last batch of it; 0 if that is not known
     */
    public void applied(long through, long batchNanos) {
        appliedBatchNanos = batchNanos;
        applied = through;
        waiters.advanced(through);
    }

    /** Writer: events through this position were given up, and that is on record. */
    public void passedOver(long through) {
        received = through;
        written = through;
        applied = through;
        waiters.advanced(through);
    }

    /**
     * Writer: storage and ledger went back to what they hold durably.
     *
     * @param batchNanos as in {@link #applied}
     */
    public void restart(long position, long batchNanos) {
        boolean moved = durable != position;
        restarts++;
        appliedBatchNanos = batchNanos;
        received = position;
        written = position;
        durable = position;
        applied = position;
        restarts++;
        waiters.advanced(position); // a part that is opened may hold what is waited for
        if (moved) {
            durableMoved.run();
        }
    }

    /** The sender is told that it may forget events through this position. Writer or storage. */
    public void acknowledged(long through) {
        acknowledged.accumulateAndGet(through, Math::max);
    }

    /** Writer: what waits behind a gap. */
    public void held(int segments, long bytes) {
        heldSegments = segments;
        heldBytes = bytes;
    }

    /** Writer: why the log does not move on, or null if it runs. */
    public void trouble(@Nullable LogTrouble now) {
        LogTrouble before = trouble;
        trouble = now;
        if ((now == null) != (before == null) || (now != null && !now.equals(before))) {
            changed.run();
        }
    }

    /** The log's state changed in a way that is not kept here. Any thread. */
    public void changed() {
        changed.run();
    }

    /** No event will be applied any more: who still waits is told. */
    public void end(Throwable reason) {
        waiters.end(reason);
    }
}
