package io.walreceiver.replay;

import io.walreceiver.format.SegmentView;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.ledger.SignalLedger;
import io.walreceiver.log.LogProgress;
import io.walreceiver.log.Room;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.outcome.SegmentOutcome.Abandoned;
import io.walreceiver.outcome.SegmentOutcome.Applied;
import io.walreceiver.outcome.SegmentOutcome.Deferred;
import io.walreceiver.outcome.SegmentOutcome.Duplicate;
import io.walreceiver.replay.Examined.Failed;
import io.walreceiver.replay.Examined.Faulty;
import io.walreceiver.replay.Examined.GiveUpHeld;
import io.walreceiver.replay.Examined.HeldMayFollow;
import io.walreceiver.replay.Examined.Intact;
import io.walreceiver.replay.Examined.Known;
import io.walreceiver.storage.LogStore;
import io.walreceiver.storage.quarantine.KeptSegment;
import io.walreceiver.storage.records.Epoch;
import io.walreceiver.storage.records.Skip;
import java.io.IOException;
import java.time.Instant;
import java.util.function.IntConsumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * The one writer of a log: takes examined segments in the order they came, holds what lies behind a gap, and applies to the
 * ledger what follows without a hole. Every position of the log is derived from what was applied; there is no second cursor.
 *
 * <p>Used by one thread at a time (the stage before it sees to that); only {@link #close} may come from any. A cancel of what it returns may come too late.
 */
public final class LogWriter {

    private static final Logger LOG = LoggerFactory.getLogger(LogWriter.class);

    private final LogProgress progress;
    private final LogStore store;
    private final Room room;
    private final ReplayRules rules;
    private final Turn turn = new Turn();
    private final Troubles troubles = new Troubles();
    private final Holding holding;
    private final Refusing refusing;
    private final LogPart part;
    private final TurnWork work;
    private final PassOver passOver;
    private final Reign reign;
    private final Checkpointer checkpointer;

    /**
     * @param progress where the writer publishes what it did
     * @param ledger what it applies to
     * @param store where it writes before it applies
     * @param room where it gives back the bytes of segments it is done with
     * @param acknowledge told through where the sender may forget, on the writer's thread or one of the store's
     * @param rules its bounds
     */
    public LogWriter(
            LogProgress progress,
            SignalLedger ledger,
            LogStore store,
            Room room,
            LongConsumer acknowledge,
            ReplayRules rules) {
        this.progress = progress;
        this.store = store;
        this.room = room;
        this.rules = rules;
        this.holding = new Holding(progress, room, rules);
        this.refusing = new Refusing(progress, store, room, troubles, this::publishTrouble);
        Acknowledgements acknowledgements = new Acknowledgements(progress, acknowledge);
        this.part = new LogPart(
                progress, ledger, store, room, acknowledgements, rules, turn, troubles, this::publishTrouble);
        this.work = new TurnWork(progress, store, part, turn, rules);
        this.passOver = new PassOver(
                progress, store, part, troubles, holding.segments(), room, work, rules, this::publishTrouble);
        this.reign = new Reign(progress, store, part, holding, room, troubles, this::publishTrouble);
        this.checkpointer = new Checkpointer(progress, store, turn, rules.disk(), part);
    }

    /**
     * Opens the part, if it is not, and takes over its position. Called ahead of the first segment where the position must be known
     * before a transport is asked; on a thread that may block, if the store is not volatile.
     */
    public void open() {
        turn.take(() -> {
            try {
                part.open();
            } finally {
                turn.give();
            }
        });
    }

    /** Says that the log is about to be opened, and waits for that. */
    public void recovering() {
        part.recovering();
    }

    /**
     * Decides on the segment that was {@link Room#delivered} as number {@code arrival}. Work starts at the call; outcomes of what was held
     * before may follow its own.
     */
    public Publisher<SegmentOutcome> accept(Examined examined, long arrival) {
        return work.inTurn(() -> published(() -> decide(examined, arrival)));
    }

    /** What is still held when the stream has ended. */
    public Publisher<SegmentOutcome> remains() {
        return Flux.concat(
                Flux.defer(this::heldIfItFollows),
                Flux.defer(() -> work.inTurn(() -> Flux.fromIterable(holding.abandon()))));
    }

    /** Completes when everything that was written is durable, or it is known that it is not; emits nothing. */
    public Publisher<SegmentOutcome> settle() {
        return store.sync()
                .then(Mono.<SegmentOutcome>empty())
                .onErrorResume(cause -> Mono.from(work.inTurn(() -> {
                    part.storeFailed(cause);
                    return Mono.empty();
                })));
    }

    /** Makes a checkpoint if there is reason to. Any thread. */
    public void maintain() {
        if (store.checkpointDue() && !part.isClosed() && !checkpointer.isRunning()) {
            checkpoint();
        }
    }

    /**
     * Makes a checkpoint of where the log stands.
     *
     * @return starts at once, or after one that is under way, whether subscribed to or not; completes when the checkpoint is valid,
     *     or at once if the part cannot be checkpointed; fails if none could be made
     */
    public Mono<Void> checkpoint() {
        return checkpointer.checkpoint();
    }

    /** Completes if nothing hinders the log from going on under another schema; fails, saying what does. */
    public Mono<Void> adoptable() {
        return part.adoptable();
    }

    /**
     * Passes over events that the source gave up, and puts that on record.
     *
     * @param skip lies below the position, or follows it
     * @return when subscribed to, begins; completes when the log stands behind it, durably, or holds the events. Fails if the skip does not
     *     follow, or cannot be put on record: the log waits as before
     */
    public Mono<Void> passOver(Skip skip) {
        return passOver.passOver(skip);
    }

    /** Passes over the events through a position in front of what is held, as an operator says; emits what is on record. */
    public Mono<Skip> giveUp(long through, String reason, Instant at) {
        return passOver.giveUp(through, reason, at);
    }

    /** Drops a refused segment that is kept aside; emits it when it is gone, and nothing if none of the name is kept. */
    public Mono<KeptSegment> dropKeptAside(String name) {
        return work.task(() -> store.dropKeptAside(name)).flatMap(Mono::justOrEmpty);
    }

    /**
     * Puts a leader's epoch on record. With a new one, what the former leader sent and was not received in order is given up.
     *
     * @return when subscribed to, begins; completes when it is durable. Fails if it is lower than the one on record, or cannot be put there, and
     *     with a {@link io.walreceiver.log.DivergedException} if it is new and began below what was received
     */
    public Mono<Void> adopt(Epoch epoch) {
        return work.errand(() -> reign.adopt(epoch));
    }

    /** Where the log is replayed. */
    public Scheduler worker() {
        return rules.worker();
    }

    /** What is stored of the log. */
    public LogStore store() {
        return store;
    }

    /** Whether everything that was written of the log is durable. After {@link #whenClosed}. */
    public boolean isClean() {
        return !store.failed() && progress.durable() >= progress.written();
    }

    /** Closes part and store, now or as soon as the writer is done with the segment it is applying. Idempotent; from any thread. */
    public void close() {
        part.close(
                holding.segments()::clear); // whoever keeps the receiver for its status does not keep segments with it
    }

    /** Completes when part and store are closed. */
    public Mono<Void> whenClosed() {
        return part.whenClosed();
    }

    private Publisher<SegmentOutcome> published(Supplier<Publisher<SegmentOutcome>> work) {
        try {
            return work.get();
        } finally {
            publishTrouble();
        }
    }

    private Publisher<SegmentOutcome> decide(Examined examined, long arrival) {
        if (examined instanceof Intact intact) {
            return reign.isFormer(arrival)
                    ? former(intact.segment().id(), intact.segment().sizeBytes())
                    : intact(intact);
        }
        if (examined instanceof Known known) {
            return Mono.just(duplicate(known.segment()));
        }
        if (examined instanceof Faulty faulty) {
            WalSegmentPayload segment = faulty.segment();
            return reign.isFormer(arrival)
                    ? former(segment.id(), segment.bytes().length)
                    : Mono.just(refusing.refuse(faulty));
        }
        if (examined instanceof Failed failed) {
            return Mono.just(stageFailed(failed));
        }
        if (examined instanceof HeldMayFollow) {
            return Flux.concat(Flux.fromIterable(holding.takeDue()), heldIfItFollows());
        }
        return examined instanceof GiveUpHeld ? Flux.fromIterable(holding.giveUp()) : Mono.empty();
    }

    private Publisher<SegmentOutcome> former(WalSegmentId segment, int bytes) {
        room.release(bytes);
        return Mono.just(holding.former(segment));
    }

    private Publisher<SegmentOutcome> intact(Intact intact) {
        SegmentView segment = intact.segment();
        if (!part.open()) {
            return Mono.just(letGo(segment, room::release));
        }
        if (segment.lastSeq() <= progress.received()) {
            room.release(segment.sizeBytes());
            return Mono.just(new Duplicate(segment.id()));
        }
        if (troubles.dead()) {
            room.release(segment.sizeBytes());
            return Mono.just(new Abandoned(segment.id(), "the log failed, and nothing can be sent again"));
        }
        if (segment.firstSeq() - 1 > progress.received()) {
            return Mono.justOrEmpty(holding.hold(intact, this::publishTrouble));
        }
        Publisher<SegmentOutcome> outcome = apply(intact, room::release);
        return holding.segments().isEmpty() ? outcome : Flux.concat(outcome, heldThatFollows());
    }

    private Publisher<SegmentOutcome> heldIfItFollows() {
        return holding.segments().continues(progress.received()) ? heldThatFollows() : Mono.empty();
    }

    /** Not by recursion: a held run can be tens of thousands of segments long. */
    private Flux<SegmentOutcome> heldThatFollows() {
        return Flux.defer(() -> work.inTurn(() -> published(this::nextHeld)))
                .repeat(() -> holding.segments().continues(progress.received()));
    }

    private Publisher<SegmentOutcome> nextHeld() {
        part.open(); // first: a part that is opened again may stand elsewhere than the failed one said
        Intact next = holding.takeNext();
        if (next == null) {
            return Mono.empty();
        }
        if (next.segment().lastSeq() <= progress.received()) {
            room.releaseHeld(next.segment().sizeBytes());
            return Mono.just(new Duplicate(next.segment().id()));
        }
        return apply(next, room::releaseHeld);
    }

    private Mono<SegmentOutcome> apply(Intact intact, IntConsumer release) {
        SegmentView segment = intact.segment();
        OpenPart open = part.current();
        if (open == null || !rules.ledgerHasRoom(progress.log(), troubles)) {
            return Mono.just(letGo(segment, release));
        }
        long before = progress.received();
        try {
            open.append(segment, before + 1);
        } catch (IOException | RuntimeException failure) {
            return Mono.just(notWritten(segment, release, failure));
        }
        progress.received(segment.lastSeq());
        progress.written(segment.lastSeq());
        try {
            long skipped = open.apply(segment, intact.allValid(), before + 1, rules.events());
            Mono<Void> commit = open.commit(segment.lastSeq());
            if (commit == Mono.<Void>empty()) { // the usual part commits as it applies: no operators a segment then
                return Mono.just(applied(open, segment, before, skipped, release));
            }
            return commit.then(work.later(() -> committed(open, segment, before, skipped, release)))
                    .onErrorResume(failure -> work.later(() -> partFailed(segment, release, failure)));
        } catch (Throwable failure) { // out of memory, too: nobody may go on with a part that holds half a segment
            return Mono.just(partFailed(segment, release, failure));
        }
    }

    /** The store may have failed while the part committed: then what was applied is gone, with the part. */
    private SegmentOutcome committed(
            OpenPart open, SegmentView segment, long before, long skipped, IntConsumer release) {
        return part.current() == open ? applied(open, segment, before, skipped, release) : letGo(segment, release);
    }

    private SegmentOutcome applied(OpenPart open, SegmentView segment, long before, long skipped, IntConsumer release) {
        long through = segment.lastSeq();
        progress.applied(through, segment.batch(segment.batchCount() - 1).batchTimestampNanos());
        troubles.applied(through);
        publishTrouble();
        if (open.isDurableOnceApplied()) {
            long durable = open.durableThrough(through);
            progress.durable(durable);
            part.acknowledge(durable);
        }
        release.accept(segment.sizeBytes());
        return new Applied(segment.id(), segment.eventCount(), through - before, skipped, through);
    }

    /** Nothing of the segment counts: it has to come again. */
    private SegmentOutcome notWritten(SegmentView segment, IntConsumer release, Exception failure) {
        boolean news = progress.trouble().isEmpty();
        troubles.storeFailed(progress.log(), failure);
        publishTrouble();
        if (news) { // once: what does not work now will be tried again and again
            LOG.error("log {}: {} could not be written", progress.log(), segment, failure);
        }
        if (store.failed()) {
            turn.takeOn(rules.disk(), () -> part.storeFailed(failure));
        }
        return letGo(segment, release);
    }

    private SegmentOutcome duplicate(WalSegmentPayload segment) {
        room.release(segment.bytes().length);
        part.acknowledge(progress.acknowledged()); // the sender seems not to know
        return new Duplicate(segment.id());
    }

    private SegmentOutcome stageFailed(Failed failed) {
        LOG.error("log {}: examining {} failed", progress.log(), failed.segment(), failed.cause());
        troubles.failed("examining " + failed.segment() + " failed: " + failed.cause());
        room.release(failed.segment().bytes().length);
        return letGoAfterFailure(failed.segment().id(), progress.received() + 1);
    }

    private SegmentOutcome partFailed(SegmentView segment, IntConsumer release, Throwable failure) {
        long position = part.restart(); // first: it makes room, should that be what was missing
        troubles.failed("applying " + segment + " failed: " + failure, segment.lastSeq());
        LOG.error(
                "log {}: applying {} failed; its part of the ledger restarts from position {}",
                progress.log(),
                segment,
                position,
                failure);
        publishTrouble();
        release.accept(segment.sizeBytes());
        return letGoAfterFailure(segment.id(), position + 1);
    }

    private SegmentOutcome letGoAfterFailure(WalSegmentId id, long from) {
        if (!rules.asksAgain().getAsBoolean()) {
            troubles.die();
            publishTrouble();
            return new Abandoned(id, "the log failed, and nothing can be sent again");
        }
        room.letGo(from);
        return new Deferred(id, "the log failed and goes on from event " + from);
    }

    private SegmentOutcome letGo(SegmentView segment, IntConsumer release) {
        release.accept(segment.sizeBytes());
        return letGoAfterFailure(segment.id(), segment.firstSeq());
    }

    private void publishTrouble() {
        progress.trouble(troubles.now(progress.log(), progress.received(), holding.segments()));
    }
}
