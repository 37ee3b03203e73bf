package io.walreceiver.replay;

import io.walreceiver.log.LogProgress;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.storage.LogStore;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/** Work on a log, in the log's turn, on a thread that may do it. Any thread. */
final class TurnWork {

    private final LogProgress progress;
    private final LogStore store;
    private final LogPart part;
    private final Turn turn;
    private final ReplayRules rules;

    /** Something to be done that may block. */
    interface Errand {
        void run() throws IOException;
    }

    /** Something to be done that may block, and has a result. */
    interface Task<T> {
        T run() throws IOException;
    }

    TurnWork(LogProgress progress, LogStore store, LogPart part, Turn turn, ReplayRules rules) {
        this.progress = progress;
        this.store = store;
        this.part = part;
        this.turn = turn;
        this.rules = rules;
    }

    /**
     * Works in the log's turn, on a thread that may block if the store does: this one, if it is a worker, may block, and the turn is
     * free. Whoever asks for an outcome or ends the source may be the one who drives the operators on, and must not do the work; nor must a
     * worker that emits another log's outcomes, and asks for this one's: all logs would be replayed by that one.
     */
    Publisher<SegmentOutcome> inTurn(Supplier<Publisher<SegmentOutcome>> work) {
        if (part.isClosed()) {
            return Mono.empty();
        }
        if (!rules.onWorker().getAsBoolean()) {
            return Flux.defer(() -> inTurn(work)).subscribeOn(rules.worker());
        }
        Supplier<Publisher<SegmentOutcome>> unlessClosed = () -> part.isClosed() ? Mono.empty() : work.get();
        if (store.isVolatile()) {
            return turn.run(unlessClosed, rules.worker());
        }
        return part.current() == null || Schedulers.isInNonBlockingThread()
                ? turn.runOn(rules.disk(), unlessClosed)
                : turn.run(unlessClosed, rules.disk());
    }

    /** Decides after a wait, unless the log was closed meanwhile. The thread that ended the wait is not ours to work on. */
    Mono<SegmentOutcome> later(Supplier<SegmentOutcome> decision) {
        return Mono.defer(() -> Mono.from(inTurn(() -> Mono.just(decision.get()))))
                .subscribeOn(rules.worker());
    }

    /**
     * Does something between two segments.
     *
     * @return when subscribed to, waits for the log's turn; completes, or fails, on the thread that did it; fails if the log is closed
     */
    Mono<Void> errand(Errand errand) {
        return Mono.defer(() -> {
            if (part.isClosed()) {
                return Mono.error(ended());
            }
            Sinks.Empty<Void> done = Sinks.empty();
            turn.takeOn(rules.disk(), () -> {
                try {
                    if (!part.isClosed()) { // else it is told below
                        errand.run();
                        done.tryEmitEmpty();
                    }
                } catch (Throwable e) { // whatever it is: somebody waits
                    done.tryEmitError(e);
                }
            });
            return Mono.firstWithSignal(done.asMono(), part.whenClosed().then(Mono.error(this::ended)));
        });
    }

    /** The same, and emits what came of it. */
    <T> Mono<T> task(Task<T> task) {
        AtomicReference<@Nullable T> done = new AtomicReference<>();
        return errand(() -> done.set(task.run())).then(Mono.fromSupplier(done::get));
    }

    private IllegalStateException ended() {
        return new IllegalStateException("log " + progress.log() + ": nothing was done: the receiver has ended");
    }
}
