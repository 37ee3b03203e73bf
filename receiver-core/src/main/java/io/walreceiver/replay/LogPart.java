package io.walreceiver.replay;

import io.walreceiver.ledger.SignalLedger;
import io.walreceiver.ledger.SnapshottingPart;
import io.walreceiver.log.LogProgress;
import io.walreceiver.log.LogState;
import io.walreceiver.log.LogTrouble;
import io.walreceiver.log.Room;
import io.walreceiver.storage.LogStore;
import io.walreceiver.storage.Recovered;
import java.io.IOException;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * A log's part of the ledger and its store, through their failures: what fails is closed, and opened again from what is durable.
 * Used in the log's turn, but for what says otherwise.
 */
final class LogPart {

    private static final Logger LOG = LoggerFactory.getLogger(LogPart.class);

    private final LogProgress progress;
    private final SignalLedger ledger;
    private final LogStore store;
    private final Room room;
    private final LongConsumer acknowledgements;
    private final ReplayRules rules;
    private final Turn turn;
    private final Troubles troubles;
    private final Runnable publishTrouble;
    private final Retry reopen;
    private final Sinks.Empty<Void> shut = Sinks.empty();
    private Runnable beforeClose = () -> {};
    private boolean waitsToOpen;
    private volatile @Nullable OpenPart current;
    private volatile boolean closed;

    LogPart(
            LogProgress progress,
            SignalLedger ledger,
            LogStore store,
            Room room,
            LongConsumer acknowledgements,
            ReplayRules rules,
            Turn turn,
            Troubles troubles,
            Runnable publishTrouble) {
        this.progress = progress;
        this.ledger = ledger;
        this.store = store;
        this.room = room;
        this.acknowledgements = acknowledgements;
        this.rules = rules;
        this.turn = turn;
        this.troubles = troubles;
        this.publishTrouble = publishTrouble;
        this.reopen = new Retry(rules, () -> turn.takeOn(rules.disk(), this::openAgain));
        store.listener(new LogStore.Listener() {
            @Override
            public void durable(long through) {
                progress.durable(through);
                acknowledge(through);
            }

            @Override
            public void failed(Throwable cause) {
                turn.takeOn(rules.disk(), () -> storeFailed(cause));
            }
        });
    }

    /** The part, if it is open. Any thread. */
    @Nullable
    OpenPart current() {
        return current;
    }

    /** The part, if it is open and checkpoints can be made of it. */
    Optional<SnapshottingPart> snapshotting() {
        OpenPart open = current;
        return open == null ? Optional.empty() : open.snapshotting();
    }

    /** See {@link LogWriter#adoptable}. */
    Mono<Void> adoptable() {
        return Mono.defer(() -> {
            OpenPart open = current;
            if (open == null) {
                return Mono.error(new IllegalStateException("log " + progress.log() + " could not be recovered: "
                        + progress.trouble().map(LogTrouble::cause).orElse("it is not open")));
            }
            return snapshotting().isPresent() || open.isDurableOnceApplied()
                    ? Mono.empty()
                    : Mono.error(new IllegalStateException("log " + progress.log()
                            + ": its part of the ledger cannot be checkpointed, so the schema must stay as it is"));
        });
    }

    /** Called before the part that is open is closed. */
    void beforeClose(Runnable action) {
        beforeClose = action;
    }

    /** Tells the sender. Any thread. */
    void acknowledge(long durable) {
        acknowledgements.accept(durable);
    }

    /** Opens the part if it is not; false if it cannot be: the log says so in its state. */
    boolean open() {
        if (current != null) {
            return true;
        }
        if (closed || (waitsToOpen && rules.asksAgain().getAsBoolean())) {
            return false;
        }
        try {
            recovering();
            OpenPart opened = OpenPart.open(
                    ledger, progress.log(), store, rules.storedEvents().get(), rules.recovery(), () -> closed);
            takeOver(opened);
            return true;
        } catch (RecoveryCancelledException e) {
            return false;
        } catch (Throwable failure) {
            if (closed) { // a wait that was cut short: nothing is wrong with the part
                return false;
            }
            // Whatever a ledger throws, out of memory too: its log stops, not the receiver.
            LOG.error("log {}: its part of the ledger cannot be opened", progress.log(), failure);
            cannotOpen(failure);
            return false;
        } finally {
            publishTrouble.run();
        }
    }

