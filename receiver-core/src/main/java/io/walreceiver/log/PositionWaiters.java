package io.walreceiver.log;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/** Who waits for a log to reach a position. Costs the writer one volatile read an advance while nobody does. */
final class PositionWaiters {

    private record Waiter(long position, MonoSink<Void> sink) {}

    private final PriorityQueue<Waiter> waiting = new PriorityQueue<>(Comparator.comparingLong(Waiter::position));
    private volatile long nearest = Long.MAX_VALUE;
    private @Nullable Throwable ended;

    Mono<Void> await(long position, LongSupplier applied) {
        return Mono.create(sink -> {
            Waiter waiter = new Waiter(position, sink);
            Throwable reason = add(waiter);
            sink.onDispose(() -> remove(waiter));
            long now = applied.getAsLong(); // read after adding: an advance that missed the waiter is seen here
            if (now >= position) {
                sink.success();
            } else if (reason != null) {
                sink.error(reason);
            }
        });
    }

    void advanced(long applied) {
        if (applied >= nearest) {
            takeThrough(applied).forEach(waiter -> waiter.sink.success());
        }
    }

    void end(Throwable reason) {
        List<Waiter> left;
        synchronized (this) {
            ended = reason;
            left = takeThrough(Long.MAX_VALUE);
        }
        left.forEach(waiter -> waiter.sink.error(reason));
    }

    private synchronized @Nullable Throwable add(Waiter waiter) {
        if (ended == null) {
            waiting.add(waiter);
            nearest = waiting.element().position;
        }
        return ended;
    }

    private synchronized void remove(Waiter waiter) {
        waiting.remove(waiter);
        Waiter head = waiting.peek();
        nearest = head == null ? Long.MAX_VALUE : head.position;
    }

    private synchronized List<Waiter> takeThrough(long position) {
        List<Waiter> reached = new ArrayList<>();
        Waiter head = waiting.peek();
        while (head != null && head.position <= position) {
            reached.add(waiting.remove());
            head = waiting.peek();
        }
        nearest = head == null ? Long.MAX_VALUE : head.position;
        return reached;
    }
}
