package io.walreceiver.replay;

import io.walreceiver.ledger.PartImage;
import io.walreceiver.ledger.SnapshottingPart;
import io.walreceiver.log.LogProgress;
import io.walreceiver.storage.CheckpointInProgress;
import io.walreceiver.storage.LogStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/**
 * Makes checkpoints of a log while it goes on: a slice of the image at a time, each in the log's turn, so that the log waits for a
 * slice at the longest; the rest, fsync and rename, beside it.
 */
final class Checkpointer {

    private static final Logger LOG = LoggerFactory.getLogger(Checkpointer.class);

    private final LogProgress progress;
    private final LogStore store;
    private final Turn turn;
    private final Scheduler disk;
    private final LogPart part;
    /** Who came while one was under way, which may lack what they want kept: the next is theirs. */
    private final List<Sinks.Empty<Void>> waiting = new ArrayList<>();

    private volatile @Nullable Running running;
    private boolean finishing;

    /** One checkpoint under way, and who is told how it ends. */
    private record Running(CheckpointInProgress file, PartImage image, List<Sinks.Empty<Void>> told) {}

    Checkpointer(LogProgress progress, LogStore store, Turn turn, Scheduler disk, LogPart part) {
        this.progress = progress;
        this.store = store;
        this.turn = turn;
        this.disk = disk;
        this.part = part;
        part.beforeClose(this::abort);
    }

    /** Whether one is under way. Any thread. */
    boolean isRunning() {
        return running != null;
    }

    /**
     * Makes a checkpoint.
     *
     * @return starts at once, or after the one that is under way, whether subscribed to or not; completes when the checkpoint is
     *     valid, or at once if there is nothing in the part, or it cannot be checkpointed; fails if none could be made
     */
    Mono<Void> checkpoint() {
        if (store.isVolatile()) {
            return Mono.empty();
        }
        Sinks.Empty<Void> done = Sinks.empty();
        turn.takeOn(disk, () -> begin(List.of(done)));
        return Mono.firstWithSignal(
                done.asMono(), part.whenClosed().then(Mono.error(() -> notNow("the receiver has ended"))));
    }

    /** In turn: the part is about to be closed, so what is under way is given up. */
    private void abort() {
        Running aborted = running;
        if (aborted == null || finishing) { // the image of one that is being finished is whole
            return;
        }
        Throwable cause = notNow("its part of the ledger was closed meanwhile");
        discard(aborted);
        List<Sinks.Empty<Void>> told = new ArrayList<>(aborted.told);
        told.addAll(waiting);
        waiting.clear();
        told.forEach(done -> done.tryEmitError(cause));
    }

    private void begin(List<Sinks.Empty<Void>> told) {
        if (running != null) {
            waiting.addAll(told);
            return;
        }
        // A log that is not open and not in trouble waits for its first segment: there is nothing to keep.
        boolean cannotOpen = part.current() == null && progress.trouble().isPresent();
        if (cannotOpen || part.isClosed() || store.failed()) {
            Throwable cause = notNow("it is not open, or has failed");
            told.forEach(done -> done.tryEmitError(cause));
            return;
        }
        Optional<SnapshottingPart> open = part.snapshotting();
        if (open.isEmpty() || progress.applied() == 0) {
            told.forEach(Sinks.Empty::tryEmitEmpty);
            return;
        }
        try {
            CheckpointInProgress file = store.beginCheckpoint();
            try {
                Running begun = new Running(file, open.get().beginImage(file.image()), told);
                running = begun;
                turn.takeOn(disk, () -> slice(begun));
            } catch (Throwable e) {
                file.close();
                throw e;
            }
        } catch (Throwable e) {
            failed(told, e);
        }
    }

    private void slice(Running mine) {
        if (running != mine) {
            return; // given up
        }
        try {
            if (!mine.image.writeSome()) {
                turn.takeOn(disk, () -> slice(mine));
                return;
            }
            mine.image.close();
            finishing = true;
            disk.schedule(() -> finish(mine));
        } catch (Throwable e) { // out of memory, too: the log goes on
            discard(mine);
            failed(mine.told, e);
            next();
        }
    }

    /** Not in turn: the log goes on meanwhile. */
    private void finish(Running written) {
        Consumer<List<Sinks.Empty<Void>>> tell = told -> told.forEach(Sinks.Empty::tryEmitEmpty);
        try (CheckpointInProgress file = written.file) {
            file.finish();
        } catch (Throwable e) { // whatever it is, also of closing: the next checkpoint waits for this one
            tell = told -> failed(told, e);
        }
        Consumer<List<Sinks.Empty<Void>>> ending = tell;
        turn.takeOn(
                disk,
                () -> { // who hears of it can begin another
                    running = null;
                    finishing = false;
                    ending.accept(written.told);
                    next();
                });
    }

    private void next() {
        if (!waiting.isEmpty()) {
            List<Sinks.Empty<Void>> told = List.copyOf(waiting);
            waiting.clear();
            begin(told);
        }
    }

    private void discard(Running given) {
        running = null;
        finishing = false;
        try {
            given.image.close();
        } catch (Throwable e) { // a user's part: its log goes on
            LOG.warn("log {}: the image of its part failed to close", progress.log(), e);
        }
        given.file.close();
    }

    private void failed(List<Sinks.Empty<Void>> told, Throwable cause) {
        LOG.warn(
                "log {}: a checkpoint could not be written; those before it stand, and it is tried again",
                progress.log(),
                cause);
        told.forEach(done -> done.tryEmitError(cause));
    }

    private IllegalStateException notNow(String why) {
        return new IllegalStateException("log " + progress.log() + ": no checkpoint was made: " + why);
    }
}
