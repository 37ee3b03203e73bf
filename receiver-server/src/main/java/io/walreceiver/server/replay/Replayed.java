package io.walreceiver.server.replay;

import io.walreceiver.LogStatus;
import io.walreceiver.OutcomeCounts;
import io.walreceiver.StopReport;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentFault;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.storage.records.Skip;
import io.walreceiver.transport.directory.SegmentReadException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What came of a replay.
 *
 * @param ledger what the events were applied to
 * @param report how the receiver ended
 * @param unreadable files at which a log stopped, since they could not be read
 * @param refused segments of which a copy was refused, and what was wrong with the first such copy
 * @param bytes size of what was replayed
 * @param seconds how long it took
 */
public record Replayed(
        InMemorySignalLedger ledger,
        StopReport report,
        List<SegmentReadException> unreadable,
        SortedMap<WalSegmentId, SegmentFault> refused,
        long bytes,
        double seconds) {

    public Replayed {
        unreadable = List.copyOf(unreadable);
        refused = Collections.unmodifiableSortedMap(new TreeMap<>(refused));
    }

    /** How many events were applied. */
    public long events() {
        return report.outcomes().appliedEvents();
    }

    /** How many events were there before, read back from a storage; 0 without one. */
    public long eventsThereAlready() {
        long there = report.status().logs().stream()
                .mapToLong(log -> log.applied() - givenUp(log))
                .sum();
        return Math.max(0, there - events() - report.outcomes().skippedEvents());
    }

    private static long givenUp(LogStatus log) {
        long through = 0;
        long events = 0;
        for (Skip skip : log.skips()) { // in order of their first events; they may overlap
            long end = Math.min(skip.through(), log.applied());
            events += Math.max(0, end - Math.max(through, skip.from() - 1));
            through = Math.max(through, end);
        }
        return events;
    }

    /** How many segments were delivered; one that was sent again counts again. */
    public long segments() {
        OutcomeCounts counts = report.outcomes();
        return counts.applied() + counts.duplicate() + counts.refused() + counts.deferred() + counts.abandoned();
    }

    /** Events per second. */
    public double eventsPerSecond() {
        return events() / seconds;
    }

    /** Bytes per second. */
    public double bytesPerSecond() {
        return bytes / seconds;
    }

    /** Whether no log stopped short. */
    public boolean complete() {
        return unreadable.isEmpty() && report.complete();
    }

    /** How each log ended, those of which no file could be read among them. */
    public List<LogEnd> logs() {
        Map<LogId, LogEnd> logs = new TreeMap<>();
        report.status().logs().forEach(log -> logs.put(log.log(), LogEnd.of(log)));
        for (SegmentReadException file : unreadable) {
            LogEnd.logOf(file)
                    .ifPresent(log ->
                            logs.compute(log, (id, end) -> (end == null ? LogEnd.empty(id) : end).stoppedAt(file)));
        }
        return List.copyOf(logs.values());
    }

    /** The refused segment that a log stopped at, if that is its cause. */
    public Optional<WalSegmentId> refusedIn(LogEnd log) {
        String cause = log.cause().orElse("");
        return refused.keySet().stream()
                .filter(segment -> segment.log().equals(log.log()) && cause.startsWith("segment " + segment + ","))
                .findFirst();
    }
}
