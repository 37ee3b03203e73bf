package io.walreceiver.replay;

import static java.util.function.Function.identity;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Whose turn it is to work on a log: its writer nearly always, now and then a checkpoint, a recovery, or the end. Nobody blocks
 * for it: who comes while it is taken is called when it is given up, first come, first served.
 */
final class Turn {

    /** The one who has the turn, and those who wait for it. */
    private final AtomicInteger takers = new AtomicInteger();

    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    /** Takes the turn if it is free; the caller must {@link #give} it up. */
    boolean tryTake() {
        return takers.compareAndSet(0, 1);
    }

    /**
     * Takes the turn.
     *
     * @param owner called once it is the caller's, now or on the thread that gave it up; it does not throw, and leads to one
     *     {@link #give} on any thread
     */
    void take(Runnable owner) {
        waiting.add(owner); // before it is counted: whoever gives up the turn finds it
        if (takers.getAndIncrement() == 0) {
            next();
        }
    }

    /** Gives the turn up, to the next who waits for it. */
    void give() {
        if (takers.decrementAndGet() != 0) {
            next();
        }
    }

    /** Works in turn: at once if it is free, else on {@code elsewhere} when it is, unless the subscriber has gone by then. */
    <T> Publisher<T> run(Supplier<Publisher<T>> work, Scheduler elsewhere) {
        if (tryTake()) {
            return now(work);
        }
        return Mono.<Publisher<T>>create(sink -> {
                    AtomicBoolean gone = new AtomicBoolean();
                    sink.onCancel(() -> gone.set(true));
                    take(() -> schedule(elsewhere, () -> {
                        try {
                            sink.success(now(gone.get() ? Mono::empty : work));
                        } catch (Throwable e) {
                            sink.error(e);
                        }
                    }));
                })
                .flatMapMany(identity());
    }

    /** As {@link #run}, on another thread in any case. */
    <T> Publisher<T> runOn(Scheduler elsewhere, Supplier<Publisher<T>> work) {
        return Flux.defer(() -> run(work, elsewhere)).subscribeOn(elsewhere);
    }

    /** Takes the turn for some work on another thread; where that takes no more, nothing is done. */
    void takeOn(Scheduler elsewhere, Runnable work) {
        take(() -> schedule(elsewhere, () -> {
            try {
                work.run();
            } finally {
                give();
            }
        }));
    }

    /** Schedules what will give the turn up, or gives it up. */
    private void schedule(Scheduler elsewhere, Runnable work) {
        try {
            elsewhere.schedule(work);
        } catch (RejectedExecutionException e) { // its threads have ended, and with them all work
            give();
        }
    }

    private <T> Publisher<T> now(Supplier<Publisher<T>> work) {
        try {
            return work.get();
        } finally {
            give();
        }
    }

    private void next() {
        Runnable owner = waiting.poll();
        if (owner == null) {
            throw new IllegalStateException("a turn was given up that nobody had");
        }
        owner.run();
    }
}
