package io.walreceiver;

import io.walreceiver.format.EventBatch;
import io.walreceiver.format.LogId;
import io.walreceiver.ledger.LedgerPart;
import io.walreceiver.ledger.SignalLedger;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/** Checks that each log's events come once and in order, and keeps nothing but their number. */
final class CountingLedger implements SignalLedger {

    final Map<LogId, Part> parts = new ConcurrentHashMap<>();
    final AtomicLong events = new AtomicLong();
    final AtomicLong wrong = new AtomicLong();
    private final Function<LogId, Mono<Void>> commit;

    CountingLedger() {
        this(log -> Mono.empty());
    }

    /** @param commit what each segment of a log waits for */
    CountingLedger(Function<LogId, Mono<Void>> commit) {
        this.commit = commit;
    }

    @Override
    public LedgerPart open(LogId log) {
        Part part = new Part(log);
        parts.put(log, part);
        return part;
    }

    long through(LogId log) {
        Part part = parts.get(log);
        return part == null ? 0 : part.through;
    }

    final class Part implements LedgerPart {

        private final LogId log;
        volatile long through;

        Part(LogId log) {
            this.log = log;
        }

        @Override
        public void applyWalEvent(long entityId, int signalType, float weight, long timestampNanos) {
            throw new AssertionError("the bulk form is used");
        }

        @Override
        public void apply(EventBatch batch, long last) {
            long seq = through + 1;
            boolean inOrder = batch.firstSeq() == seq && batch.lastSeq() == last;
            for (int i = 0; i < batch.count() && inOrder; i++) {
                inOrder =
                        batch.entityId(i) == Leader.entity(seq + i) && batch.timestampNanos(i) == Leader.time(seq + i);
            }
            if (!inOrder) {
                wrong.incrementAndGet();
            }
            events.addAndGet(batch.count());
            through = last;
        }

        @Override
        public Mono<Void> commit(long through) {
            return commit.apply(log);
        }
    }
}
