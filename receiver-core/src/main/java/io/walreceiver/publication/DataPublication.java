package io.walreceiver.publication;

import io.walreceiver.format.BatchMark;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentView;
import io.walreceiver.storage.LockedData;
import io.walreceiver.storage.StoredData;
import io.walreceiver.storage.StoredLog;
import io.walreceiver.storage.checkpoint.Checkpoint;
import io.walreceiver.storage.wal.EventsMissingException;
import io.walreceiver.storage.wal.LogFile;
import io.walreceiver.transport.LeaderEpoch;
import io.walreceiver.transport.SkippedEvents;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.publication.BatchMatch;
import io.walreceiver.transport.publication.FollowerTerms;
import io.walreceiver.transport.publication.Publication;
import io.walreceiver.transport.publication.PublishedCheckpoint;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import reactor.core.publisher.Flux;

/**
 * A data directory for followers to read: of a receiver that works there, or at rest.
 *
 * <p>What is durable is sent, and nothing else: a follower is never ahead of the one that it follows. Each log is read from its files,
 * checked, and sent as segments of whole batches, at most 1 MiB each, or one batch. What was dropped after a checkpoint cannot be sent:
 * its log is {@code pruned} for the follower, by {@link Transport#trouble}, and a {@link #checkpoint} is the way out.
 *
 * <p><b>Threads.</b> Followers are read for and emit on up to four threads of this publication, {@code wal-publication-N}, which come as
 * they are needed and end by themselves; never on a thread that asks, acknowledges or makes something durable. A follower that has
 * caught up costs nothing until something is durable, and then a read of that alone.
 */
public final class DataPublication implements Publication, AutoCloseable {

    private static final int THREADS = 4;
    private static final AtomicInteger THREAD = new AtomicInteger();

    private final StoredData data;
    private final ToLongFunction<LogId> durable;
    private final Flux<LogId> advances;
    private final Function<LogId, Optional<LeaderEpoch>> epoch;
    private final boolean ends;
    private final ThreadPoolExecutor threads;
    private final Set<DataSubscription> followers = ConcurrentHashMap.newKeySet();
    private final Map<LogId, Checkpoint> whole = new ConcurrentHashMap<>();
    private volatile boolean closed;

    private DataPublication(
            StoredData data,
            ToLongFunction<LogId> durable,
            Flux<LogId> advances,
            Function<LogId, Optional<LeaderEpoch>> epoch,
            boolean ends) {
        this.data = data;
        this.durable = durable;
        this.advances = advances;
        this.epoch = epoch;
        this.ends = ends;
        this.threads =
                new ThreadPoolExecutor(THREADS, THREADS, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "wal-publication-" + THREAD.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    /**
     * The directory of a receiver that works in this process.
     *
     * @param data the receiver's directory
     * @param durable the last event of a log that is durable there, 0 for none; must not wait, and never goes back
     * @param advances logs for which that has grown, as it grows; each follower subscribes. A signal may stand for several
     *     advances, but the last one must be signalled after it happened.
     * @param epoch under whose reign a log is written; must not wait
     */
    public static DataPublication live(
            StoredData data,
            ToLongFunction<LogId> durable,
            Flux<LogId> advances,
            Function<LogId, Optional<LeaderEpoch>> epoch) {
        return new DataPublication(data, durable, advances, epoch, false);
    }

    /**
     * A directory in which no receiver works. Blocks: every log is read after its newest checkpoint, to see how far it can be.
     *
     * @param locked held for as long as this publication is used
     * @param ends whether logs end with what is there: then a follower's flux completes
     * @param epoch under whose reign a log was written; must not wait
     * @throws IOException if the directory cannot be read
     */
    public static DataPublication atRest(LockedData locked, boolean ends, Function<LogId, Optional<LeaderEpoch>> epoch)
            throws IOException {
        StoredData data = locked.stored();
        Map<LogId, Long> heads = new HashMap<>();
        for (LogId log : data.logs()) {
            heads.put(log, data.log(log).read().position());
        }
        return new DataPublication(data, log -> heads.getOrDefault(log, 0L), Flux.never(), epoch, ends);
    }

    /** No: it may be behind what a follower of it got elsewhere. */
    @Override
    public boolean isOrigin() {
        return false;
    }

    @Override
    public Set<LogId> logs() throws IOException {
        return data.logs();
    }

    /** The first event in the files; where only a checkpoint is left, the one after that. */
    @Override
    public OptionalLong earliest(LogId log) throws IOException {
        long head = durable(log);
        if (head == 0) {
            return OptionalLong.empty();
        }
        long first = data.log(log).files().stream()
                .filter(file -> file.sizeBytes() > 0)
                .mapToLong(LogFile::firstSeq)
                .findFirst()
                .orElse(Long.MAX_VALUE);
        return OptionalLong.of(Math.min(first, head + 1));
    }

    @Override
    public OptionalLong head(LogId log) {
        long head = durable(log);
        return head == 0 ? OptionalLong.empty() : OptionalLong.of(head);
    }

    @Override
    public Optional<LeaderEpoch> epoch(LogId log) {
        return epoch.apply(log);
    }

    /** {@inheritDoc} A batch beyond the {@link #head} is not (yet). */
    @Override
    public Optional<Boolean> holds(LogId log, BatchMark batch) throws IOException {
        long head = durable(log);
        if (batch.lastSeq() > head) {
            return Optional.of(false);
        }
        try {
            SegmentView there = data.log(log).cursor(batch.firstSeq() - 1).next(head, 1);
            // The whole of it is not durable: then it is another one.
            return Optional.of(there != null && BatchMatch.matches(batch, there, 0));
        } catch (EventsMissingException e) {
            return Optional.empty();
        }
    }

    @Override
    public List<SkippedEvents> skips(LogId log) throws IOException {
        return data.log(log).skips().records().stream()
                .map(skip -> new SkippedEvents(skip.from(), skip.through(), skip.at(), skip.reason()))
                .toList();
    }

    @Override
    public Transport follower(FollowerTerms terms) {
        return new DataFollower(this, terms);
    }

    /** {@inheritDoc} All of it is read once, to see that it is whole. */
    @Override
    public Optional<PublishedCheckpoint> checkpoint(LogId log) throws IOException {
        StoredLog stored = data.log(log);
        Checkpoint known = whole.get(log);
        Optional<Checkpoint> newest = stored.checkpoints().stream().findFirst();
        if (newest.isPresent() && !newest.get().equals(known)) {
            newest = stored.newestCheckpoint();
            newest.ifPresent(found -> whole.put(log, found));
        }
        return newest.map(checkpoint -> new PublishedCheckpoint(
                String.valueOf(checkpoint.path().getFileName()),
                checkpoint.position(),
                checkpoint.sizeBytes(),
                from -> stored.open(checkpoint, from)));
    }

    @Override
    public Optional<byte[]> marker() throws IOException {
        return Optional.of(data.marker());
    }

    /** Ends all followers: their flux completes, and so does that of any who comes later. Idempotent. */
    @Override
    public void close() {
        closed = true;
        followers.forEach(DataSubscription::wake);
    }

    boolean isClosed() {
        return closed;
    }

    boolean ends() {
        return ends;
    }

    long durable(LogId log) {
        return durable.applyAsLong(log);
    }

    Flux<LogId> advances() {
        return advances;
    }

    StoredLog stored(LogId log) {
        return data.log(log);
    }

    Executor threads() {
        return threads;
    }

    void opened(DataSubscription follower) {
        followers.add(follower);
    }

    void ended(DataSubscription follower) {
        followers.remove(follower);
    }

    @Override
    public String toString() {
        return "publication of " + data;
    }
}
