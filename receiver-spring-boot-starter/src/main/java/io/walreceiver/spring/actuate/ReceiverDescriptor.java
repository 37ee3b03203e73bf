package io.walreceiver.spring.actuate;

import io.walreceiver.LogStatus;
import io.walreceiver.OutcomeCounts;
import io.walreceiver.ReceiverStatus;
import io.walreceiver.RecoveryStatus;
import io.walreceiver.health.SourceState;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * How a receiver stands, as the endpoint tells it. What is unknown is null, never 0.
 *
 * @param phase new, recovering, running, stopping or stopped
 * @param failure why it has failed; null if it has not
 * @param recoveredBytes how much of what is stored has been read back; null but while recovering
 * @param bytesToRecover of so much; null but while recovering
 * @param inFlightBytes bytes of segments between arrival and outcome
 * @param roomRanOut whether logs that stand still take the room of others
 * @param tooManyLogs whether there are more logs than may be
 * @param outcomes how segments have ended so far
 * @param sources how the sources stand that can tell
 * @param logs every log seen so far, by id
 */
public record ReceiverDescriptor(
        String phase,
        @Nullable String failure,
        @Nullable Long recoveredBytes,
        @Nullable Long bytesToRecover,
        long inFlightBytes,
        boolean roomRanOut,
        boolean tooManyLogs,
        OutcomeCounts outcomes,
        List<SourceState> sources,
        List<Log> logs) {

    /**
     * How a log stands.
     *
     * @param log its id, REGION:SHARD
     * @param state in a word
     * @param cause why it does not move on; null while it does
     * @param received last event of the unbroken run of verified segments
     * @param durable last event that is durable
     * @param applied last event in the ledger
     * @param acknowledged last event that the sender may forget
     * @param head last event that the leader has written
     * @param lagEvents how many of those are not applied
     * @param lagMillis how far the ledger is behind the leader, by the leader's stamps
     * @param heartbeatAgeMillis how old that is
     * @param heldSegments segments that wait behind a gap
     * @param heldBytes their size
     * @param keptAside refused segments that are kept
     * @param skips how often an operator gave events up
     */
    public record Log(
            String log,
            String state,
            @Nullable String cause,
            long received,
            long durable,
            long applied,
            long acknowledged,
            @Nullable Long head,
            @Nullable Long lagEvents,
            @Nullable Long lagMillis,
            @Nullable Long heartbeatAgeMillis,
            int heldSegments,
            long heldBytes,
            int keptAside,
            int skips) {

        static Log of(LogStatus status) {
            return new Log(
                    status.log().toString(),
                    status.state().toString(),
                    status.cause().orElse(null),
                    status.received(),
                    status.durable(),
                    status.applied(),
                    status.acknowledged(),
                    orNull(status.head()),
                    orNull(status.lagEvents()),
                    status.lagTime().map(Duration::toMillis).orElse(null),
                    status.heartbeatAge().map(Duration::toMillis).orElse(null),
                    status.heldSegments(),
                    status.heldBytes(),
                    status.keptAside(),
                    status.skips().size());
        }

        private static @Nullable Long orNull(OptionalLong value) {
            return value.isPresent() ? Long.valueOf(value.getAsLong()) : null;
        }
    }

    static ReceiverDescriptor of(
            ReceiverStatus status, OutcomeCounts outcomes, @Nullable String failure, List<SourceState> sources) {
        return new ReceiverDescriptor(
                status.phase().name().toLowerCase(Locale.ROOT),
                failure,
                status.recovery().map(RecoveryStatus::doneBytes).orElse(null),
                status.recovery().map(RecoveryStatus::totalBytes).orElse(null),
                status.inFlightBytes(),
                status.roomRanOut(),
                status.tooManyLogs(),
                outcomes,
                sources,
                status.logs().stream().map(Log::of).toList());
    }
}
