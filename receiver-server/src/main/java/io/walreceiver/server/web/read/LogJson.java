package io.walreceiver.server.web.read;

import io.walreceiver.LogStatus;
import io.walreceiver.server.web.PlainText;
import io.walreceiver.storage.records.Skip;
import io.walreceiver.transport.LeaderEpoch;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** How a log stands, as JSON; what is unknown is null. */
record LogJson(
        String log,
        int region,
        int shard,
        String state,
        @Nullable String cause,
        long received,
        long written,
        long durable,
        long applied,
        long acknowledged,
        @Nullable Long head,
        @Nullable Long lagEvents,
        @Nullable Long lagMillis,
        @Nullable Long heartbeatAgeMillis,
        @Nullable EpochJson epoch,
        int heldSegments,
        long heldBytes,
        int keptAside,
        int skipCount,
        List<SkipJson> skips,
        long inFlightBytes) {

    /** Newest ones that are told: there may be any number. */
    private static final int MAX_SKIPS = 100;

    /** A leader's reign. */
    record EpochJson(long number, long start) {

        static @Nullable EpochJson of(@Nullable LeaderEpoch epoch) {
            return epoch == null ? null : new EpochJson(epoch.number(), epoch.start());
        }
    }

    /** Events that were given up. */
    record SkipJson(long from, long through, String at, String reason) {

        static SkipJson of(Skip skip) {
            return new SkipJson(skip.from(), skip.through(), skip.at().toString(), PlainText.sentence(skip.reason()));
        }
    }

    static LogJson of(LogStatus log) {
        List<Skip> skips = log.skips();
        return new LogJson(
                log.log().toString(),
                log.log().region(),
                log.log().shard(),
                log.state().toString(),
                log.cause().map(PlainText::sentence).orElse(null),
                log.received(),
                log.written(),
                log.durable(),
                log.applied(),
                log.acknowledged(),
                orNull(log.head()),
                orNull(log.lagEvents()),
                log.lagTime().map(Duration::toMillis).orElse(null),
                log.heartbeatAge().map(Duration::toMillis).orElse(null),
                EpochJson.of(log.epoch().orElse(null)),
                log.heldSegments(),
                log.heldBytes(),
                log.keptAside(),
                skips.size(),
                skips.subList(Math.max(0, skips.size() - MAX_SKIPS), skips.size()).stream()
                        .map(SkipJson::of)
                        .toList(),
                log.inFlightBytes());
    }

    static @Nullable Long orNull(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : null;
    }
}
