package io.walreceiver;

import io.walreceiver.decode.EventRules;
import io.walreceiver.format.EventBatch;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentView;
import io.walreceiver.replay.EventFilter;
import io.walreceiver.replay.LogWriter;
import io.walreceiver.replay.RecoveryProgress;
import io.walreceiver.schema.SchemaDiff;
import io.walreceiver.schema.StoredSchema;
import io.walreceiver.storage.LogStore;
import io.walreceiver.storage.OpenStorage;
import io.walreceiver.storage.Storage;
import io.walreceiver.storage.StorageException;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** The storage of one run of a receiver: opened, kept in order, closed. */
final class Stores {

    private static final Logger LOG = LoggerFactory.getLogger(Stores.class);
    private static final long MAINTENANCE_MILLIS = 1_000;
    /** What was acknowledged is written down every so many times: it costs two fsyncs, and only helps to tell rot from a torn tail. */
    private static final int REMEMBER_EVERY = 5;

    private final Storage storage;
    private final StoredSchema wanted;
    private final Workers workers;
    private final RecoveryProgress recovery = new RecoveryProgress();
    private final AtomicReference<@Nullable Mono<Void>> closing = new AtomicReference<>();
    private final Sinks.Empty<Void> openingEnded = Sinks.empty();
    private boolean opening;
    private volatile @Nullable OpenStorage open;
    private volatile EventFilter storedEvents;
    private final AtomicBoolean maintaining = new AtomicBoolean();
    private final AtomicInteger rounds = new AtomicInteger();
    private volatile Disposable maintenance = Disposables.disposed();

    Stores(Storage storage, StoredSchema wanted, Workers workers) {
        this.storage = storage;
        this.wanted = wanted;
        this.workers = workers;
        this.storedEvents = filter(wanted);
    }

    boolean areVolatile() {
        return storage.isVolatile();
    }

    /** Opens the storage, unless it is to be closed already; blocks, if it is not volatile. */
    void open() {
        synchronized (closing) {
            if (closing.get() != null) {
                return;
            }
            opening = true;
        }
        try {
            OpenStorage opened = storage.open(wanted, workers::runOnDisk, workers.timer());
            open = opened;
            storedEvents = filter(opened.stored());
        } finally {
            openingEnded.tryEmitEmpty();
        }
    }

    Set<LogId> logs() {
        return opened().logs();
    }

    /** Whether it is being closed, or is closed: then no writer may be opened any more. */
    boolean areClosing() {
        return closing.get() != null;
    }

    LogStore log(LogId log) {
        return opened().log(log);
    }

    /** Which events of what is recovered are to be applied. */
    EventFilter storedEvents() {
        return storedEvents;
    }

    RecoveryProgress recovery() {
        return recovery;
    }

    /**
     * Makes the schema of this run the stored one, if it is another: every log gets two checkpoints first, as what lies before them
     * was applied under the old one, and one of them may rot.
     */
    Mono<Void> adopt(Collection<LogWriter> writers) {
        if (SchemaDiff.between(opened().stored(), wanted).same()) {
            return Mono.empty();
        }
        return Flux.fromIterable(writers)
                .concatMap(writer ->
                        writer.adoptable().then(Mono.defer(writer::checkpoint)).then(Mono.defer(writer::checkpoint)))
                .then(Mono.fromRunnable(() -> {
                            try {
                                opened().adopt(wanted);
                            } catch (IOException e) {
                                throw new StorageException(
                                        StorageException.Reason.IO,
                                        "the schema could not be stored: " + e + "; the old one still counts",
                                        e);
                            }
                            storedEvents = filter(wanted);
                        })
                        .subscribeOn(workers.disk()))
                .then();
    }

    /** Sees to checkpoints and to what is remembered of acknowledgements, from now on and now and then. */
    void maintain(Map<LogId, LogWriter> writers) {
        maintenance = workers.timer()
                .schedulePeriodically(
                        () -> {
                            if (maintaining.compareAndSet(false, true)) { // a disk that hangs must not gather rounds
                                workers.runOnDisk(() -> maintainOnce(writers.values()));
                            }
                        },
                        MAINTENANCE_MILLIS,
                        MAINTENANCE_MILLIS,
                        TimeUnit.MILLISECONDS);
    }

    private void maintainOnce(Collection<LogWriter> writers) {
        try {
            if (closing.get() == null) {
                writers.forEach(LogWriter::maintain);
                if (rounds.incrementAndGet() % REMEMBER_EVERY == 0) {
                    opened().remember();
                }
            }
        } finally {
            maintaining.set(false);
        }
    }

    /**
     * Closes the writers, then the storage, then the threads.
     *
     * @return completes when all that is done; starts at once, whether subscribed to or not
     */
    Mono<Void> close(Map<LogId, LogWriter> writers) {
        Mono<Void> close;
        synchronized (closing) {
            Mono<Void> before = closing.get();
            if (before != null) {
                return before;
            }
            // Who stops while it is being opened must not leave it open.
            Mono<Void> opened = opening ? openingEnded.asMono() : Mono.empty();
            close = opened.then(Mono.defer(() -> closeNow(List.copyOf(writers.values()))))
                    .cache();
            closing.set(close);
        }
        close.subscribe();
        return close;
    }

    private Mono<Void> closeNow(Collection<LogWriter> writers) {
        maintenance.dispose();
        writers.forEach(LogWriter::close);
        OpenStorage opened = open;
        if (storage.isVolatile() || opened == null) {
            workers.close();
            return Mono.empty();
        }
        return Flux.fromIterable(writers)
                .flatMap(LogWriter::whenClosed, Integer.MAX_VALUE)
                .then(Mono.<Void>fromRunnable(
                                () -> opened.close(writers.stream().allMatch(LogWriter::isClean)))
                        .subscribeOn(workers.disk()))
                .onErrorResume(failure -> {
                    LOG.warn("the storage could not be closed in order; nothing durable is affected", failure);
                    return Mono.empty();
                })
                .doOnTerminate(workers::close);
    }

    @Override
    public String toString() {
        return storage.toString();
    }

    private OpenStorage opened() {
        OpenStorage opened = open;
        if (opened == null) {
            throw new IllegalStateException("the storage is not open");
        }
        return opened;
    }

    private static EventFilter filter(StoredSchema stored) {
        return filter(new EventRules(stored.schema(), stored.maxEventLead()));
    }

    static EventFilter filter(EventRules rules) {
        return new EventFilter() {
            @Override
            public boolean allValid(SegmentView segment) {
                return rules.firstInvalid(segment).isEmpty();
            }

            @Override
            public boolean valid(EventBatch batch, int i) {
                return rules.valid(batch, i);
            }
        };
    }
}
