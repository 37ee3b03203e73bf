package io.walreceiver;

import io.walreceiver.ReceiverStatus.Phase;
import io.walreceiver.format.LogId;
import io.walreceiver.ledger.SignalLedger;
import io.walreceiver.log.LogProgress;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.replay.LogWriter;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.storage.Storage;
import io.walreceiver.storage.quarantine.KeptSegment;
import io.walreceiver.storage.records.Skip;
import io.walreceiver.transport.LeaderEpoch;
import io.walreceiver.transport.Transport;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Follows a leader's logs: takes segments from a transport, verifies them and replays them in order, each event once, into a
 * ledger.
 *
 * <p>For each log: what is missing or refused is waited for and asked for again, never stepped over, and holds up no other log.
 * What is acknowledged is durable, as far as the {@link Storage} is: after a crash the ledger is rebuilt from it to the same bits, and the
 * transport asked for what follows. A ledger that keeps its own positions needs no storage (see {@link
 * io.walreceiver.ledger.SelfDurablePart}).
 *
 * <p>All methods may be called from any thread.
 */
public final class SegmentReceiver {

    private static final int MAX_REASON = 1_000;
    private static final Duration LONGEST_CLOSING = Duration.ofSeconds(5);

    private final Transport transport;
    private final SignalLedger ledger;
    private final SignalSchema schema;
    private final Storage storage;
    private final ReceiverOptions options;

    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.NEW);
    private final AtomicBoolean over = new AtomicBoolean();
    private final ConcurrentMap<LogId, LogProgress> logs = new ConcurrentHashMap<>();
    private final OutcomeCounter outcomes = new OutcomeCounter();
    private final Sinks.Empty<Void> stopRequested = Sinks.empty();
    private final Sinks.Empty<Void> deadlinePassed = Sinks.empty();
    private final Sinks.One<StopReport> ended = Sinks.one();
    private final StatusReader reader;
    private final StatusChanges changes = new StatusChanges(this::status);
    private final DurableAdvances advances = new DurableAdvances();
    private volatile @Nullable Pipeline pipeline;
    private volatile boolean recovered;

    private SegmentReceiver(
            Transport transport, SignalLedger ledger, SignalSchema schema, Storage storage, ReceiverOptions options) {
        this.transport = transport;
        this.ledger = ledger;
        this.schema = schema;
        this.storage = storage;
        this.options = options;
        this.reader = new StatusReader(transport);
    }

    /**
     * A receiver. Nothing starts before {@link #receive} is subscribed to.
     *
     * @param transport where segments come from
     * @param ledger what they are replayed into
     * @param schema the signal types that events may have
     * @param storage where positions and events are kept, so that a crash loses nothing that was acknowledged
     * @param options bounds and policies
     */
    public static SegmentReceiver create(
            Transport transport, SignalLedger ledger, SignalSchema schema, Storage storage, ReceiverOptions options) {
        return new SegmentReceiver(transport, ledger, schema, storage, options);
    }

    /** A receiver with all options at their defaults. */
    public static SegmentReceiver create(
            Transport transport, SignalLedger ledger, SignalSchema schema, Storage storage) {
        return create(transport, ledger, schema, storage, ReceiverOptions.defaults());
    }

    /** A receiver that keeps nothing: {@link Storage#inMemory()}. */
    public static SegmentReceiver create(
            Transport transport, SignalLedger ledger, SignalSchema schema, ReceiverOptions options) {
        return create(transport, ledger, schema, Storage.inMemory(), options);
    }

    /** A receiver that keeps nothing, with all options at their defaults. */
    public static SegmentReceiver create(Transport transport, SignalLedger ledger, SignalSchema schema) {
        return create(transport, ledger, schema, ReceiverOptions.defaults());
    }

    /**
     * Receives. Can be subscribed to once.
     *
     * <ul>
     *   <li>Emits one outcome for each delivered segment, in order per log; logs interleave.
     *   <li>Demand: segments are taken from the transport ahead of it within {@code maxInFlightBytes}; without demand all of
     *       that stands still, and with it the sender.
     *   <li>Completes when the transport has (or {@link #stop} was called) and everything that had arrived got its outcome.
     *       Nothing is emitted after that, and the receiver's threads end; the storage is closed before, however long its disk takes
     *       (only {@link #stop}'s deadline cuts that short), so that it can be opened again at once. Gaps and refusals are in {@link #status} then.
     *   <li>Fails with the transport's error, after what had arrived before it got its outcome. A second subscription fails with
     *       {@link ReceiverEndedException}. A fault of a segment or a failure of a ledger part is never an error of this flux.
     *   <li>Cancel is a stop without patience: nothing more is applied, but for what a worker is in the middle of; that segment
     *       is applied in full and acknowledged, or not at all. What was not acknowledged will be sent again to the next
     *       receiver. Segments are plain heap bytes, so nothing can leak.
     *   <li>Threads: outcomes are emitted by replay threads, the storage's, the timer's thread or the transport's. They must not
     *       block: a consumer that does holds up the logs, and their fsyncs.
     * </ul>
     */
    public Flux<SegmentOutcome> receive() {
        return Flux.defer(this::start);
    }

    /**
     * Stops: no more segments are taken, what has arrived is replayed, then {@link #receive} completes. When the deadline passes
     * first, the rest is dropped (unacknowledged, so it will be sent again) and {@link #receive} completes at once; the storage is
     * closed for 5 s at the longest before the report is given, as a disk may hang.
     *
     * <p>Draining needs demand for the outcomes. At most one segment that the transport is handing over at this very moment goes
     * without an outcome; it is not acknowledged.
     *
     * @param deadline how long draining may take; zero drops everything at once
     * @return when subscribed to, stops; emits the report once everything has ended. Subscribing again, or after the end, gives
     *     the same report, and a shorter deadline counts. Never fails. Cancelling it does not take the stop back.
     */
    public Mono<StopReport> stop(Duration deadline) {
        return Mono.defer(() -> {
            if (phase.compareAndSet(Phase.NEW, Phase.STOPPED)) {
                end();
            } else if (phase.compareAndSet(Phase.RECOVERING, Phase.STOPPING)
                    || phase.compareAndSet(Phase.RUNNING, Phase.STOPPING)) {
                changes.changed();
            }
            stopRequested.tryEmitEmpty();
            if (deadline.isZero() || deadline.isNegative()) {
                deadlinePassed.tryEmitEmpty();
            } else if (phase.get() != Phase.STOPPED) {
                long nanos = measurable(deadline).toNanos();
                clock().schedule(deadlinePassed::tryEmitEmpty, nanos, TimeUnit.NANOSECONDS);
            }
            return ended.asMono();
        });
    }

    /**
     * Waits for a log to reach a position, for a read that must see it.
     *
     * @param log may be one that has not been seen yet
     * @param position 0 or more
     * @param timeout how long to wait
     * @return completes when everything through {@code position} is in the ledger; fails with {@link PositionNotReachedException}
     *     after the timeout, or {@link ReceiverEndedException} if the receiver ends before. Completes on a thread of the timer's
     *     scheduler, or at once on the caller's. Cancelling costs nothing.
     */
    public Mono<Void> awaitApplied(LogId log, long position, Duration timeout) {
        return Mono.defer(() -> {
            if (!logs.containsKey(log) && logs.size() >= options.maxLogs()) {
                return Mono.error(notReached(log, position, 0, timeout));
            }
            LogProgress progress = progress(log);
            if (progress.applied() >= position) {
                return Mono.empty();
            }
            if (phase.get() == Phase.STOPPED) { // whoever comes after the end's round is told here
                progress.end(hasEnded());
            }
            return progress.awaitApplied(position)
                    .publishOn(clock())
                    .timeout(measurable(timeout), clock())
                    .onErrorMap(TimeoutException.class, e -> notReached(log, position, progress.applied(), timeout));
        });
    }

    /**
     * Makes a checkpoint of every log, now: the next start will not replay what came before. While the receiver runs; with a storage
     * that is volatile there is nothing to do.
     *
     * @return when subscribed to, starts; completes when all are valid; fails with the first failure, after the others were tried.
     *     Logs go on meanwhile. Cancelling starts no others; what has begun is finished.
     */
    public Mono<Void> checkpoint() {
        return whileRunning("a checkpoint", Pipeline::checkpoint);
    }

    /**
     * Gives up the events that a log waits for, when nobody has them any more: an operator's decision. The log goes on behind them, and
     * with it what it holds there; whatever comes of them later is a duplicate. While the receiver runs; a log at rest is a matter of
     * {@link io.walreceiver.storage.LockedData#skip}.
     *
     * @param log one that has been seen
     * @param through the last event that is given up, beyond {@link LogStatus#received} and in front of what is held; the first is the
     *     one that the log waits for
     * @param reason why, for whoever reads it later: 1..1,000 characters, not blank
     * @return when subscribed to, puts it on record for ever (as long as the receiver lives, if the storage is volatile), then moves the
     *     log; emits what is on record, now or before: a call that failed, or whose end was not seen, may be made again. Fails with {@link
     *     IllegalArgumentException} if there is no such skip to be made: nothing has changed then; with {@link ReceiverEndedException}
     *     if the receiver does not run; with {@link UnsupportedOperationException} if the log's part keeps its own position; with another
     *     exception if the log has failed, or the record could not be made durable. Waits for the log's turn, and for a commit that is
     *     under way; a cancel before that may leave it undone. Signals on a thread of the storage's, which must not be blocked.
     */
    public Mono<Skip> skip(LogId log, long through, String reason) {
        if (reason.isBlank() || reason.length() > MAX_REASON) {
            return Mono.error(new IllegalArgumentException("skip in log " + log + ": expected a reason of 1 to "
                    + MAX_REASON + " characters, found " + (reason.isBlank() ? "none" : reason.length())));
        }
        if (through < 1) {
            return Mono.error(new IllegalArgumentException(
                    "skip in log " + log + ": expected a position of 1 or more, found " + through));
        }
        return whileRunning("a skip", running -> writer(running, log).giveUp(through, reason, Instant.now()));
    }

    /**
     * Drops a refused segment that is kept aside, whatever its log waits for. While the receiver runs; the quarantine of a log at rest is
     * a matter of {@link io.walreceiver.storage.LockedData#drop(LogId, KeptSegment)}.
     *
     * @param log one that has been seen
     * @param name of {@link KeptSegment#name}
     * @return when subscribed to, drops it; emits what was dropped, durably, and nothing if none of that name is kept. Fails with {@link
     *     IllegalArgumentException} if the log has not been seen, {@link ReceiverEndedException} if the receiver does not run, another
     *     exception if the disk does. A cancel may come too late to keep it. Signals on a thread of the storage's, which must not be blocked.
     */
    public Mono<KeptSegment> dropKeptAside(LogId log, String name) {
        return whileRunning(
                "dropping what is kept aside", running -> writer(running, log).dropKeptAside(name));
    }

    /** How everything stands now. Takes no lock and stops nothing; costs time by the number of logs. */
    public ReceiverStatus status() {
        Pipeline running = pipeline;
        return running == null
                ? new ReceiverStatus(phase.get(), List.of(), Optional.empty(), 0, 0, false, false)
                : reader.read(phase.get(), running);
    }

    /**
     * Whether what is stored was read back: reads of the ledger see only a part of it before. It stays so, also after the end; it never
     * comes to be so if the receiver ends before. Takes no lock.
     */
    public boolean recovered() {
        return recovered;
    }

    /**
     * The status, now and whenever the phase or a log's state or cause has changed, or the transport says that it may have.
     *
     * @return emits the status as it is when it is emitted, conflated: a slow subscriber misses steps, never the last. Completes
     *     after the receiver has ended. Any number of subscribers; cancel at will. Emits on the thread that made the change,
     *     which must not be blocked.
     */
    public Flux<ReceiverStatus> statusChanges() {
        return changes.flux();
    }

    /** How many segments have ended how so far: each is counted as its outcome is emitted. */
    public OutcomeCounts outcomes() {
        return outcomes.counts();
    }

    /** Whether whoever consumes the outcomes wants one that has not come yet. While nobody does, everything stands still, and should. */
    public boolean outcomeWanted() {
        Pipeline running = pipeline;
        return running != null && running.inboxes().outcomeWanted();
    }

    /**
     * Logs whose durable position has moved: a reason to look what there is to be passed on.
     *
     * @return hot: emits a log whenever its durable position has moved since the log was last emitted, also when it went back. Conflated
     *     per subscriber: without demand a log waits once, however often it moves, so as many logs wait as there are. Completes
     *     after the receiver has ended, whatever waits; at once, if it has. Any number of subscribers; cancel at will. Emits on the
     *     thread that moved it, or the one that requests; neither may be blocked.
     */
    public Flux<LogId> durableAdvances() {
        return advances.flux();
    }

    /**
     * The logs that have been seen so far, and those that somebody waits or has waited for. Takes no lock.
     *
     * @return a view, in no order; it may change while it is gone through
     */
    public Set<LogId> logs() {
        return Collections.unmodifiableSet(logs.keySet());
    }

    /** Last event of a log that is durable, 0 for none; empty if the log has not been seen. Takes no lock. */
    public OptionalLong durable(LogId log) {
        LogProgress progress = logs.get(log);
        return progress == null ? OptionalLong.empty() : OptionalLong.of(progress.durable());
    }

    /** Last event of a log that the ledger holds, 0 for none; empty if the log has not been seen. Takes no lock. */
    public OptionalLong applied(LogId log) {
        LogProgress progress = logs.get(log);
        return progress == null ? OptionalLong.empty() : OptionalLong.of(progress.applied());
    }

    /**
     * The highest leader's epoch that a log has followed, as it is on record: what followers of this one are told. Takes no lock.
     *
     * @return empty if there was none, or the log has not been seen
     */
    public Optional<LeaderEpoch> epoch(LogId log) {
        Pipeline running = pipeline;
        return running == null ? Optional.empty() : running.epoch(log);
    }

    private <T> Mono<T> whileRunning(String what, Function<Pipeline, Mono<T>> work) {
        return Mono.defer(() -> {
            Pipeline running = pipeline;
            return running == null || phase.get() != Phase.RUNNING
                    ? Mono.error(new ReceiverEndedException(what + " needs a receiver that runs: it is "
                            + phase.get().toString().toLowerCase(Locale.ROOT)))
                    : work.apply(running);
        });
    }

    private static LogWriter writer(Pipeline running, LogId log) {
        return running.writer(log)
                .orElseThrow(() -> new IllegalArgumentException(
                        "log " + log + " is not known: nothing of it has come or is stored"));
    }

    private Flux<SegmentOutcome> start() {
        if (!phase.compareAndSet(Phase.NEW, Phase.RECOVERING)) {
            return phase.get() == Phase.STOPPED && pipeline == null
                    ? Flux.empty()
                    : Flux.error(new ReceiverEndedException(
                            "receive() was subscribed to before; create a new receiver to start again"));
        }
        return Flux.defer(this::run) // what throws here ends the receiver too
                .doOnNext(outcomes::count)
                .doOnTerminate(this::end) // before the end is told: whoever hears of it finds everything closed
                .doFinally(signal -> end()) // a cancel has reached the parts' commits before the parts are closed
                .takeUntilOther(deadlinePassed.asMono())
                .onTerminateDetach(); // a receiver that is kept for its status must not keep its subscriber
    }

    private Flux<SegmentOutcome> run() {
        Pipeline started = new Pipeline(transport, ledger, schema, storage, options, this::progress);
        pipeline = started;
        return started.outcomes(stopRequested.asMono(), () -> {
            recovered = true;
            phase.compareAndSet(Phase.RECOVERING, Phase.RUNNING);
            changes.changed();
        });
    }

    private void end() {
        if (!over.compareAndSet(false, true)) {
            return;
        }
        phase.set(Phase.STOPPED);
        Pipeline running = pipeline;
        List<LogId> notDrained = running == null ? List.of() : running.notDrained();
        Mono<Void> closed = running == null ? Mono.empty() : running.close();
        logs.values().forEach(log -> log.end(hasEnded()));
        Runnable tell = () -> {
            ended.tryEmitValue(new StopReport(outcomes.counts(), notDrained, status()));
            changes.complete();
            advances.complete();
        };
        if (storage.isVolatile()) {
            tell.run();
        } else { // a disk that hangs must not keep a stop from ending
            closed.timeout(LONGEST_CLOSING, Schedulers.parallel())
                    .doFinally(signal -> tell.run())
                    .subscribe(done -> {}, failure -> {});
        }
    }

    private LogProgress progress(LogId log) {
        return logs.computeIfAbsent(log, id -> new LogProgress(id, changes::changed, () -> advances.moved(id)));
    }

    private PositionNotReachedException notReached(LogId log, long position, long applied, Duration waited) {
        String why = status().log(log)
                .map(status -> status.cause().orElse("the log is " + status.state()))
                .orElse("nothing of the log has come");
        return new PositionNotReachedException(log, position, applied, waited, why);
    }

    private static ReceiverEndedException hasEnded() {
        return new ReceiverEndedException("the receiver has ended");
    }

    /** As long as it takes is not more nanoseconds than there are. */
    private static Duration measurable(Duration wait) {
        return wait.compareTo(ReceiverOptions.LONGEST_WAIT) < 0 ? wait : ReceiverOptions.LONGEST_WAIT;
    }

    /** For waits that are not the pipeline's own, and may outlast it. */
    private Scheduler clock() {
        return options.timer().orElseGet(Schedulers::parallel);
    }
}
