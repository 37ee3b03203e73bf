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
import io.walreceiver.outcome.SegmentOutcome.Refused;
import io.walreceiver.replay.Examined.Failed;
import io.walreceiver.replay.Examined.Faulty;
import io.walreceiver.replay.Examined.GiveUpHeld;
import io.walreceiver.replay.Examined.Intact;
import io.walreceiver.replay.Examined.Known;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The one writer of a log: takes examined segments in the order they came, holds what lies behind a gap, and applies to the
 * ledger what follows without a hole. Every position of the log is derived from what was applied; there is no second cursor.
 *
 * <p>Used by one thread at a time (the stage before it sees to that); only {@link #close} may come from any.
 */
public final class LogWriter {

    private static final Logger LOG = LoggerFactory.getLogger(LogWriter.class);

    private final LogProgress progress;
    private final SignalLedger ledger;
    private final Room room;
    private final LongConsumer acknowledge;
    private final ReplayRules rules;
    private final HeldSegments held = new HeldSegments();
    private final Troubles troubles = new Troubles();
    private final WriterGate gate = new WriterGate();
    private @Nullable OpenPart part;

    /**
     * @param progress where the writer publishes what it did
     * @param ledger what it applies to
     * @param room where it gives back the bytes of segments it is done with
     * @param acknowledge told, on the writer's thread, through where the sender may forget
     * @param rules its bounds
     */
    public LogWriter(
            LogProgress progress, SignalLedger ledger, Room room, LongConsumer acknowledge, ReplayRules rules) {
        this.progress = progress;
        this.ledger = ledger;
        this.room = room;
        this.acknowledge = acknowledge;
        this.rules = rules;
    }

    /**
     * Opens the part, if it is not, and takes over its position. Called ahead of the first segment where the position must be
     * known before a transport is asked.
     *
     * @return false if the part cannot be opened: the log says so in its state
     */
    public boolean open() {
        if (part != null) {
            return true;
        }
        try {
            OpenPart opened = OpenPart.open(ledger, progress.log());
            progress.restart(opened.startsAfter());
            part = opened;
            troubles.opened();
            acknowledge(opened.startsAfter()); // a sender that was asked before the part could be opened does not know
            return true;
        } catch (Throwable failure) { // whatever a user's ledger throws: its log stops, not the receiver
            Exceptions.throwIfJvmFatal(failure);
            LOG.error("log {}: its part of the ledger cannot be opened", progress.log(), failure);
            troubles.failed("its part of the ledger cannot be opened: " + failure);
            publishTrouble();
            return false;
        }
    }

    /** Decides on one segment. Work starts at the call; outcomes of what was held before may follow its own. */
    public Publisher<SegmentOutcome> accept(Examined examined) {
        if (!gate.enter()) {
            return Mono.empty();
        }
        try {
            if (examined instanceof Intact intact) {
                return intact(intact);
            }
            if (examined instanceof Known known) {
                return Mono.just(duplicate(known.segment()));
            }
            if (examined instanceof Faulty faulty) {
                return Mono.just(refused(faulty));
            }
            if (examined instanceof Failed failed) {
                return Mono.just(stageFailed(failed));
            }
            return examined instanceof GiveUpHeld ? Flux.fromIterable(giveUpHeld()) : Mono.empty();
        } finally {
            publishTrouble();
            leave();
        }
    }

    /** What is still held when the stream has ended. */
    public Publisher<SegmentOutcome> remains() {
        if (held.isEmpty() || !gate.enter()) {
            return Mono.empty();
        }
        try {
            String missing = "events " + (progress.received() + 1) + ".." + (held.firstSeq() - 1) + " never came";
            List<SegmentOutcome> abandoned = new ArrayList<>(held.count());
            for (Intact next = held.takeFirst(); next != null; next = held.takeFirst()) {
                room.releaseHeld(next.segment().sizeBytes());
                abandoned.add(new Abandoned(next.segment().id(), missing));
            }
            progress.held(0, 0);
            return Flux.fromIterable(abandoned);
        } finally {
            leave();
        }
    }

    /** Closes the part, now or as soon as the writer is done with the segment it is applying. Idempotent; from any thread. */
    public void close() {
        if (gate.close()) {
            shut();
        }
    }

    private Publisher<SegmentOutcome> intact(Intact intact) {
        SegmentView segment = intact.segment();
        if (!open()) {
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
            return hold(intact);
        }
        Publisher<SegmentOutcome> outcome = apply(intact, room::release);
        // Not by recursion: a held run can be tens of thousands of segments long.
        return held.isEmpty()
                ? outcome
                : Flux.concat(outcome, Mono.defer(this::nextHeld).repeat(() -> held.continues(progress.received())));
    }

    private Mono<SegmentOutcome> nextHeld() {
        if (!gate.enter()) {
            return Mono.empty();
        }
        try {
            open(); // first: a part that is opened again may stand elsewhere than the failed one said
            Intact next = held.continues(progress.received()) ? held.takeFirst() : null;
            progress.held(held.count(), held.bytes());
            if (next == null) {
                return Mono.empty();
            }
            if (next.segment().lastSeq() <= progress.received()) {
                room.releaseHeld(next.segment().sizeBytes());
                return Mono.just(new Duplicate(next.segment().id()));
            }
            return apply(next, room::releaseHeld);
        } finally {
            publishTrouble();
            leave();
        }
    }

    private Mono<SegmentOutcome> apply(Intact intact, IntConsumer release) {
        SegmentView segment = intact.segment();
        OpenPart open = part;
        return open == null ? Mono.just(letGo(segment, release)) : apply(open, intact, release);
    }

    private Mono<SegmentOutcome> apply(OpenPart open, Intact intact, IntConsumer release) {
        SegmentView segment = intact.segment();
        if (!rules.ledgerHasRoom(progress.log(), troubles)) {
            return Mono.just(letGo(segment, release));
        }
        long before = progress.received();
        progress.received(segment.lastSeq());
        try {
            long skipped = open.apply(intact, before + 1, rules.events());
            Mono<Void> commit = open.commit(segment.lastSeq());
            if (commit == Mono.<Void>empty()) { // the usual part commits as it applies: no operators a segment then
                return Mono.just(applied(open, segment, before, skipped, release));
            }
            return commit.then(later(() -> applied(open, segment, before, skipped, release)))
                    .onErrorResume(failure -> later(() -> partFailed(segment, release, failure)));
        } catch (Throwable failure) { // an assertion of a user's part, say: its log stops, not the receiver
            Exceptions.throwIfJvmFatal(failure);
            return Mono.just(partFailed(segment, release, failure));
        }
    }

    /** Decides after a wait, unless the log was closed meanwhile. The thread that ended the wait is not ours to work on. */
    private Mono<SegmentOutcome> later(Supplier<SegmentOutcome> decision) {
        return Mono.fromSupplier(() -> {
                    if (!gate.enter()) {
                        return null;
                    }
                    try {
                        return decision.get();
                    } finally {
                        leave();
                    }
                })
                .subscribeOn(rules.worker());
    }

    private SegmentOutcome applied(OpenPart open, SegmentView segment, long before, long skipped, IntConsumer release) {
        long through = segment.lastSeq();
        long durable = open.durableThrough(through);
        progress.applied(through);
        troubles.applied(through);
        publishTrouble();
        acknowledge(durable);
        release.accept(segment.sizeBytes());
        return new Applied(segment.id(), segment.eventCount(), through - before, skipped, through);
    }

    private void acknowledge(long durable) {
        if (durable > 0) {
            progress.acknowledged(durable);
            acknowledge.accept(durable);
        }
    }

    private SegmentOutcome duplicate(WalSegmentPayload segment) {
        room.release(segment.bytes().length);
        acknowledge(progress.acknowledged()); // the sender seems not to know
        return new Duplicate(segment.id());
    }

    private Publisher<SegmentOutcome> hold(Intact intact) {
        SegmentView segment = intact.segment();
        if (held.covers(segment)) {
            room.release(segment.sizeBytes());
            return Mono.just(new Duplicate(segment.id()));
        }
        if (rules.asksAgain().getAsBoolean() && held.bytes() + segment.sizeBytes() > rules.maxHeldBytes()) {
            room.release(segment.sizeBytes());
            room.letGo(segment.firstSeq());
            return Mono.just(new Deferred(
                    segment.id(),
                    "behind a gap from event " + (progress.received() + 1) + ", and the " + held.bytes()
                            + " bytes held leave no room for " + segment.sizeBytes() + " more within "
                            + rules.maxHeldBytes()));
        }
        SegmentView shorter = held.add(intact);
        progress.held(held.count(), held.bytes());
        publishTrouble(); // before anybody looks whether there is one
        room.keep(segment.sizeBytes());
        room.missing();
        if (shorter == null) {
            return Mono.empty();
        }
        room.releaseHeld(shorter.sizeBytes());
        return Mono.just(new Duplicate(shorter.id()));
    }

    private List<SegmentOutcome> giveUpHeld() {
        String reason = "held behind a gap while other logs needed the room";
        List<SegmentOutcome> deferred = new ArrayList<>(held.count());
        boolean letGo = rules.asksAgain().getAsBoolean();
        if (letGo && !held.isEmpty()) {
            room.letGo(held.firstSeq());
        }
        for (Intact next = held.takeFirst(); next != null; next = held.takeFirst()) {
            room.releaseHeld(next.segment().sizeBytes());
            deferred.add(
                    letGo
                            ? new Deferred(next.segment().id(), reason)
                            : new Abandoned(next.segment().id(), reason));
        }
        progress.held(0, 0);
        room.gaveUpHeld();
        return deferred;
    }

    private SegmentOutcome refused(Faulty faulty) {
        troubles.refused(faulty.segment(), faulty.fault(), progress.received());
        boolean ran = progress.trouble().isEmpty();
        publishTrouble();
        if (ran && progress.trouble().isPresent()) { // once: a bad sender must not fill the disk with lines
            LOG.warn("log {} waits: {}", progress.log(), faulty.fault().describe());
        }
        room.release(faulty.segment().bytes().length);
        room.missing();
        return new Refused(faulty.segment().id(), faulty.fault());
    }

    private SegmentOutcome stageFailed(Failed failed) {
        LOG.error("log {}: examining {} failed", progress.log(), failed.segment(), failed.cause());
        troubles.failed("examining " + failed.segment() + " failed: " + failed.cause());
        room.release(failed.segment().bytes().length);
        return letGoAfterFailure(failed.segment().id(), progress.received() + 1);
    }

    private SegmentOutcome partFailed(SegmentView segment, IntConsumer release, Throwable failure) {
        long position = restartPosition();
        LOG.error(
                "log {}: applying {} failed; its part of the ledger restarts from position {}",
                progress.log(),
                segment,
                position,
                failure);
        troubles.failed("applying " + segment + " failed: " + failure);
        closePart();
        progress.restart(position);
        acknowledge(position); // a commit may have failed after it wrote
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

    /** Where the part will stand when it is opened again, as far as it can still tell. */
    private long restartPosition() {
        try {
            return part == null ? 0 : part.position();
        } catch (Throwable e) {
            Exceptions.throwIfJvmFatal(e);
            LOG.debug("log {}: the failed part does not tell its position", progress.log(), e);
            return 0;
        }
    }

    private SegmentOutcome letGo(SegmentView segment, IntConsumer release) {
        release.accept(segment.sizeBytes());
        return letGoAfterFailure(segment.id(), segment.firstSeq());
    }

    private void publishTrouble() {
        progress.trouble(troubles.now(progress.log(), progress.received(), held));
    }

    private void leave() {
        if (gate.leave()) {
            shut();
        }
    }

    private void shut() {
        closePart();
        held.clear(); // whoever keeps the receiver for its status does not keep segments with it
    }

    private void closePart() {
        OpenPart open = part;
        part = null;
        if (open != null) {
            open.close();
        }
    }
}
