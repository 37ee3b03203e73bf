package io.walreceiver.replay;

import io.walreceiver.log.LogProgress;
import io.walreceiver.log.LogTrouble;
import io.walreceiver.log.Room;
import io.walreceiver.storage.LogStore;
import io.walreceiver.storage.records.Skip;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.util.retry.RetryBackoffSpec;

/** Takes a log over events that its source or an operator gave up, between two segments, to where a recovery would take it. */
final class PassOver {

    private static final Logger LOG = LoggerFactory.getLogger(PassOver.class);

    private final LogProgress progress;
    private final LogStore store;
    private final LogPart part;
    private final Troubles troubles;
    private final HeldSegments held;
    private final Room room;
    private final TurnWork work;
    private final ReplayRules rules;
    private final Runnable publishTrouble;

    /** A segment is applied and waits for its part to commit it. */
    private static final class CommitUnderWayException extends IllegalStateException {

        private static final long serialVersionUID = 1;

        CommitUnderWayException(String message) {
            super(message);
        }
    }

    PassOver(
            LogProgress progress,
            LogStore store,
            LogPart part,
            Troubles troubles,
            HeldSegments held,
            Room room,
            TurnWork work,
            ReplayRules rules,
            Runnable publishTrouble) {
        this.progress = progress;
        this.store = store;
        this.part = part;
        this.troubles = troubles;
        this.held = held;
        this.room = room;
        this.work = work;
        this.rules = rules;
        this.publishTrouble = publishTrouble;
    }

    /** See {@link LogWriter#passOver}. */
    Mono<Void> passOver(Skip skip) {
        return work.errand(() -> asTheSourceSays(skip)).retryWhen(oncePartHasCommitted());
    }

    /** See {@link LogWriter#giveUp}. */
    Mono<Skip> giveUp(long through, String reason, Instant at) {
        return work.task(() -> asAnOperatorSays(through, reason, at)).retryWhen(oncePartHasCommitted());
    }

    private RetryBackoffSpec oncePartHasCommitted() {
        return reactor.util.retry.Retry.fixedDelay(Long.MAX_VALUE, rules.minRetryDelay())
                .filter(CommitUnderWayException.class::isInstance)
                .scheduler(rules.timer());
    }

    /** In turn. The record begins where the log stands, as that of an operator does. */
    private void asTheSourceSays(Skip skip) throws IOException {
        boolean open = part.open(); // first: it says where the log stands
        long received = progress.received();
        if (open && skip.through() <= received) {
            return;
        }
        OpenPart current = opened(skip);
        if (skip.from() - 1 > received) {
            throw new IllegalStateException(what(skip) + "expected them to follow event " + received
                    + ", the last that it holds: send what lies in between first");
        }
        goOn(current, new Skip(received + 1, skip.through(), skip.at(), skip.reason()), "their source");
    }

    /** In turn. What is on record is answered again: the answer may have been lost. */
    private Skip asAnOperatorSays(long through, String reason, Instant at) throws IOException {
        boolean open = part.open();
        long received = progress.received();
        Optional<Skip> before =
                store.skips().stream().filter(skip -> skip.through() == through).findFirst();
        if (open && through <= received) {
            return before.orElseThrow(() -> new IllegalArgumentException("log " + progress.log()
                    + " holds its events through " + received + ": expected a position beyond it, found " + through));
        }
        Skip skip = before.filter(one -> one.from() == received + 1)
                .orElseGet(() -> new Skip(Math.min(received + 1, through), through, at, reason));
        OpenPart current = opened(skip);
        if (!held.isEmpty() && held.firstSeq() <= through) {
            throw new IllegalArgumentException("log " + progress.log() + " holds verified events from "
                    + held.firstSeq() + " on, which go on by themselves: expected at most " + (held.firstSeq() - 1)
                    + ", found " + through);
        }
        goOn(current, skip, "an operator");
        return skip;
    }

    private OpenPart opened(Skip skip) {
        OpenPart current = part.current();
        if (current == null || troubles.dead()) {
            throw new IllegalStateException(
                    what(skip) + progress.trouble().map(LogTrouble::cause).orElse("it is not open"));
        }
        return current;
    }

    /** The record first, durably. */
    private void goOn(OpenPart current, Skip skip, String who) throws IOException {
        if (current.keepsItsOwnPosition()) {
            throw new UnsupportedOperationException(what(skip)
                    + "its part of the ledger keeps its own position: move that behind event " + skip.through());
        }
        if (progress.applied() < progress.received()) {
            throw new CommitUnderWayException(what(skip) + "event " + progress.received() + " is being committed");
        }
        write(skip);
        progress.passedOver(skip.through());
        if (store.isVolatile()) {
            progress.durable(skip.through());
            part.acknowledge(skip.through());
        }
        troubles.applied(skip.through());
        publishTrouble.run();
        LOG.warn(
                "log {}: events {}..{} are passed over, as {} gave them up: {}",
                progress.log(),
                skip.from(),
                skip.through(),
                who,
                skip);
        if (held.continues(skip.through())) {
            room.heldMayFollow();
        }
    }

    private void write(Skip skip) throws IOException {
        try {
            store.skip(skip);
        } catch (IOException | RuntimeException e) {
            part.storeFailed(e); // if it has
            throw e;
        }
    }

    private String what(Skip skip) {
        return "log " + progress.log() + " cannot pass over events " + skip.from() + ".." + skip.through() + ": ";
    }
}
