package io.walreceiver.server.web.read;

import io.walreceiver.LogStatus;
import io.walreceiver.ReceiverStatus;
import io.walreceiver.RecoveryStatus;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.server.web.Follower;
import io.walreceiver.server.web.PlainText;
import io.walreceiver.server.web.SourceStatus;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How the follower stands, as JSON. Logs that the caller may not see are not in its numbers. */
record StatusJson(
        String node,
        String phase,
        @Nullable RecoveryJson recovery,
        long inFlightBytes,
        long peakInFlightBytes,
        boolean roomRanOut,
        boolean tooManyLogs,
        LogsJson logs,
        LedgerJson ledger,
        List<SourceJson> sources) {

    /** How far what is stored was read back. */
    record RecoveryJson(
            long doneBytes,
            long totalBytes,
            long elapsedMillis,
            @Nullable Long remainingMillis) {

        static @Nullable RecoveryJson of(@Nullable RecoveryStatus recovery) {
            return recovery == null
                    ? null
                    : new RecoveryJson(
                            recovery.doneBytes(),
                            recovery.totalBytes(),
                            recovery.elapsed().toMillis(),
                            recovery.remaining().map(Duration::toMillis).orElse(null));
        }
    }

    /**
     * All logs together.
     *
     * @param states how many logs there are in each state that occurs
     * @param lagEvents null unless it is known of each of them, and there are any
     */
    record LogsJson(
            int count,
            Map<String, Long> states,
            long applied,
            long durable,
            @Nullable Long lagEvents) {

        static LogsJson of(List<LogStatus> logs) {
            boolean known = !logs.isEmpty()
                    && logs.stream().allMatch(log -> log.lagEvents().isPresent());
            return new LogsJson(
                    logs.size(),
                    logs.stream()
                            .collect(Collectors.groupingBy(
                                    log -> log.state().toString(), TreeMap::new, Collectors.counting())),
                    logs.stream().mapToLong(LogStatus::applied).sum(),
                    logs.stream().mapToLong(LogStatus::durable).sum(),
                    known
                            ? logs.stream()
                                    .mapToLong(log -> log.lagEvents().orElse(0))
                                    .sum()
                            : null);
        }
    }

    /** The ledger; its newest event is null if there is none. */
    record LedgerJson(
            long pairs, long allocatedBytes, @Nullable String newestEvent) {

        static LedgerJson of(InMemorySignalLedger ledger) {
            long newest = ledger.newestEventNanos();
            return new LedgerJson(ledger.pairs(), ledger.allocatedBytes(), newest == 0 ? null : Values.instant(newest));
        }
    }

    /** A source of segments. */
    record SourceJson(String address, String state, String text, long reconnects) {

        static SourceJson of(SourceStatus source) {
            return new SourceJson(
                    PlainText.sentence(source.address()),
                    PlainText.word(source.state()),
                    PlainText.sentence(source.text()),
                    source.reconnects());
        }
    }

    static StatusJson of(Follower follower, ReceiverStatus status, List<LogStatus> logs) {
        return new StatusJson(
                follower.node(),
                status.phase().toString().toLowerCase(Locale.ROOT),
                RecoveryJson.of(status.recovery().orElse(null)),
                status.inFlightBytes(),
                status.peakInFlightBytes(),
                status.roomRanOut(),
                status.tooManyLogs(),
                LogsJson.of(logs),
                LedgerJson.of(follower.ledger()),
                follower.sources().get().stream().map(SourceJson::of).toList());
    }
}
