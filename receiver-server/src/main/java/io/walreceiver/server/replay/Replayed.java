package io.walreceiver.server.replay;

import io.walreceiver.LogStatus;
import io.walreceiver.OutcomeCounts;
import io.walreceiver.StopReport;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.transport.directory.SegmentReadException;
import java.util.List;

/**
 * What came of a replay.
 *
 * @param ledger what the events were applied to
 * @param report how the receiver ended
 * @param unreadable files at which a log stopped, since they could not be read
 * @param bytes size of what was replayed
 * @param seconds how long it took
 */
public record Replayed(
        InMemorySignalLedger ledger,
        StopReport report,
        List<SegmentReadException> unreadable,
        long bytes,
        double seconds) {

    public Replayed {
        unreadable = List.copyOf(unreadable);
    }

    /** How many events were applied. */
    public long events() {
        return report.outcomes().appliedEvents();
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

    /** Logs that stopped short, but for those that stopped at a file that cannot be read. */
    public List<LogStatus> stopped() {
        return report.status().logs().stream()
                .filter(log -> log.cause().isPresent())
                .toList();
    }
}
