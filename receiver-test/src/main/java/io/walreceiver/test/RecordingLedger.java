package io.walreceiver.test;

import io.walreceiver.format.LogId;
import io.walreceiver.ledger.LedgerPart;
import io.walreceiver.ledger.SignalLedger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * A ledger that remembers what was applied, in what order and at which position, and can be told to fail or to stand still.
 *
 * <pre>{@code
 * RecordingLedger ledger = RecordingLedger.create();
 * // ... let a receiver replay `log` into it, then:
 * assertThat(ledger.events(log)).isEqualTo(segments.events());
 * assertThat(ledger.position(log)).isEqualTo(segments.last());
 * }</pre>
 *
 * <p>Nothing of it is durable: a part that is opened anew starts empty, and what the log's earlier part held is forgotten, as after
 * a restart. Safe for use by any thread.
 */
public final class RecordingLedger implements SignalLedger {

    /**
     * An event that was applied.
     *
     * @param log the log it came from
     * @param position its sequence number; too high by as many invalid events as the receiver skipped behind it in its batch
     * @param event the event
     */
    public record Applied(LogId log, long position, SignalEvent event) {}

    private final Map<LogId, Recorded> logs = new HashMap<>();
    private final List<Applied> applied = new ArrayList<>();
    private final Map<LogId, Long> failures = new HashMap<>();
    private final Map<LogId, Sinks.Empty<Void>> stalls = new HashMap<>();

    private RecordingLedger() {}

    /** An empty ledger. */
    public static RecordingLedger create() {
        return new RecordingLedger();
    }

    @Override
    public synchronized LedgerPart open(LogId log) {
        applied.removeIf(event -> event.log().equals(log));
        Recorded before = logs.get(log);
        Recorded part = new Recorded(log, before == null ? 1 : before.opened + 1);
        logs.put(log, part);
        return part;
    }

    /** Every event of every log, in the order in which batches were applied. */
    public synchronized List<Applied> applied() {
        return List.copyOf(applied);
    }

    /** The events of one log, in the order of application. */
    public synchronized List<SignalEvent> events(LogId log) {
        return applied.stream()
                .filter(event -> event.log().equals(log))
                .map(Applied::event)
                .toList();
    }

    /** The position of one log; 0 if nothing was applied. */
    public synchronized long position(LogId log) {
        Recorded part = logs.get(log);
        return part == null ? 0 : part.through;
    }

    /** How often the log's part was opened. */
    public synchronized int opened(LogId log) {
        Recorded part = logs.get(log);
        return part == null ? 0 : part.opened;
    }

    /** Makes the log's part throw, once, when the event at this position is applied. */
    public synchronized void failAt(LogId log, long position) {
        failures.put(log, position);
    }

    /** Makes commits of this log wait until {@link #resume}. */
    public synchronized void stall(LogId log) {
        stalls.computeIfAbsent(log, any -> Sinks.empty());
    }

    /** Lets commits of this log complete, those that wait among them. */
    public void resume(LogId log) {
        Sinks.Empty<Void> stalled;
        synchronized (this) {
            stalled = stalls.remove(log);
        }
        if (stalled != null) {
            stalled.tryEmitEmpty().orThrow();
        }
    }

    private final class Recorded implements LedgerPart {

        private final LogId log;
        private final int opened;
        private final List<SignalEvent> batch = new ArrayList<>();
        private long through;

        Recorded(LogId log, int opened) {
            this.log = log;
            this.opened = opened;
        }

        @Override
        public void applyWalEvent(long entityId, int signalType, float weight, long timestampNanos) {
            batch.add(new SignalEvent(entityId, signalType, weight, timestampNanos));
        }

        @Override
        public void applied(long position) {
            synchronized (RecordingLedger.this) {
                long first = position - batch.size() + 1;
                if (first <= through) {
                    throw new IllegalStateException("log " + log + ": events " + first + ".." + position
                            + " were applied at position " + through + ": out of order or twice");
                }
                Long failAt = failures.get(log);
                if (failAt != null && first <= failAt && failAt <= position) {
                    failures.remove(log);
                    throw new IllegalStateException("log " + log + ": told to fail at event " + failAt);
                }
                for (int i = 0; i < batch.size(); i++) {
                    applied.add(new Applied(log, first + i, batch.get(i)));
                }
                batch.clear();
                through = position;
            }
        }

        @Override
        public Mono<Void> commit(long position) {
            synchronized (RecordingLedger.this) {
                Sinks.Empty<Void> stalled = stalls.get(log);
                return stalled == null ? Mono.empty() : stalled.asMono();
            }
        }
    }
}
