package io.walreceiver;

import io.walreceiver.format.LogId;
import java.util.List;

/**
 * How a receiver ended.
 *
 * @param outcomes what became of the segments that were delivered
 * @param notDrained logs that were not done with what had come when the deadline passed or the stream was cancelled; what they had
 *     not applied was not acknowledged, so it will be sent again
 * @param status how everything stood at the end: gaps and refused segments are found there
 */
public record StopReport(OutcomeCounts outcomes, List<LogId> notDrained, ReceiverStatus status) {

    public StopReport {
        notDrained = List.copyOf(notDrained);
    }

    /** Whether everything that had come got its outcome. */
    public boolean drained() {
        return notDrained.isEmpty();
    }

    /** Whether every log was taken, and ended without a gap, a refused segment or anything else that stops it. */
    public boolean complete() {
        return drained()
                && !status.tooManyLogs()
                && status.logs().stream().allMatch(log -> log.cause().isEmpty());
    }
}
