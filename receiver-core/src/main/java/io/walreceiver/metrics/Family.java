package io.walreceiver.metrics;

import io.micrometer.core.instrument.Tags;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Meters of one name.
 *
 * @param name as Micrometer has it, with dots
 * @param unit of its values; null for a number of things
 * @param description in a sentence
 * @param counts whether it only grows
 * @param samples its values by their tags, which differ; what is unknown has none
 */
record Family(
        String name,
        @Nullable String unit,
        String description,
        boolean counts,
        Function<Reading, Map<Tags, Double>> samples) {

    static Family gauge(
            String name, @Nullable String unit, String description, Function<Reading, Map<Tags, Double>> samples) {
        return new Family(name, unit, description, false, samples);
    }

    static Family counter(String name, String description, Function<Reading, Map<Tags, Double>> samples) {
        return new Family(name, null, description, true, samples);
    }
}