    /** Says that the log waits for what is stored of it, or reads it. */
    void recovering() {
        if (!store.isVolatile()) {
            progress.trouble(new LogTrouble(
                    LogState.RECOVERING, "log " + progress.log() + ": it is read back from its storage"));
        }
    }

    private void takeOver(OpenPart opened) {
        Recovered recovered = opened.recovered();
        progress.restart(recovered.position(), opened.recoveredBatchNanos());
        current = opened;
        reopen.succeeded();
        troubles.opened(recovered.position());
        recovered.findings().forEach(finding -> LOG.warn("{}", finding.text()));
        if (recovered.rotten()) {
            troubles.rotten(progress.log(), recovered);
            room.missing();
        }
        acknowledge(recovered.position()); // a sender that was asked before the part could be opened does not know
    }

    private void cannotOpen(Throwable failure) {
        if (failure instanceof IOException) {
            troubles.storeFailed(progress.log(), failure);
        } else {
            troubles.failed("its part of the ledger cannot be opened: " + failure);
        }
        if (!store.isVolatile()) {
            waitsToOpen = true; // not once more for each segment that comes: it may take reading all of the log
            openLater();
        }
    }

    /** It may hold all that the sender has, and then no segment would come that it is opened for. */
    private void openLater() {
        reopen.failed();
    }

    private void openAgain() {
        reopen.begins();
        waitsToOpen = false;
        open();
    }

    /** The part failed: closes it. Returns where it will stand when it is opened again, as far as it can still tell. */
    long restart() {
        long position = position();
        closeCurrent();
        progress.restart(position, 0);
        acknowledge(position); // a commit may have failed after it wrote
        if (position > 0) {
            openLater();
        }
        return position;
    }

    private long position() {
        OpenPart failed = current;
        try {
            return failed == null ? 0 : failed.position();
        } catch (Throwable e) {
            Exceptions.throwIfJvmFatal(e);
            LOG.debug("log {}: the failed part does not tell its position", progress.log(), e);
            return 0;
        }
    }

    /** What was written beyond what is durable does not count any more, nor does what was made of it. */
    void storeFailed(Throwable cause) {
        if (closed || !store.failed()) {
            return;
        }
        long received = progress.received();
        LOG.error(
                "log {}: its storage failed; from event {} it goes back to {}, what is durable, and on from there",
                progress.log(),
                received,
                store.durable(),
                cause);
        troubles.storeFailed(progress.log(), cause);
        closeCurrent();
        progress.restart(store.durable(), 0);
        publishTrouble.run();
        open();
        if (progress.received() < received) {
            if (rules.asksAgain().getAsBoolean()) {
                room.letGo(progress.received() + 1);
            } else {
                troubles.die();
            }
        }
        publishTrouble.run();
    }

    /** Closes part and store in their turn. Idempotent; any thread. */
    void close(Runnable afterwards) {
        if (closed) {
            return;
        }
        closed = true;
        Runnable shutDown = () -> {
            try {
                closeCurrent();
                store.close();
                afterwards.run();
            } catch (Throwable e) { // whatever it is: others wait for the end
                Exceptions.throwIfJvmFatal(e);
                LOG.warn("log {}: it could not be closed in order; nothing durable is affected", progress.log(), e);
            } finally {
                shut.tryEmitEmpty();
            }
        };
        if (store.isVolatile()) {
            turn.take(() -> {
                shutDown.run();
                turn.give();
            });
        } else {
            turn.takeOn(rules.disk(), shutDown);
        }
    }

    /** Whether it was closed, or is about to be. Any thread. */
    boolean isClosed() {
        return closed;
    }

    /** Completes when part and store are closed. */
    Mono<Void> whenClosed() {
        return shut.asMono();
    }

    private void closeCurrent() {
        beforeClose.run();
        OpenPart open = current;
        current = null;
        if (open != null) {
            open.close();
        }
    }
}
