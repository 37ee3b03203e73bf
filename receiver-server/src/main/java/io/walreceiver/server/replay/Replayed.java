package io.walreceiver.server.replay;

import io.walreceiver.LogStatus;
import io.walreceiver.OutcomeCounts;
import io.walreceiver.StopReport;
import io.walreceiver.ledger.InMemorySignalLedger;
import java.util.List;

/**
 * What came of a replay.
 *
 * @param ledger what the events were applied to
 * @param report how the receiver ended
 * @param bytes size of what was replayed
 * @param seconds how long it took
 */
public record Replayed(InMemorySignalLedger ledger, StopReport report, long bytes, double seconds) {

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

    /** Logs that stopped short. */
    public List<LogStatus> stopped() {
        return report.status().logs().stream()
                .filter(log -> log.cause().isPresent())
                .toList();
    }
}
