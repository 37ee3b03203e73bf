package io.walreceiver.examples.trending;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.io.Resource;

/**
 * Options of the page.
 *
 * @param names names of entities: CSV with a header, {@code entity_id,name}
 * @param size how many of each signal are shown
 * @param every how often browsers are told
 * @param compareWith how old the ranking is that changes of rank are told against
 * @param maxStreams how many browsers may look on at the same time
 */
@ConfigurationProperties("trending")
record TrendingProperties(
        Resource names,
        @DefaultValue("12") int size,
        @DefaultValue("500ms") Duration every,
        @DefaultValue("10s") Duration compareWith,
        @DefaultValue("200") int maxStreams) {}
