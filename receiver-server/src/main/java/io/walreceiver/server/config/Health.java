package io.walreceiver.server.config;

import java.time.Duration;
import java.util.Optional;

/**
 * What counts as healthy.
 *
 * @param stallAfter how long no log may move, while there is something to do, until the process counts as stalled
 * @param grace how long, before it is first ready, what may never come is waited for
 * @param maxLag lag beyond which it is not ready
 * @param readiness what makes it unready
 */
public record Health(
        @Setting(
                value = "How long no log may move, while there is something to do, until /livez fails.",
                preset = "60s",
                least = "2s",
                most = "1d")
        Duration stallAfter,

        @Setting(
                value =
                        "How long, before it is first ready, what may never come is waited for: a first heartbeat, say.",
                preset = "10s",
                most = "1d")
        Duration grace,

        @Setting(
                value = "Lag beyond which /readyz says no.",
                otherwise = "no lag is too much",
                least = "1ms",
                most = "1d")
        Optional<Duration> maxLag,

        @Setting(
                value =
                        "strict: a gap, a hold or an unknown lag makes it unready; normal: such things are told as degraded.",
                preset = "normal")
        Readiness readiness) {

    /** What makes the follower unready. */
    public enum Readiness {
        /** It recovers, drains, or lags more than is allowed. */
        NORMAL,
        /** Also a gap, a hold, or a lag that is not known. */
        STRICT
    }
}
