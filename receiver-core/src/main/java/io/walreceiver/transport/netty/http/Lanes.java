package io.walreceiver.transport.netty.http;

import java.util.HashMap;
import java.util.Map;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Runs what belongs to one key one after the other, in the order of subscription, and different keys at the same time. */
final class Lanes<K> {

    private final Map<K, Mono<Void>> last = new HashMap<>();

    /** @return the task, once all that was subscribed to before it has ended, however it did */
    <T> Mono<T> inTurn(K key, Mono<T> task) {
        return Mono.defer(() -> {
            Sinks.Empty<Void> ended = Sinks.empty();
            Mono<Void> mine = ended.asMono();
            Mono<Void> before = enter(key, mine);
            // Whoever is cancelled while it waits must not let the next one overtake the one before.
            return before.then(task)
                    .doFinally(signal -> before.subscribe(nothing -> {}, failure -> {}, () -> {
                        leave(key, mine);
                        ended.emitEmpty(Sinks.EmitFailureHandler.FAIL_FAST);
                    }));
        });
    }

    private synchronized Mono<Void> enter(K key, Mono<Void> mine) {
        Mono<Void> before = last.put(key, mine);
        return before == null ? Mono.empty() : before;
    }

    private synchronized void leave(K key, Mono<Void> mine) {
        last.remove(key, mine);
    }
}
