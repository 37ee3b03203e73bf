package io.walreceiver.transport.directory;

import io.walreceiver.format.BatchMark;
import io.walreceiver.format.LogId;
import io.walreceiver.transport.LeaderEpoch;
import io.walreceiver.transport.SkippedEvents;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.publication.FollowerTerms;
import io.walreceiver.transport.publication.Publication;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory of segment files, a leader's archive say, for followers to read, while the leader goes on adding files. What is read of
 * it, and how, {@link DirectoryTransport} says.
 *
 * <pre>{@code
 * Publication archive = DirectoryPublication.builder(Path.of("/var/lib/leader/wal")).build();
 * }</pre>
 *
 * <p><b>Epoch.</b> Where no epoch is given as an option, a file {@code leader-epoch} in the directory says under whose reign its logs
 * are written; it is read anew at each look at the directory:
 *
 * <pre>
 * epoch 7
 * log 1:3 start 12000
 * </pre>
 *
 * <p>A log that it does not name began in this reign, with {@code start 0}. Without the file the logs are unfenced.
 *
 * <p><b>Threads.</b> Followers read on threads of their own. {@link #head} and {@link #epoch} answer from the last look, and when that
 * was a while ago, which it is not when followers come and go, have a thread of this publication look again, which ends by itself.
 */
public final class DirectoryPublication implements Publication {

    private static final Logger LOG = LoggerFactory.getLogger(DirectoryPublication.class);
    /** How old a look may be for heads, and for what many logs are asked for one after the other. */
    private static final long HEADS_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Path directory;
    private final boolean follow;
    private final @Nullable LeaderEpoch epoch;
    private final Map<LogId, LeaderEpoch> epochs;
    private final Catalog catalog;
    private final ThreadPoolExecutor looker;
    private final AtomicLong lookedAt = new AtomicLong();
    private volatile Optional<EpochFile> epochFile = Optional.empty();
    private volatile Map<LogId, List<SegmentFile>> files = Map.of();
    private volatile String failure = "";

    private DirectoryPublication(Builder builder) throws IOException {
        this.directory = builder.directory;
        this.follow = builder.follow;
        this.epoch = builder.epoch;
        this.epochs = Map.copyOf(builder.epochs);
        this.catalog = new Catalog(directory);
        this.looker = new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(task, DirectoryTransport.threadName("look"));
            thread.setDaemon(true);
            return thread;
        });
        looker.allowCoreThreadTimeOut(true);
        look();
    }

    /** Options of a publication. */
    public static Builder builder(Path directory) {
        return new Builder(directory);
    }

    /** Yes: where there is another history than here, it is another's. */
    @Override
    public boolean isOrigin() {
        return true;
    }

    @Override
    public Set<LogId> logs() throws IOException {
        return Set.copyOf(recent().keySet());
    }

    @Override
    public OptionalLong earliest(LogId log) throws IOException {
        return recent().getOrDefault(log, List.of()).stream()
                .mapToLong(SegmentFile::firstSeq)
                .findFirst();
    }

    /** By the headers of the log's last file. */
    @Override
    public OptionalLong head(LogId log) {
        lookAgainSoon();
        Long head = catalog.heads().get(log);
        return head == null || head < 1 ? OptionalLong.empty() : OptionalLong.of(head);
    }

    @Override
    public Optional<LeaderEpoch> epoch(LogId log) {
        LeaderEpoch own = epochs.getOrDefault(log, epoch);
        if (own != null) {
            return Optional.of(own);
        }
        lookAgainSoon();
        return epochFile.map(file -> file.of(log));
    }

    /**
     * {@inheritDoc}
     *
     * @throws IOException if that cannot be told: the only copy of the batch at hand is corrupt, say
     */
    @Override
    public Optional<Boolean> holds(LogId log, BatchMark batch) throws IOException {
        Optional<Boolean> held = holds(recent(), log, batch);
        // It may have come since.
        return held.orElse(false) ? held : holds(look(), log, batch);
    }

    private Optional<Boolean> holds(Map<LogId, List<SegmentFile>> in, LogId log, BatchMark batch) throws IOException {
        return BatchSearch.among(
                in.getOrDefault(log, List.of()), batch, catalog.heads().getOrDefault(log, 0L));
    }

    /** None: a leader has no holes. */
    @Override
    public List<SkippedEvents> skips(LogId log) {
        return List.of();
    }

    @Override
    public Transport follower(FollowerTerms terms) {
        return DirectoryTransport.builder()
                .directory(directory)
                .logs(terms.wanted())
                .windowBytesPerLog(terms.windowBytesPerLog())
                .maxSegmentBytes(terms.maxSegmentBytes())
                .follow(follow)
                .build();
    }

    private synchronized Map<LogId, List<SegmentFile>> look() throws IOException {
        if (epoch == null) {
            epochFile = EpochFile.read(directory);
        }
        Map<LogId, List<SegmentFile>> found = catalog.look();
        files = found;
        lookedAt.set(System.nanoTime());
        return found;
    }

    private Map<LogId, List<SegmentFile>> recent() throws IOException {
        return System.nanoTime() - lookedAt.get() < FRESH_NANOS ? files : look();
    }

    private void lookAgainSoon() {
        long before = lookedAt.get();
        long now = System.nanoTime();
        if (now - before > HEADS_NANOS && lookedAt.compareAndSet(before, now)) {
            looker.execute(() -> {
                try {
                    look();
                    failure = "";
                } catch (IOException | RuntimeException e) {
                    tell(e.toString());
                }
            });
        }
    }

    /** Once, and not at each look. */
    private void tell(String found) {
        if (!found.equals(failure)) {
            failure = found;
            LOG.warn("{}: where its logs end is not known anew: {}", this, found);
        }
    }

    @Override
    public String toString() {
        return "segment directory " + directory;
    }

    /** Options of a {@link DirectoryPublication}. Not for use by several threads. */
    public static final class Builder {

        private final Path directory;
        private boolean follow = true;
        private @Nullable LeaderEpoch epoch;
        private final Map<LogId, LeaderEpoch> epochs = new HashMap<>();

        private Builder(Path directory) {
            this.directory = directory;
        }

        /** Whether files that appear later are sent too; if not, logs end with what is there. Default true. */
        public Builder follow(boolean follow) {
            this.follow = follow;
            return this;
        }

        /** The reign of every log that is not given one of its own. Default: what the file {@code leader-epoch} says. */
        public Builder epoch(LeaderEpoch epoch) {
            this.epoch = epoch;
            return this;
        }

        /** The reign of one log. */
        public Builder epoch(LogId log, LeaderEpoch epoch) {
            epochs.put(log, epoch);
            return this;
        }

        /**
         * Makes the publication. Blocks: the directory is looked at.
         *
         * @throws IOException if the directory, or its file {@code leader-epoch}, cannot be read; the message says what to do
         */
        public DirectoryPublication build() throws IOException {
            return new DirectoryPublication(this);
        }
    }
}
