package io.walreceiver;

import io.walreceiver.format.LogId;
import io.walreceiver.ledger.LedgerPart;
import io.walreceiver.ledger.SelfDurablePart;
import io.walreceiver.ledger.SignalLedger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Mono;

/** Keeps events and position of a log in one transaction, as a table would. Outlives receivers. Tests may make it fail. */
class TableLedger implements SignalLedger {

    /** What is durable of one log. */
    record Row(long position, List<RecordingLedger.Event> events) {}

    final Map<LogId, Row> table = new ConcurrentHashMap<>();
    final List<Part> parts = new CopyOnWriteArrayList<>();

    @Override
    public Set<LogId> logs() {
        return table.keySet();
    }

    @Override
    public LedgerPart open(LogId log) {
        Part part = new Part(log);
        parts.add(part);
        return part;
    }

    Row row(LogId log) {
        return table.getOrDefault(log, new Row(0, List.of()));
    }

    /** Writes events 1..through as if an earlier receiver had. */
    TableLedger holding(LogId log, long through) {
        table.put(log, new Row(through, events(through)));
        return this;
    }

    static List<RecordingLedger.Event> events(long through) {
        List<RecordingLedger.Event> events = new ArrayList<>();
        for (long seq = 1; seq <= through; seq++) {
            events.add(RecordingLedger.Event.of(seq));
        }
        return events;
    }

    /** Called before each event; a test may throw here. */
    void beforeEvent(LogId log, long seq) {}

    /** Runs the transaction; a test may do otherwise. */
    Mono<Void> commit(LogId log, long through, Runnable transaction) {
        return Mono.fromRunnable(transaction);
    }

    /** Parts opened for a log so far. */
    long opened(LogId log) {
        return parts.stream().filter(part -> part.log.equals(log)).count();
    }

    final class Part implements SelfDurablePart {

        final LogId log;
        final AtomicInteger closed = new AtomicInteger();
        private final List<RecordingLedger.Event> gathered = new ArrayList<>();
        private final long openedAt;

        Part(LogId log) {
            this.log = log;
            this.openedAt = row(log).position();
        }

        @Override
        public void applyWalEvent(long entityId, int signalType, float weight, long timestampNanos) {
            if (closed.get() > 0) {
                throw new AssertionError("log " + log + ": applied to a closed part");
            }
            beforeEvent(log, openedAt + gathered.size() + 1);
            gathered.add(new RecordingLedger.Event(entityId, signalType, weight, timestampNanos));
        }

        @Override
        public Mono<Void> commit(long through) {
            return TableLedger.this.commit(log, through, () -> write(through));
        }

        private void write(long through) {
            List<RecordingLedger.Event> all = new ArrayList<>(row(log).events());
            all.addAll(gathered.subList((int) (all.size() - openedAt), gathered.size()));
            table.put(log, new Row(through, all));
        }

        @Override
        public long durableThrough() {
            return row(log).position();
        }

        @Override
        public void close() {
            closed.incrementAndGet();
        }
    }
}
