package io.walreceiver;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.format.LogId;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** A database's own thread tells that a commit is done, and is given back: segments are replayed on replay threads. */
class CommitThreadTest {

    private static final LogId LOG = new LogId(1, 0);

    @Test
    void replayDoesNotGoOnInTheThreadOnWhichACommitCompletes() {
        Scheduler database = Schedulers.newSingle("database");
        Set<String> threads = ConcurrentHashMap.newKeySet();
        RecordingLedger ledger = new RecordingLedger() {
            @Override
            void beforeEvent(LogId log, long seq) {
                threads.add(Thread.currentThread().getName());
            }

            @Override
            Mono<Void> commit(LogId log, long through) {
                return Mono.<Void>fromRunnable(() -> {}).subscribeOn(database);
            }
        };
        ScriptedTransport transport =
                new ScriptedTransport(Flux.range(0, 50).map(i -> Leader.segment(LOG, 10L * i + 1, 10)));
        SegmentReceiver.create(transport, ledger, Schemas.FOUR_TYPES)
                .receive()
                .doOnNext(outcome -> threads.add(Thread.currentThread().getName()))
                .blockLast(Duration.ofMinutes(1));
        database.dispose();

        assertThat(ledger.through(LOG)).isEqualTo(500);
        assertThat(threads).allMatch(name -> name.startsWith("receiver-replay-"));
    }
}
