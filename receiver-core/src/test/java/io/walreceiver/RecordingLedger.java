package io.walreceiver;

import io.walreceiver.format.LogId;
import io.walreceiver.ledger.LedgerPart;
import io.walreceiver.ledger.SignalLedger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Mono;

/** Records what is applied, and checks that a log has one writer at a time. */
class RecordingLedger implements SignalLedger {

    record Event(long entityId, int signalType, float weight, long timestampNanos) {
        static Event of(long seq) {
            return new Event(Leader.entity(seq), Leader.type(seq), Leader.weight(seq), Leader.time(seq));
        }
    }

    final Map<LogId, Part> parts = new ConcurrentHashMap<>();
    final AtomicInteger opened = new AtomicInteger();
    final AtomicInteger closed = new AtomicInteger();

    @Override
    public LedgerPart open(LogId log) {
        opened.incrementAndGet();
        Part part = new Part(log);
        parts.put(log, part);
        return part;
    }

    List<Event> events(LogId log) {
        Part part = parts.get(log);
        return part == null ? List.of() : part.events;
    }

    long through(LogId log) {
        Part part = parts.get(log);
        return part == null ? 0 : part.through;
    }

    /** Called before each event; a test may throw here. */
    void beforeEvent(LogId log, long seq) {}

    /** What a commit waits for. */
    Mono<Void> commit(LogId log, long through) {
        return Mono.empty();
    }

    final class Part implements LedgerPart {

        final LogId log;
        final List<Event> events = new ArrayList<>();
        volatile long through;
        private final AtomicInteger writers = new AtomicInteger();

        Part(LogId log) {
            this.log = log;
        }

        @Override
        public void applyWalEvent(long entityId, int signalType, float weight, long timestampNanos) {
            if (writers.incrementAndGet() != 1) {
                throw new AssertionError("log " + log + " has two writers");
            }
            try {
                beforeEvent(log, events.size() + 1);
                events.add(new Event(entityId, signalType, weight, timestampNanos));
            } finally {
                writers.decrementAndGet();
            }
        }

        @Override
        public void applied(long through) {
            this.through = through;
        }

        @Override
        public Mono<Void> commit(long through) {
            return RecordingLedger.this.commit(log, through);
        }

        @Override
        public void close() {
            closed.incrementAndGet();
        }
    }
}
