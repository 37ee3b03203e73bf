package io.walreceiver;

import io.walreceiver.format.LogId;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.FluxSink.OverflowStrategy;

/** Tells whoever wants to know of which logs more is durable. Costs a log that moves one look while nobody does. */
final class DurableAdvances {

    private final List<Subscriber> subscribers = new CopyOnWriteArrayList<>();
    private volatile boolean completed;

    void moved(LogId log) {
        for (Subscriber subscriber : subscribers) {
            subscriber.moved(log);
        }
    }

    void complete() {
        completed = true;
        subscribers.forEach(subscriber -> subscriber.sink.complete());
    }

    Flux<LogId> flux() {
        return Flux.create(
                sink -> {
                    Subscriber subscriber = new Subscriber(sink);
                    subscribers.add(subscriber);
                    sink.onDispose(() -> subscribers.remove(subscriber));
                    sink.onRequest(more -> subscriber.drain());
                    if (completed) { // looked at after adding: who completes in between finds it
                        sink.complete();
                    }
                },
                OverflowStrategy.IGNORE); // there is no overflow: nothing is emitted without demand
    }

    /** One who is told. */
    private static final class Subscriber {

        private final FluxSink<LogId> sink;
        private final Set<LogId> waiting = ConcurrentHashMap.newKeySet();
        private final Queue<LogId> inOrder = new ConcurrentLinkedQueue<>();
        private final AtomicInteger drains = new AtomicInteger();

        Subscriber(FluxSink<LogId> sink) {
            this.sink = sink;
        }

        void moved(LogId log) {
            if (waiting.add(log)) {
                inOrder.add(log);
                drain();
            }
        }

        /** One at a time; who comes meanwhile leaves it to the one who drains. */
        void drain() {
            if (drains.getAndIncrement() != 0) {
                return;
            }
            int seen = 1;
            do {
                while (sink.requestedFromDownstream() > 0 && !sink.isCancelled()) {
                    LogId log = inOrder.poll();
                    if (log == null) {
                        break;
                    }
                    waiting.remove(log); // before it is told: what moves from now on is told again
                    sink.next(log);
                }
                seen = drains.addAndGet(-seen);
            } while (seen != 0);
        }
    }
}
