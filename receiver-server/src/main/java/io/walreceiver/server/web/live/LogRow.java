package io.walreceiver.server.web.live;

import io.walreceiver.LogStatus;
import io.walreceiver.ReceiverStatus.Phase;
import io.walreceiver.server.web.PlainText;
import io.walreceiver.server.web.SourceStatus;
import io.walreceiver.storage.records.Skip;
import io.walreceiver.transport.LeaderEpoch;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A log as it is shown; unknown is null. Ages are in milliseconds, at the instant of the event that brings them.
 *
 * @param why why it does not move, or that it does
 * @param next what to do about it; empty if there is nothing
 * @param skips the last {@value #LAST_SKIPS} that an operator allowed
 * @param skipCount how many there are
 */
record LogRow(
        String log,
        String state,
        @Nullable String cause,
        String why,
        String next,
        long received,
        long written,
        long durable,
        long applied,
        long acknowledged,
        @Nullable Long head,
        @Nullable Long lagEvents,
        @Nullable Long lagMillis,
        @Nullable Long heartbeatAgeMillis,
        @Nullable Long epoch,
        int held,
        long heldBytes,
        int keptAside,
        long inFlightBytes,
        int skipCount,
        List<ShownSkip> skips) {

    static final int LAST_SKIPS = 5;

    /** A hole that an operator allowed. */
    record ShownSkip(long from, long through, String at, String reason) {}

    static LogRow of(LogStatus log, Phase phase, Duration still, List<SourceStatus> sources) {
        LogExplanation told = LogExplanation.of(log, phase, still, sources);
        return new LogRow(
                log.log().toString(),
                log.state().toString(),
                log.cause().map(PlainText::sentence).orElse(null),
                told.why(),
                told.next(),
                log.received(),
                log.written(),
                log.durable(),
                log.applied(),
                log.acknowledged(),
                orNull(log.head()),
                orNull(log.lagEvents()),
                log.lagTime().map(Duration::toMillis).orElse(null),
                log.heartbeatAge().map(Duration::toMillis).orElse(null),
                log.epoch().map(LeaderEpoch::number).orElse(null),
                log.heldSegments(),
                log.heldBytes(),
                log.keptAside(),
                log.inFlightBytes(),
                log.skips().size(),
                log.skips().stream()
                        .skip(Math.max(0, log.skips().size() - LAST_SKIPS))
                        .map(LogRow::shown)
                        .toList());
    }

    /** The same with another age of the heartbeat, which changes all the time. */
    LogRow heartbeatAgeMillis(@Nullable Long age) {
        return new LogRow(
                log,
                state,
                cause,
                why,
                next,
                received,
                written,
                durable,
                applied,
                acknowledged,
                head,
                lagEvents,
                lagMillis,
                age,
                epoch,
                held,
                heldBytes,
                keptAside,
                inFlightBytes,
                skipCount,
                skips);
    }

    private static ShownSkip shown(Skip skip) {
        return new ShownSkip(skip.from(), skip.through(), skip.at().toString(), PlainText.name(skip.reason()));
    }

    private static @Nullable Long orNull(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : null;
    }
}
