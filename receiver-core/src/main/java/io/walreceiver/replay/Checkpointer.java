package io.walreceiver.replay;

import io.walreceiver.ledger.PartImage;
import io.walreceiver.ledger.SnapshottingPart;
import io.walreceiver.log.LogProgress;
import io.walreceiver.storage.CheckpointInProgress;
import io.walreceiver.storage.LogStore;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Exceptions;
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
    private @Nullable Running running;
    private boolean finishing;

    /** One checkpoint under way. */
    private record Running(CheckpointInProgress file, PartImage image, Sinks.Empty<Void> done) {}

    Checkpointer(LogProgress progress, LogStore store, Turn turn, Scheduler disk, LogPart part) {
        this.progress = progress;
        this.store = store;
        this.turn = turn;
        this.disk = disk;
        this.part = part;
        part.beforeClose(this::abort);
    }

    /**
     * Makes a checkpoint.
     *
     * @return starts at once, whether subscribed to or not; completes when the checkpoint is valid, or at once if one is under way,
     *     there is nothing in the part, or it cannot be checkpointed; fails if it could not be written
     */
    Mono<Void> checkpoint() {
        Sinks.Empty<Void> done = Sinks.empty();
        turn.takeOn(disk, () -> begin(done));
        return done.asMono();
    }

    /** In turn: what is under way is given up. */
    private void abort() {
        Running aborted = running;
        if (aborted != null && !finishing) { // the image of one that is being finished is whole
            running = null;
            aborted.image.close();
            aborted.file.close();
            aborted.done.tryEmitEmpty();
        }
    }

    private void begin(Sinks.Empty<Void> done) {
        Optional<SnapshottingPart> open = part.snapshotting();
        if (open.isEmpty() || running != null || store.failed() || progress.applied() == 0) {
            done.tryEmitEmpty();
            return;
        }
        try {
            CheckpointInProgress file = store.beginCheckpoint();
            try {
                running = new Running(file, open.get().beginImage(file.image()), done);
            } catch (Throwable e) {
                file.close();
                throw e;
            }
            turn.takeOn(disk, () -> slice(running));
        } catch (Throwable e) {
            Exceptions.throwIfJvmFatal(e);
            failed(done, e);
        }
    }

    private void slice(@Nullable Running mine) {
        if (mine == null || running != mine) {
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
        } catch (Throwable e) {
            Exceptions.throwIfJvmFatal(e);
            abort();
            failed(mine.done, e);
        }
    }

    /** Not in turn: the log goes on meanwhile. */
    private void finish(Running written) {
        Runnable told = () -> written.done.tryEmitEmpty();
        try (CheckpointInProgress file = written.file) {
            file.finish();
        } catch (Throwable e) { // whatever it is: the next checkpoint waits for this one
            Exceptions.throwIfJvmFatal(e);
            told = () -> failed(written.done, e);
        }
        Runnable tell = told;
        turn.takeOn(
                disk,
                () -> { // who hears of it can begin another
                    running = null;
                    finishing = false;
                    tell.run();
                });
    }

    private void failed(Sinks.Empty<Void> done, Throwable cause) {
        LOG.warn(
                "log {}: a checkpoint could not be written; those before it stand, and it is tried again",
                progress.log(),
                cause);
        done.tryEmitError(cause);
    }
}
