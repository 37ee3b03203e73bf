package io.walreceiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** Whoever passes a data directory on is woken when there is more of it. */
class DurableAdvancesTest extends DurableCase {

    private final DurableAdvances advances = new DurableAdvances();

    @Test
    void aLogIsToldEachTimeThatItMoves() {
        StepVerifier.create(advances.flux())
                .then(() -> advances.moved(A))
                .expectNext(A)
                .then(() -> advances.moved(A))
                .expectNext(A)
                .then(() -> advances.moved(B))
                .expectNext(B)
                .then(advances::complete)
                .expectComplete()
                .verify(SOON);
        StepVerifier.create(advances.flux()).expectComplete().verify(SOON);
    }

    @Test
    void aLogWaitsOnceHoweverOftenItMoves() {
        StepVerifier.create(advances.flux(), 0)
                .then(() -> {
                    for (int i = 0; i < 1_000; i++) {
                        advances.moved(A);
                        advances.moved(B);
                    }
                })
                .thenRequest(1)
                .expectNext(A)
                .then(() -> advances.moved(A))
                .thenRequest(10)
                .expectNext(B, A)
                .thenCancel()
                .verify(SOON);
        advances.moved(A); // nobody listens
    }

    /** Whatever interleaving: after the last move of a log, the log is told. */
    @Test
    void noMoveIsMissedWhoeverMoves() throws InterruptedException {
        int logs = 8;
        long[] moved = new long[logs];
        long[] seen = new long[logs];
        Set<Thread> emitting = ConcurrentHashMap.newKeySet();
        advances.flux().subscribe(new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                request(1);
            }

            @Override
            protected void hookOnNext(LogId log) {
                emitting.add(Thread.currentThread());
                assertThat(emitting).as("one at a time").hasSize(1);
                synchronized (moved) {
                    seen[log.shard()] = moved[log.shard()];
                }
                emitting.remove(Thread.currentThread());
                request(1);
            }
        });
        CountDownLatch done = new CountDownLatch(logs);
        List<Thread> movers = new ArrayList<>();
        for (int shard = 0; shard < logs; shard++) {
            LogId log = new LogId(1, shard);
            Thread mover = new Thread(() -> {
                for (int i = 0; i < 20_000; i++) {
                    synchronized (moved) {
                        moved[log.shard()]++;
                    }
                    advances.moved(log);
                }
                done.countDown();
            });
            movers.add(mover);
            mover.start();
        }
        done.await();
        for (Thread mover : movers) {
            mover.join();
        }
        assertThat(seen).isEqualTo(moved).containsOnly(20_000);
    }

    @Test
    void aReceiverTellsWhatBecameDurableAndItsEnd() {
        Sinks.Many<WalSegmentPayload> source = Sinks.many().unicast().onBackpressureBuffer();
        SegmentReceiver receiver = receiver(new ScriptedTransport(source.asFlux()), ledger);
        assertThat(receiver.durable(A)).isEmpty();
        List<LogId> told = new CopyOnWriteArrayList<>();
        CountDownLatch ended = new CountDownLatch(1);
        receiver.durableAdvances().subscribe(told::add, failure -> {}, ended::countDown);
        started(receiver);
        source.tryEmitNext(Leader.segment(A, 1, 10)).orThrow();
        await().until(() -> told.contains(A) && receiver.durable(A).orElse(0) == 10);
        await().until(() -> receiver.applied(A).orElse(0) == 10);
        assertThat(receiver.applied(B)).isEmpty();

        receiver.stop(Duration.ofMinutes(1)).block(SOON);
        await().until(() -> ended.getCount() == 0);
    }

    @Test
    void whatIsRecoveredIsTold() {
        Sinks.Many<WalSegmentPayload> source = Sinks.many().unicast().onBackpressureBuffer();
        SegmentReceiver first = start(new ScriptedTransport(source.asFlux()));
        source.tryEmitNext(Leader.segment(A, 1, 10)).orThrow();
        awaitDurable(first, A, 10);
        stopAll();
        SegmentReceiver receiver = receiver(new ScriptedTransport(Flux.never()), ledger);
        List<LogId> told = new CopyOnWriteArrayList<>();
        receiver.durableAdvances().subscribe(told::add);
        started(receiver);
        await().until(() -> told.contains(A));
        assertThat(receiver.durable(A)).hasValue(10);
    }
}
