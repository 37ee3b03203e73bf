package io.walreceiver.transport.directory;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.transport.Positions;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.sender.Mailbox;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Segments from the files of one or several directories: a leader's archive, or a directory that a leader (or {@code rsync}, or
 * {@code scp}) moves finished segments into.
 *
 * <pre>{@code
 * Transport archive = DirectoryTransport.of(Path.of("/var/lib/leader/wal"));
 * Transport live = DirectoryTransport.builder().directory(Path.of("/srv/inbox")).follow(true).build();
 * }</pre>
 *
 * <p><b>What is read.</b> Files named {@code wal-{region:05}-{shard:05}-{seqno:020}.seg} or {@code wal-{seqno:020}.seg}, in the
 * order of their parsed ids, each log by itself, logs in turns. Every other name ({@code .open}, {@code .tmp}, hidden files) is left
 * alone, so a file must get its name by a rename when it is whole. Copies of a segment in several directories are sent one after
 * the other: a good one heals a corrupt one. A file is read whole, in one piece, when it is about to be sent and not before; the
 * claimed event count is the sum over its headers.
 *
 * <p><b>Positions.</b> A file that starts before its log's position is skipped, unopened, if the next one starts at or below
 * position + 1 and its size has room for no later event. Where the size leaves that open (overlapping files, or the log's last
 * one), it is read when its turn comes and skipped if its headers say so.
 *
 * <p><b>Completion.</b> Without {@code follow} the directories are listed once, when the flux is subscribed to, and the logs end
 * with what is there; the flux completes by the rule of {@link Transport#segments}. Files are looked at again, though, when they are
 * asked for: one whose size, time of change or inode differs from what was sent is a new copy and is sent again. With
 * {@code follow} the flux does not complete: files that appear later are sent as they appear, those that were replaced after they
 * had been sent but before they were acknowledged are sent again, and what could not be read is tried again.
 *
 * <p><b>Errors.</b> A directory that is missing or cannot be listed fails the flux with a {@link SegmentReadException}. A file that
 * cannot be read, vanished, or is larger than {@code maxSegmentBytes} stops its own log, with a warning in the log; other logs go
 * on. Without {@code follow} the flux delivers everything else and then fails, naming the file; with it, the file is tried again at
 * each rescan. A corrupt file is no error here: it is delivered, and whoever verifies it refuses it.
 *
 * <p><b>Threads.</b> Each subscription reads and emits on one thread of its own, never on one that subscribes, requests or
 * acknowledges; with {@code follow} a second one waits for the file system's news. Both end with the subscription (a read that is
 * under way on cancellation is finished first, and dropped). Payloads are new arrays that the receiver owns.
 *
 * <p>A transport has one subscriber at a time; a second one fails with {@link IllegalStateException}. After cancellation or the end
 * it can be subscribed to again, and starts after the positions given then.
 */
public final class DirectoryTransport implements Transport {

    private static final AtomicInteger SUBSCRIPTIONS = new AtomicInteger();

    private final List<Path> directories;
    private final Predicate<LogId> logs;
    private final long windowBytesPerLog;
    private final int maxSegmentBytes;
    private final boolean follow;
    private final Duration rescanInterval;
    private final @Nullable Scheduler scheduler;
    private final Map<LogId, Long> heads = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable DirectorySubscription> current = new AtomicReference<>();

    private DirectoryTransport(Builder builder) {
        this.directories = List.copyOf(builder.directories);
        this.logs = builder.logs;
        this.windowBytesPerLog = builder.windowBytesPerLog;
        this.maxSegmentBytes = builder.maxSegmentBytes;
        this.follow = builder.follow;
        this.rescanInterval = builder.rescanInterval;
        this.scheduler = builder.scheduler;
    }

    /** A transport that reads what is in the directories once, with default options. */
    public static DirectoryTransport of(Path... directories) {
        Builder builder = builder();
        for (Path directory : directories) {
            builder.directory(directory);
        }
        return builder.build();
    }

    /** Options of a transport. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public Flux<WalSegmentPayload> segments(Positions positions) {
        return new Flux<>() {
            @Override
            public void subscribe(CoreSubscriber<? super WalSegmentPayload> actual) {
                DirectoryTransport.this.subscribe(positions, actual);
            }
        };
    }

    private void subscribe(Positions positions, CoreSubscriber<? super WalSegmentPayload> actual) {
        String name = threadName("read");
        ExecutorService reader = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
        DirectorySubscription subscription = new DirectorySubscription(this, positions, reader, actual);
        if (current.compareAndSet(null, subscription)) {
            subscription.start();
        } else {
            reader.shutdown();
            Operators.error(
                    actual,
                    new IllegalStateException(
                            this + ": it has a subscriber; cancel that one first, or make another transport"));
        }
    }

    @Override
    public void acknowledge(LogId log, long through) {
        tell(mailbox -> mailbox.acknowledge(log, through));
    }

    @Override
    public void request(LogId log, long from) {
        tell(mailbox -> mailbox.request(log, from));
    }

    @Override
    public void hold(LogId log, long from) {
        tell(mailbox -> mailbox.hold(log, from));
    }

    private void tell(Consumer<Mailbox> news) {
        DirectorySubscription subscription = current.get();
        if (subscription != null) {
            news.accept(subscription.mailbox());
            subscription.wake();
        }
    }

    @Override
    public boolean canSendAgain() {
        return true;
    }

    /** The last event of the log's last file, once that has been read. */
    @Override
    public OptionalLong head(LogId log) {
        Long head = heads.get(log);
        return head == null ? OptionalLong.empty() : OptionalLong.of(head);
    }

