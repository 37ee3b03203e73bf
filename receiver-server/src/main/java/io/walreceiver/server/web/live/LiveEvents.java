package io.walreceiver.server.web.live;

import io.walreceiver.RecoveryStatus;
import io.walreceiver.server.web.PlainText;
import io.walreceiver.server.web.SourceStatus;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The events of the stream, and how they are written. Instants are milliseconds since the Unix epoch; unknown is null. */
final class LiveEvents {

    private static final JsonMapper MAPPER = JsonMapper.shared();

    private LiveEvents() {}

    /**
     * How everything stands.
     *
     * @param full whether {@code logs} are all; else only those that changed since the last event
     * @param logCount how many logs there are
     * @param sources null where who looks may not see all logs
     */
    record Status(
            long atMillis,
            boolean full,
            String node,
            String phase,
            @Nullable Recovery recovery,
            long inFlightBytes,
            boolean roomRanOut,
            boolean tooManyLogs,
            @Nullable List<SourceStatus> sources,
            int logCount,
            List<LogRow> logs) {}

    /** How far what is stored has been read back. */
    record Recovery(
            long doneBytes, long totalBytes, @Nullable Long remainingMillis) {

        static @Nullable Recovery of(Optional<RecoveryStatus> recovery) {
            return recovery.map(status -> new Recovery(
                            status.doneBytes(),
                            status.totalBytes(),
                            status.remaining().map(Duration::toMillis).orElse(null)))
                    .orElse(null);
        }
    }

    /** Points since the last event, in columns of the same length. */
    record Rates(
            List<Long> atMillis,
            List<Double> eventsPerSecond,
            List<Double> segmentsPerSecond,
            List<Long> inFlightBytes) {

        static Rates of(List<RatePoint> points) {
            return new Rates(
                    points.stream().map(RatePoint::atMillis).toList(),
                    points.stream().map(RatePoint::eventsPerSecond).toList(),
                    points.stream().map(RatePoint::segmentsPerSecond).toList(),
                    points.stream().map(RatePoint::inFlightBytes).toList());
        }
    }

    /** What became of segments since the program started. */
    record OutcomesSoFar(
            long atMillis,
            long events,
            long applied,
            long duplicate,
            long refused,
            long deferred,
            long abandoned,
            List<RefusedSegment> lastRefused) {

        static OutcomesSoFar of(long atMillis, OutcomeCounts counts, List<Refusal> refusals) {
            return new OutcomesSoFar(
                    atMillis,
                    counts.events(),
                    counts.applied(),
                    counts.duplicate(),
                    counts.refused(),
                    counts.deferred(),
                    counts.abandoned(),
                    refusals.stream().map(RefusedSegment::of).toList());
        }
    }

    /** A segment that was refused. */
    record RefusedSegment(long atMillis, String log, String segment, String reason) {

        static RefusedSegment of(Refusal refusal) {
            return new RefusedSegment(
                    refusal.atMillis(),
                    refusal.log().toString(),
                    refusal.fault().segment().toString(),
                    PlainText.sentence(refusal.fault().describe()));
        }
    }

    /** The first of each signal. */
    record Top(long atMillis, long asOfMillis, long tookMillis, List<TopSignal> signals) {}

    /** The entities of a signal with the highest scores, highest first. */
    record TopSignal(int type, String signal, List<TopEntity> entities) {}

    /** An entity; its id is a string of digits, as it may be larger than what a browser counts. */
    record TopEntity(String entityId, @Nullable String name, double score, long lastHour, long allTime) {}

    /** The stream ends. */
    record Bye(String reason) {}

    /** One event, ready to be sent. */
    static byte[] event(String name, Object data) {
        return ("event: " + name + "\ndata: " + MAPPER.writeValueAsString(data) + "\n\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Several events, to be sent in one piece. */
    static byte[] join(List<byte[]> parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        parts.forEach(all::writeBytes);
        return all.toByteArray();
    }
}
