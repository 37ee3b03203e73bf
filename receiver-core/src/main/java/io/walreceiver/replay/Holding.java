package io.walreceiver.replay;

import io.walreceiver.format.SegmentView;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.log.LogProgress;
import io.walreceiver.log.Room;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.outcome.SegmentOutcome.Abandoned;
import io.walreceiver.outcome.SegmentOutcome.Deferred;
import io.walreceiver.outcome.SegmentOutcome.Duplicate;
import io.walreceiver.replay.Examined.Intact;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a log does with segments behind a gap: holds them as far as there is room. Belongs to the log's writer. */
final class Holding {

    private final LogProgress progress;
    private final Room room;
    private final ReplayRules rules;
    private final HeldSegments held = new HeldSegments();
    /** Of what was given up between two segments; to be emitted in their place among the log's. */
    private final List<SegmentOutcome> due = new ArrayList<>();

    Holding(LogProgress progress, Room room, ReplayRules rules) {
        this.progress = progress;
        this.room = room;
        this.rules = rules;
    }

    HeldSegments segments() {
        return held;
    }

    /** Holds a segment. An outcome that is due now is its own, or that of one which it makes superfluous. */
    Optional<SegmentOutcome> hold(Intact intact, Runnable publishTrouble) {
        SegmentView segment = intact.segment();
        if (held.covers(segment)) {
            room.release(segment.sizeBytes());
            return Optional.of(new Duplicate(segment.id()));
        }
        if (rules.asksAgain().getAsBoolean() && held.bytes() + segment.sizeBytes() > rules.maxHeldBytes()) {
            room.release(segment.sizeBytes());
            room.letGo(segment.firstSeq());
            return Optional.of(new Deferred(
                    segment.id(),
                    "behind a gap from event " + (progress.received() + 1) + ", and the " + held.bytes()
                            + " bytes held leave no room for " + segment.sizeBytes() + " more within "
                            + rules.maxHeldBytes()));
        }
        SegmentView shorter = held.add(intact);
        publish();
        publishTrouble.run(); // before anybody looks whether there is one
        room.keep(segment.sizeBytes());
        room.missing();
        if (shorter == null) {
            return Optional.empty();
        }
        room.releaseHeld(shorter.sizeBytes());
        return Optional.of(new Duplicate(shorter.id()));
    }

    /** Takes the first segment out if it follows what was received. */
    @Nullable
    Intact takeNext() {
        Intact next = held.continues(progress.received()) ? held.takeFirst() : null;
        publish();
        return next;
    }

    /** Lets go of everything, for other logs that need the room. */
    List<SegmentOutcome> giveUp() {
        String reason = "held behind a gap while other logs needed the room";
        boolean letGo = rules.asksAgain().getAsBoolean();
        if (letGo && !held.isEmpty()) {
            room.letGo(held.firstSeq());
        }
        List<SegmentOutcome> outcomes =
                releaseAll(segment -> letGo ? new Deferred(segment.id(), reason) : new Abandoned(segment.id(), reason));
        room.gaveUpHeld();
        return outcomes;
    }

    /** Lets go of what a former leader sent; not asked for again, as the new one sends what follows. */
    void giveUpFormer() {
        if (!held.isEmpty()) {
            due.addAll(releaseAll(segment -> former(segment.id())));
            room.heldMayFollow();
        }
    }

    /** What becomes of a segment that a former leader sent. */
    SegmentOutcome former(WalSegmentId id) {
        String reason = "its leader is not followed any more, and it had not been applied";
        return rules.asksAgain().getAsBoolean() ? new Deferred(id, reason) : new Abandoned(id, reason);
    }

    /** Outcomes that have not been emitted yet. */
    List<SegmentOutcome> takeDue() {
        List<SegmentOutcome> taken = List.copyOf(due);
        due.clear();
        return taken;
    }

    /** Nothing more comes: the gap will not close. */
    List<SegmentOutcome> abandon() {
        if (!held.isEmpty()) {
            String missing = "events " + (progress.received() + 1) + ".." + (held.firstSeq() - 1) + " never came";
            due.addAll(releaseAll(segment -> new Abandoned(segment.id(), missing)));
        }
        return takeDue();
    }

    private List<SegmentOutcome> releaseAll(Function<SegmentView, SegmentOutcome> outcome) {
        List<SegmentOutcome> outcomes = new ArrayList<>(held.count());
        for (Intact next = held.takeFirst(); next != null; next = held.takeFirst()) {
            room.releaseHeld(next.segment().sizeBytes());
            outcomes.add(outcome.apply(next.segment()));
        }
        publish();
        return outcomes;
    }

    private void publish() {
        progress.held(held.count(), held.bytes());
    }
}
