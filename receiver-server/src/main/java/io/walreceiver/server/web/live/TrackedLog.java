package io.walreceiver.server.web.live;

import io.walreceiver.LogStatus;
import io.walreceiver.ReceiverStatus.Phase;
import io.walreceiver.format.LogId;
import io.walreceiver.server.web.SourceStatus;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A log from one sample to the next.
 *
 * @param log the log
 * @param row how it stands
 * @param changedIn number of the sample in which anything but ages changed
 * @param movedAtMillis when something of it was last applied
 * @param heartbeatAtMillis when the last heartbeat came; null if there was none
 */
record TrackedLog(
        LogId log,
        LogRow row,
        long changedIn,
        long movedAtMillis,
        @Nullable Long heartbeatAtMillis) {

    /** What stands still for less is taken for moving: segments come in bursts. */
    private static final long STILL_AFTER_MILLIS = 5_000;
    /** Two clocks are read for the age of the same heartbeat. */
    private static final long SAME_HEARTBEAT_MILLIS = 500;

    static TrackedLog of(
            LogStatus status,
            Phase phase,
            List<SourceStatus> sources,
            @Nullable TrackedLog before,
            long sample,
            long nowMillis) {
        long movedAt = before != null && before.row.applied() == status.applied() ? before.movedAtMillis : nowMillis;
        long stillMillis = nowMillis - movedAt;
        LogRow row = LogRow.of(
                status,
                phase,
                stillMillis < STILL_AFTER_MILLIS ? Duration.ZERO : Duration.ofMillis(stillMillis),
                sources);
        Long age = row.heartbeatAgeMillis();
        Long heartbeatAt = age == null ? null : (Long) (nowMillis - age);
        if (before != null
                && isSame(before.heartbeatAtMillis, heartbeatAt)
                && Objects.equals(before.row.heartbeatAgeMillis(null), row.heartbeatAgeMillis(null))) {
            return new TrackedLog(status.log(), row, before.changedIn, movedAt, before.heartbeatAtMillis);
        }
        return new TrackedLog(status.log(), row, sample, movedAt, heartbeatAt);
    }

    private static boolean isSame(@Nullable Long before, @Nullable Long now) {
        return before == null || now == null
                ? Objects.equals(before, now)
                : Math.abs(now - before) < SAME_HEARTBEAT_MILLIS;
    }
}
