package io.walreceiver;

import io.walreceiver.format.LogId;
import java.util.List;
import java.util.Optional;

/**
 * How a receiver stands.
 *
 * @param phase where it is in its life
 * @param logs every log seen so far, in the order of their ids
 * @param recovery how far what is stored has been read back; empty once it has
 * @param inFlightBytes bytes of all segments between arrival and outcome
 * @param peakInFlightBytes the most that has been
 * @param roomRanOut whether logs that stand still pin so much of {@code maxInFlightBytes} that others had to be let go: an alarm
 * @param tooManyLogs whether segments had to be let go since their logs would have been more than {@code maxLogs}: an alarm, for such
 *     logs are not among {@code logs}
 */
public record ReceiverStatus(
        Phase phase,
        List<LogStatus> logs,
        Optional<RecoveryStatus> recovery,
        long inFlightBytes,
        long peakInFlightBytes,
        boolean roomRanOut,
        boolean tooManyLogs) {

    /** Where a receiver is in its life. */
    public enum Phase {
        /** Nobody has subscribed yet. */
        NEW,
        /** What is stored is read back; the transport has not been asked yet. Reads see only a part of it. */
        RECOVERING,
        /** Segments are taken. */
        RUNNING,
        /** No more segments are taken; what has come is replayed. */
        STOPPING,
        /** Nothing happens any more. */
        STOPPED
    }

    public ReceiverStatus {
        logs = List.copyOf(logs);
    }

    /** The status of one log, if it has been seen. */
    public Optional<LogStatus> log(LogId log) {
        return logs.stream().filter(status -> status.log().equals(log)).findFirst();
    }
}
