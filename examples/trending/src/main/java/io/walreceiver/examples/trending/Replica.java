package io.walreceiver.examples.trending;

import io.walreceiver.LogStatus;
import io.walreceiver.ReceiverStatus;
import io.walreceiver.ReceiverStatus.Phase;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * How the replica stands. What is not known is null, never 0.
 *
 * @param phase what the receiver does
 * @param appliedEvents how many events it has replayed
 * @param behindEvents how many more the leader is known to have
 * @param heardMillisAgo how old that knowledge is: the age of the oldest of the logs' last heartbeats
 * @param standing the logs that do not move on, each with its cause
 */
record Replica(
        Phase phase,
        long appliedEvents,
        @Nullable Long behindEvents,
        @Nullable Long heardMillisAgo,
        List<String> standing) {

    static Replica of(ReceiverStatus status) {
        List<LogStatus> logs = status.logs();
        boolean known =
                !logs.isEmpty() && logs.stream().allMatch(log -> log.lagEvents().isPresent());
        boolean heard = !logs.isEmpty()
                && logs.stream().allMatch(log -> log.heartbeatAge().isPresent());
        return new Replica(
                status.phase(),
                logs.stream().mapToLong(LogStatus::applied).sum(),
                known ? sumOfLags(logs) : null,
                heard ? oldestHeartbeat(logs).toMillis() : null,
                logs.stream().flatMap(log -> log.cause().stream()).toList());
    }

    private static long sumOfLags(List<LogStatus> logs) {
        return logs.stream()
                .map(LogStatus::lagEvents)
                .mapToLong(OptionalLong::getAsLong)
                .sum();
    }

    private static Duration oldestHeartbeat(List<LogStatus> logs) {
        return logs.stream()
                .map(LogStatus::heartbeatAge)
                .flatMap(Optional::stream)
                .max(Duration::compareTo)
                .orElseThrow();
    }
}
