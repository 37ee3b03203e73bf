package io.walreceiver;

import static java.util.function.Function.identity;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.decode.EventRules;
import io.walreceiver.format.LogId;
import io.walreceiver.ledger.SignalLedger;
import io.walreceiver.log.LogProgress;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.replay.LogWriter;
import io.walreceiver.replay.RecoveryProgress;
import io.walreceiver.replay.ReplayRules;
import io.walreceiver.route.LogInbox;
import io.walreceiver.route.LogInboxes;
import io.walreceiver.route.RouteLimits;
import io.walreceiver.route.Sender;
import io.walreceiver.schema.InvalidEventPolicy;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.StoredSchema;
import io.walreceiver.storage.Storage;
import io.walreceiver.transport.LeaderEpoch;
import io.walreceiver.transport.Transport;
import io.walreceiver.verify.SegmentVerifier;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The flow of segments, from the transport to the ledger. One run of a receiver.
 *
 * <pre>
 * transport --> grouped by log --> dedupe --> verify --> decode --> append --> replay --> ledger part   (one such row per log)
 *               LogInboxes          \______ in parallel ______/     LogWriter: in order, alone
 * </pre>
 */
final class Pipeline {

    private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);

    private final long startedNanos = System.nanoTime();
    private final Transport transport;
    private final SignalLedger ledger;
    private final ReceiverOptions options;
    private final Workers workers;
    private final Examination examination;
    private final EventRules rules;
    private final Sender sender;
    private final LogInboxes inboxes;
    private final SourceNews news;
    private final Stores stores;
    private final ConcurrentMap<LogId, LogWriter> writers = new ConcurrentHashMap<>();

    Pipeline(
            Transport transport,
            SignalLedger ledger,
            SignalSchema schema,
            Storage storage,
            ReceiverOptions options,
            Function<LogId, LogProgress> progress) {
        this.transport = transport;
        this.ledger = ledger;
        this.options = options;
        this.workers = new Workers(options, !storage.isVolatile());
        this.rules = new EventRules(schema, options.maxEventLead());
        this.examination = new Examination(
                new SegmentVerifier(BatchHasher.fastest()), rules, options.invalidEvents() == InvalidEventPolicy.HOLD);
        this.sender = new Sender(transport);
        this.inboxes = new LogInboxes(limits(options), sender, workers.timer(), progress, this::log);
        this.news = new SourceNews(transport, inboxes);
        this.stores =
                new Stores(storage, new StoredSchema(schema, options.invalidEvents(), options.maxEventLead()), workers);
    }

    /**
     * Segments of all logs become outcomes, once what is stored has been recovered; ends early when {@code stopRequested} does.
     *
     * @param recovered called when the transport is about to be asked
     */
    Flux<SegmentOutcome> outcomes(Publisher<?> stopRequested, Runnable recovered) {
        if (stores.areVolatile()) {
            stores.open();
            ledger.logs().forEach(log -> writer(inboxes.inbox(log)).open()); // they say where to start
            recovered.run();
            return received(stopRequested);
        }
        Mono<Void> recovery = Mono.fromRunnable(stores::open)
                .subscribeOn(workers.disk())
                .then(Mono.defer(() -> recover(storedLogs())))
                .then(Mono.defer(() -> stores.adopt(writers.values())))
                .doOnSuccess(done -> {
                    stores.maintain(writers);
                    recovered.run();
                });
        return recovery.thenReturn(true)
                .takeUntilOther(stopRequested) // then the transport is not asked: positions are not known yet
                .flatMapMany(done -> received(stopRequested))
                .concatWith(Mono.defer(() -> this.<SegmentOutcome>closed()))
                .onErrorResume(failure -> closed().then(Mono.error(failure)));
    }

    private Mono<Void> recover(Collection<LogId> logs) {
        long started = System.nanoTime();
        return Flux.fromIterable(logs)
                .map(log -> writer(inboxes.inbox(log)))
                .doOnNext(LogWriter::recovering)
                .flatMap(writer -> Mono.fromRunnable(writer::open).subscribeOn(workers.disk()), Integer.MAX_VALUE)
                .then()
                .doOnSuccess(done -> LOG.info(
                        "recovered {} logs from {} bytes of {} in {} ms",
                        logs.size(),
                        stores.recovery().done(),
                        stores,
                        (System.nanoTime() - started) / 1_000_000));
    }

    private Collection<LogId> storedLogs() {
        return Stream.concat(stores.logs().stream(), ledger.logs().stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private Flux<SegmentOutcome> received(Publisher<?> stopRequested) {
        return Flux.using(news::listen, listening -> segments(stopRequested), Disposable::dispose);
    }

    private Flux<SegmentOutcome> segments(Publisher<?> stopRequested) {
        return transport
                .segments(new FollowerPositions(this))
                .takeUntilOther(stopRequested) // a stop is an early end of the source; also makes a rude source serial
                .doOnNext(inboxes::arrived)
                .doOnTerminate(inboxes::sourceEnded)
                .concatMapDelayError(inboxes::route, 1) // grouped by log: opens a log's flux once, then fills its inbox
                .doOnTerminate(inboxes::complete) // what has arrived is still replayed
                .flatMapDelayError(identity(), Integer.MAX_VALUE, 1) // every log at once; demand is honoured
                .doOnNext(sender::decided)
                .transform(inboxes::countDemand);
    }

    /** One log: examined in parallel, back in order, one writer. */
    private Flux<SegmentOutcome> log(LogInbox inbox) {
        LogWriter writer = writer(inbox);
        return inbox.arrivals()
                .flatMapSequential(
                        group -> Mono.fromCallable(() -> examination.of(group, inbox.progress()))
                                .subscribeOn(writer.worker()),
                        options.parallelism(),
                        1)
                .concatMapIterable(identity(), 1)
                .concatMap(found -> writer.accept(found.examined(), found.arrival()), 1)
                .concatWith(Flux.defer(writer::remains))
                .concatWith(Flux.defer(writer::settle));
    }

    Collection<LogInbox> logs() {
        return inboxes.all();
    }

    LogInboxes inboxes() {
        return inboxes;
    }

    /** Makes a checkpoint of every log that has something to keep. */
    Mono<Void> checkpoint() {
        return Flux.fromIterable(writers.values())
                .flatMapDelayError(LogWriter::checkpoint, workers.diskThreads(), 1)
                .then();
    }

    /** How far the recovery has come. */
    RecoveryStatus recovery() {
        RecoveryProgress progress = stores.recovery();
        return new RecoveryStatus(
                progress.done(), progress.expected(), Duration.ofNanos(System.nanoTime() - startedNanos));
    }

    /** Logs of which something has arrived that has no outcome yet. */
    List<LogId> notDrained() {
        return logs().stream()
                .filter(inbox -> inbox.inFlightBytes() > 0)
                .map(inbox -> inbox.progress().log())
                .sorted()
                .toList();
    }

    /** The writer of a log that has been seen. */
    Optional<LogWriter> writer(LogId log) {
        return Optional.ofNullable(writers.get(log));
    }

    /** The epoch that a log has followed, as it is on record. */
    Optional<LeaderEpoch> epoch(LogId log) {
        return writer(log)
                .flatMap(writer -> writer.store().epoch())
                .map(epoch -> new LeaderEpoch(epoch.number(), epoch.start()));
    }

    /**
     * Nothing is taken in or asked for any more; parts and stores are closed as soon as their writers are done.
     *
     * @return completes when they are; starts at once, whether subscribed to or not
     */
    Mono<Void> close() {
        inboxes.close();
        return stores.close(writers);
    }

    private <T> Mono<T> closed() {
        return close().then(Mono.empty());
    }

    /** The writer of a log, made if there is none. */
    LogWriter writer(LogInbox inbox) {
        LogId log = inbox.progress().log();
        LogWriter writer = writers.computeIfAbsent(log, id -> newWriter(id, inbox));
        if (stores.areClosing()) { // which may have missed it: nobody must write to a directory that was given up
            writer.close();
        }
        return writer;
    }

    private LogWriter newWriter(LogId log, LogInbox inbox) {
        MarkedScheduler worker = workers.replay();
        return new LogWriter(
                inbox.progress(),
                ledger,
                stores.log(log),
                inbox,
                through -> sender.acknowledge(log, through),
                new ReplayRules(
                        maxHeldBytes(options),
                        inboxes::asksAgain,
                        this::ledgerFull,
                        worker,
                        worker::runsCaller,
                        workers.disk(),
                        workers.timer(),
                        options.minResendDelay(),
                        options.maxResendDelay(),
                        Stores.filter(rules),
                        stores::storedEvents,
                        stores.recovery()));
    }

    private boolean ledgerFull() {
        return ledger.allocatedBytes() >= options.maxLedgerBytes();
    }

    private static RouteLimits limits(ReceiverOptions options) {
        return new RouteLimits(
                options.maxInFlightBytes(),
                Math.max(2 * maxHeldBytes(options), options.maxSegmentBytes()),
                options.maxSegmentBytes(),
                options.maxLogs(),
                options.patience(),
                options.minResendDelay(),
                options.maxResendDelay());
    }

    /** Little enough for what fills the gap to get in beside it. */
    private static long maxHeldBytes(ReceiverOptions options) {
        return Math.min(options.maxHeldBytesPerLog(), options.maxInFlightBytes() / 4);
    }
}
