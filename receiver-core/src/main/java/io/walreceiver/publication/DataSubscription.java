package io.walreceiver.publication;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.log.LogState;
import io.walreceiver.log.LogTrouble;
import io.walreceiver.transport.Positions;
import io.walreceiver.transport.publication.FollowerTerms;
import io.walreceiver.transport.sender.Mailbox;
import io.walreceiver.transport.sender.SegmentSubscription;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Schedulers;

/** One run over the logs, for one follower. All of its state belongs to the drain loop; news comes by other threads and wakes it. */
final class DataSubscription extends SegmentSubscription {

    private static final Logger LOG = LoggerFactory.getLogger(DataSubscription.class);
    private static final long RETRY_MILLIS = 1_000;

    private final DataFollower follower;
    private final DataPublication publication;
    private final FollowerTerms terms;
    private final Positions positions;
    private final Mailbox mailbox = new Mailbox();
    private final Set<LogId> advanced = ConcurrentHashMap.newKeySet();
    private final Disposable.Composite running = Disposables.composite();
    private volatile boolean retry;

    private final Map<LogId, ServedLog> logs = new TreeMap<>();
    private final Map<LogId, Long> start = new HashMap<>();
    private final Queue<ServedLog> turns = new ArrayDeque<>();
    private boolean begun;

    DataSubscription(
            DataFollower follower,
            Positions positions,
            Executor executor,
            CoreSubscriber<? super WalSegmentPayload> subscriber) {
        super(subscriber, executor);
        this.follower = follower;
        this.publication = follower.publication();
        this.terms = follower.terms();
        this.positions = positions;
    }

    Mailbox mailbox() {
        return mailbox;
    }

    @Override
    protected @Nullable WalSegmentPayload poll() {
        bringUpToDate();
        for (ServedLog log = turns.poll(); log != null && !closed(); log = turns.poll()) {
            log.queued = false;
            WalSegmentPayload segment = log.next(publication.durable(log.id()));
            tell(log);
            if (segment != null) {
                ready(log);
                return segment;
            }
        }
        return null;
    }

    @Override
    protected boolean finished() {
        bringUpToDate();
        if (publication.isClosed()) {
            return true;
        }
        if (!publication.ends()) {
            return false;
        }
        for (ServedLog log : logs.values()) {
            if (!log.finished(publication.durable(log.id()))) {
                return false;
            }
        }
        Optional<LogTrouble> trouble =
                logs.values().stream().flatMap(log -> log.trouble().stream()).findFirst();
        if (trouble.isPresent()) {
            throw new IllegalStateException(publication + ": " + trouble.get().cause());
        }
        return true;
    }

    @Override
    protected void close() {
        running.dispose();
        follower.ended(this);
    }

    private void bringUpToDate() {
        if (!begun) {
            begun = true;
            begin();
        }
        for (Iterator<LogId> ids = advanced.iterator(); ids.hasNext(); ) {
            LogId id = ids.next();
            ids.remove();
            ready(logs.computeIfAbsent(id, this::open));
        }
        mailbox.take().forEach((id, mail) -> {
            // It may not have been wanted when it was seen first.
            ServedLog log = terms.wanted().test(id) ? logs.computeIfAbsent(id, this::open) : logs.get(id);
            if (log != null) {
                log.take(mail);
                tell(log);
                ready(log);
            }
        });
        if (retry) {
            retry = false;
            logs.values().forEach(log -> {
                log.retry();
                tell(log);
                ready(log);
            });
        }
    }

    /** The news first, so that nothing falls between what is there and what comes. */
    private void begin() {
        start.putAll(positions.read());
        running.add(publication.advances().subscribe(this::advanced, error -> LOG.warn("{}", publication, error)));
        try {
            for (LogId log : publication.logs()) {
                if (terms.wanted().test(log)) {
                    ready(logs.computeIfAbsent(log, this::open));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(publication + " cannot be listed: " + e.getMessage(), e);
        }
    }

    private void advanced(LogId log) {
        if (terms.wanted().test(log) && advanced.add(log)) {
            wake();
        }
    }

    private ServedLog open(LogId log) {
        return new ServedLog(publication.stored(log), start.getOrDefault(log, 0L), terms);
    }

    private void ready(ServedLog log) {
        if (!log.queued) {
            log.queued = true;
            turns.add(log);
        }
    }

    /** Passes on whether a log is in trouble, where that has changed. */
    private void tell(ServedLog log) {
        Optional<LogTrouble> trouble = log.trouble();
        if (!follower.tell(log.id(), trouble) || trouble.isEmpty()) {
            return;
        }
        LOG.warn("log {} is not sent on: {}", log.id(), trouble.get().cause());
        if (trouble.get().state() != LogState.PRUNED) {
            running.add(Schedulers.parallel()
                    .schedule(
                            () -> {
                                retry = true;
                                wake();
                            },
                            RETRY_MILLIS,
                            TimeUnit.MILLISECONDS));
        }
    }
}
