package io.walreceiver.spring.config;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * {@code wal-receiver.*}. A key that is not known is a mistake.
 *
 * @param enabled Whether there is a receiver at all.
 * @param autoStart Whether the receiver starts with the application. If not, whoever subscribes to receive() starts it.
 * @param node What this follower calls itself at its sources, 1 to 255 characters. Default: the name of the application.
 * @param schema Signal types that events may have.
 * @param schemaLocation File that lists the signal types, such as classpath:schema.yaml, instead of schema.signals.
 * @param data Data directory, made if need be. Without one everything is in memory, and comes from the leader again after a restart.
 * @param sources Where segments come from; what several send is merged.
 * @param storage What is kept in the data directory.
 * @param receiver Bounds of the receiver.
 * @param health When the receiver counts as stalled, and when as ready.
 * @param reads Reads that must see a position; only with WebFlux.
 * @param meters Meters; only with Micrometer.
 * @param stopTimeout How long draining may take when the application stops, 0 to 1h, and at most 70 % of spring.lifecycle.timeout-per-shutdown-phase. What is not drained then is dropped, and will be sent again.
 */
@ConfigurationProperties(prefix = "wal-receiver", ignoreUnknownFields = false)
public record ReceiverProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("true") boolean autoStart,
        @Nullable String node,
        @DefaultValue Schema schema,
        @Nullable String schemaLocation,
        @Nullable String data,
        @DefaultValue List<Source> sources,
        @DefaultValue Storage storage,
        @DefaultValue Receiver receiver,
        @DefaultValue Health health,
        @DefaultValue Reads reads,
        @DefaultValue Meters meters,
        @DefaultValue("20s") Duration stopTimeout) {

    /**
     * Checks ranges, and what goes together.
     *
     * @throws InvalidConfigurationException telling all mistakes
     */
    public ReceiverProperties {
        Ranges ranges = new Ranges();
        ranges.name(node);
        ranges.storage(storage);
        ranges.receiver(receiver);
        ranges.health(health);
        ranges.reads(reads);
        ranges.others(meters, stopTimeout);
        ranges.throwIfAny();
    }

    /**
     * Signal types.
     *
     * @param signals The types, one or more.
     */
    public record Schema(@DefaultValue List<Signal> signals) {}

    /**
     * A signal type, as a schema file writes it.
     *
     * @param type Number on the wire, 0 to 255.
     * @param name Name, such as view.
     * @param halfLife After how long a score is worth half, such as 7d or 1d12h; or the word permanent.
     */
    public record Signal(
            @Nullable Integer type,
            @Nullable String name,
            @Nullable String halfLife) {}

    /**
     * A source of segments.
     *
     * @param address A publisher, tcp://HOST:PORT, or a directory of segments: its path, or a file: URI.
     * @param ssl TLS for a publisher.
     * @param token Name of the file with the token to show to a publisher.
     * @param insecure Whether the token may be sent in the clear outside of loopback.
     * @param follow Whether a directory is followed, so that segments that appear later are taken too.
     */
    public record Source(
            @Nullable String address,
            @DefaultValue Ssl ssl,
            @Nullable String token,
            @DefaultValue("false") boolean insecure,
            @DefaultValue("true") boolean follow) {}

    /**
     * TLS.
     *
     * @param bundle Name of the SSL bundle (spring.ssl.bundle) with the certificate to show, and whom to trust.
     */
    public record Ssl(@Nullable String bundle) {}

    /**
     * What is kept in the data directory.
     *
     * @param commit How long to gather before what was applied is made durable, up to 1h; 0 for at once.
     * @param maxFileBytes Size from which on a file of a log is followed by a new one, 1B or more.
     * @param checkpointBytes Bytes of a log after which it gets another checkpoint, 1B or more.
     * @param checkpointInterval Time after which a log that has moved gets another checkpoint, more than 0.
     * @param retainTime How long files of a log stay after recovery needs them no more. Default: they need not stay.
     * @param retainBytes How many bytes of each log stay after recovery needs them no more. Default: none need to.
     * @param maxQuarantineBytes Bytes of refused segments that are kept aside for each log, 0 or more.
     * @param maxQuarantineSegments Number of refused segments that are kept aside for each log, 2 or more.
     * @param adoptSchemaChanges Whether a schema that differs from the stored one in a compatible way becomes the stored one.
     */
    public record Storage(
            @DefaultValue("0s") Duration commit,
            @DefaultValue("64MB") DataSize maxFileBytes,
            @DefaultValue("256MB") DataSize checkpointBytes,
            @DefaultValue("10m") Duration checkpointInterval,
            @Nullable Duration retainTime,
            @Nullable DataSize retainBytes,
            @DefaultValue("64MB") DataSize maxQuarantineBytes,
            @DefaultValue("1000") int maxQuarantineSegments,
            @DefaultValue("false") boolean adoptSchemaChanges) {}

    /**
     * Bounds of the receiver.
     *
     * @param maxInFlightBytes Bytes of all segments between arrival and outcome; at least max-segment-bytes.
     * @param maxSegmentBytes Size of one segment, 1B to 2147483583B; a larger one is refused.
     * @param maxHeldBytesPerLog Bytes of segments that may wait behind a gap of one log, 0 or more.
     * @param maxLogs Number of logs, 1 or more; segments of further ones are let go.
     * @param maxLedgerBytes Bytes that the ledger may take, 1B or more; logs that would go beyond stop. Default: half the heap.
     * @param patience How long a log may stand still before its segments make way for others, more than 0.
     * @param minResendDelay Pause after which missing segments are asked for, more than 0.
     * @param maxResendDelay Longest pause between two requests that did not help; at least min-resend-delay.
     * @param threads Number of threads that verify and replay, 1 to 1024. Default: the number of processors.
     */
    public record Receiver(
            @DefaultValue("256MB") DataSize maxInFlightBytes,
            @DefaultValue("64MB") DataSize maxSegmentBytes,
            @DefaultValue("64MB") DataSize maxHeldBytesPerLog,
            @DefaultValue("4096") int maxLogs,
            @Nullable DataSize maxLedgerBytes,
            @DefaultValue("1s") Duration patience,
            @DefaultValue("100ms") Duration minResendDelay,
            @DefaultValue("30s") Duration maxResendDelay,
            @Nullable Integer threads) {}

    /**
     * When the receiver counts as stalled, and when as ready.
     *
     * @param stallAfter How long no log may move, while there is something to do, until liveness fails; 2s to 1d.
     * @param grace How long, before it is first ready, what may never come is waited for; 0 to 1d.
     * @param maxLag Lag beyond which it is not ready, up to 1d. Default: no lag is too much.
     * @param readiness strict: a gap, a hold or an unknown lag makes it unready; normal: such things are told as degraded.
     * @param probes Whether the groups liveness and readiness of the health endpoint include the receiver, unless their own include says what they do.
     */
    public record Health(
            @DefaultValue("60s") Duration stallAfter,
            @DefaultValue("10s") Duration grace,
            @Nullable Duration maxLag,
            @DefaultValue("normal") Readiness readiness,
            @DefaultValue("true") boolean probes) {}

    /** What makes a receiver unready. */
    public enum Readiness {
        /** It recovers, stops, has not caught up yet, or lags more than is allowed. */
        NORMAL,
        /** Also a gap, a hold, or a lag that is not known. */
        STRICT
    }

    /**
     * Reads that must see a position.
     *
     * @param paths Paths, such as /api/**, of which requests may carry the header Positions, wait for it, and are told it. Default: none.
     * @param maxWait How long a request may wait for positions, up to 5m.
     * @param maxWaiters Number of positions that are waited for at a time, 1 or more; further requests are told to come again.
     */
    public record Reads(
            @DefaultValue List<String> paths,
            @DefaultValue("5s") Duration maxWait,
            @DefaultValue("1024") int maxWaiters) {}

    /**
     * Meters.
     *
     * @param maxLogSeries Logs that have series of their own, 0 or more; the rest is summed up.
     */
    public record Meters(@DefaultValue("500") int maxLogSeries) {}
}
