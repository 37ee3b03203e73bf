package io.walreceiver.examples.trending;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.io.Resource;

/**
 * Options of the page.
 *
 * @param names names of entities: CSV with a header, {@code entity_id,name}
 * @param size how many of each signal are shown, 1 or more
 * @param every how often browsers are told, 1 ms or more
 * @param compareWith how old the ranking is that changes of rank are told against
 * @param maxStreams how many browsers may look on at the same time, 0 or more
 */
@ConfigurationProperties("trending")
record TrendingProperties(
        Resource names,
        @DefaultValue("12") int size,
        @DefaultValue("500ms") Duration every,
        @DefaultValue("10s") Duration compareWith,
        @DefaultValue("200") int maxStreams) {

    TrendingProperties {
        if (size < 1 || every.toMillis() < 1 || compareWith.isNegative() || maxStreams < 0) {
            throw new IllegalArgumentException(
                    "trending: expected size 1 or more, every 1ms or more, compare-with and max-streams 0 or"
                            + " more; found size " + size + ", every " + every + ", compare-with " + compareWith
                            + ", max-streams " + maxStreams);
        }
    }
}
