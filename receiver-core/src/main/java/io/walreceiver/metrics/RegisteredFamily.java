package io.walreceiver.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Meters of one name in one registry: they come and, gauges only, go with what there is to be told. */
final class RegisteredFamily {

    private final Family family;
    private final MeterRegistry registry;
    private final Runnable refresh;
    private final MultiGauge gauges;
    private final Set<Tags> counters = new HashSet<>();
    private volatile Map<Tags, Double> samples = Map.of();

    /** @param refresh called before a value is told, so that it is not an old one */
    RegisteredFamily(Family family, MeterRegistry registry, Runnable refresh) {
        this.family = family;
        this.registry = registry;
        this.refresh = refresh;
        this.gauges = MultiGauge.builder(family.name())
                .description(family.description())
                .baseUnit(family.unit())
                .register(registry);
    }

    /** One thread at a time. */
    void update(Reading reading) {
        Map<Tags, Double> now = family.samples().apply(reading);
        boolean sameMeters = now.keySet().equals(samples.keySet());
        samples = now;
        if (sameMeters) {
            return;
        }
        if (family.counts()) {
            now.keySet().forEach(this::count);
        } else {
            List<Row<RegisteredFamily>> rows = now.keySet().stream()
                    .map(tags -> Row.of(tags, this, self -> self.value(tags)))
                    .toList();
            gauges.register(rows);
        }
    }

    private void count(Tags tags) {
        if (counters.add(tags)) {
            FunctionCounter.builder(family.name(), this, self -> self.value(tags))
                    .description(family.description())
                    .tags(tags)
                    .register(registry);
        }
    }

    private double value(Tags tags) {
        refresh.run();
        return samples.getOrDefault(tags, Double.NaN);
    }
}
