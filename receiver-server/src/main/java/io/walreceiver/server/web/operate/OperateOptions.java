package io.walreceiver.server.web.operate;

import io.walreceiver.health.HealthOptions;
import java.time.Duration;
import java.util.Optional;

/**
 * Options of the operations' routes; their ranges are those of {@link HealthOptions} and of the meters.
 *
 * @param stallAfter how long work may wait without any log moving until {@code /livez} fails
 * @param grace how long, before it is first ready, what may never come is waited for
 * @param maxLag how old what is read may be at the most, or {@code /readyz} fails; empty for no bound
 * @param strict whether what degrades makes it unready
 * @param maxLogSeries how many logs have meters of their own, 0 or more
 */
public record OperateOptions(
        Duration stallAfter, Duration grace, Optional<Duration> maxLag, boolean strict, int maxLogSeries) {

    /** 60 s, 10 s, no bound, not strict, 500 logs. */
    public static final OperateOptions DEFAULTS =
            new OperateOptions(Duration.ofSeconds(60), Duration.ofSeconds(10), Optional.empty(), false, 500);

    /** @throws IllegalArgumentException naming the option that is out of its range */
    public OperateOptions {
        if (maxLogSeries < 0) {
            throw new IllegalArgumentException("maxLogSeries=" + maxLogSeries + " is out of range: must be 0 or more");
        }
        health(stallAfter, grace, maxLag, strict);
    }

    HealthOptions health() {
        return health(stallAfter, grace, maxLag, strict);
    }

    private static HealthOptions health(
            Duration stallAfter, Duration grace, Optional<Duration> maxLag, boolean strict) {
        HealthOptions.Builder options =
                HealthOptions.builder().stallAfter(stallAfter).grace(grace).strict(strict);
        maxLag.ifPresent(options::maxLag);
        return options.build();
    }
}