    void learnHead(LogId log, long lastSeq) {
        if (lastSeq > 0) {
            heads.merge(log, lastSeq, Math::max);
        }
    }

    void ended(DirectorySubscription subscription) {
        current.compareAndSet(subscription, null);
    }

    List<Path> directories() {
        return directories;
    }

    Predicate<LogId> logs() {
        return logs;
    }

    long windowBytesPerLog() {
        return windowBytesPerLog;
    }

    int maxSegmentBytes() {
        return maxSegmentBytes;
    }

    /** Whether it goes on with what is written later, and therefore never completes. */
    public boolean follows() {
        return follow;
    }

    Disposable rescans(Runnable rescan) {
        Scheduler on = scheduler == null ? Schedulers.parallel() : scheduler;
        long nanos = rescanInterval.toNanos();
        try {
            return on.schedulePeriodically(rescan, nanos, nanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            throw new IllegalStateException(
                    this + ": the scheduler for rescans takes no periodic task: expected one that is not disposed and"
                            + " capable of time, found " + on,
                    e);
        }
    }

    static String threadName(String does) {
        return "wal-directory-" + does + "-" + SUBSCRIPTIONS.incrementAndGet();
    }

    @Override
    public String toString() {
        return "segment directories " + directories;
    }

    /** Options of a {@link DirectoryTransport}. */
    public static final class Builder {

        private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 64;

        private final Set<Path> directories = new LinkedHashSet<>();
        private Predicate<LogId> logs = log -> true;
        private long windowBytesPerLog = 16L << 20;
        private int maxSegmentBytes = 64 << 20;
        private boolean follow;
        private Duration rescanInterval = Duration.ofSeconds(2);
        private @Nullable Scheduler scheduler;

        private Builder() {}

        /** Adds a directory to read. At least one is needed; all must lie in one file system provider. */
        public Builder directory(Path directory) {
            directories.add(directory);
            return this;
        }

        /** Which logs are read; asked for each file that appears, and must not wait. Default: all. */
        public Builder logs(Predicate<LogId> logs) {
            this.logs = logs;
            return this;
        }

        /**
         * Most bytes of one log that are sent and not acknowledged, but for one segment, which always may go. Should be at least two
         * segments, and no more than a receiver lets one log hold. Default 16 MiB; in bytes, 1 or more.
         */
        public Builder windowBytesPerLog(long bytes) {
            this.windowBytesPerLog = bytes;
            return this;
        }

        /** Largest file that is read. Default 64 MiB; in bytes, 1 to 2^31 - 65. */
        public Builder maxSegmentBytes(int bytes) {
            this.maxSegmentBytes = bytes;
            return this;
        }

        /** Whether files that appear or are replaced later are sent too. Default false. */
        public Builder follow(boolean follow) {
            this.follow = follow;
            return this;
        }

        /**
         * How often the directories are listed anew with {@code follow}, in case the file system does not tell of a change, as
         * network file systems do not. Default 2 s; greater than zero.
         */
        public Builder rescanInterval(Duration interval) {
            this.rescanInterval = interval;
            return this;
        }

        /** Gives the beat for rescans; nothing is read there. Not disposed here. Default {@link Schedulers#parallel()}. */
        public Builder scheduler(Scheduler scheduler) {
            this.scheduler = scheduler;
            return this;
        }

        /**
         * Makes the transport; nothing is read before it is subscribed to.
         *
         * @throws IllegalArgumentException if an option is out of its range
         */
        public DirectoryTransport build() {
            check(!directories.isEmpty(), "directory", "at least one", "none");
            check(windowBytesPerLog >= 1, "windowBytesPerLog", "1 or more", windowBytesPerLog);
            check(
                    maxSegmentBytes >= 1 && maxSegmentBytes <= LARGEST_ARRAY,
                    "maxSegmentBytes",
                    "1.." + LARGEST_ARRAY,
                    maxSegmentBytes);
            check(
                    !rescanInterval.isNegative() && !rescanInterval.isZero(),
                    "rescanInterval",
                    "greater than zero",
                    rescanInterval);
            return new DirectoryTransport(this);
        }

        private static void check(boolean holds, String option, String expected, Object found) {
            if (!holds) {
                throw new IllegalArgumentException(option + ": expected " + expected + ", found " + found);
            }
        }
    }
}
