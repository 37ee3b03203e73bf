package io.walreceiver.spring.actuate;

import io.micrometer.core.instrument.MeterRegistry;
import io.walreceiver.SegmentReceiver;
import io.walreceiver.health.ReceiverHealth;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.metrics.LedgerSize;
import io.walreceiver.metrics.ReceiverMeters;
import io.walreceiver.spring.ReceiverAutoConfiguration;
import io.walreceiver.spring.config.ReceiverProperties;
import io.walreceiver.spring.source.ConfiguredSources;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;

/** The meters that {@code docs/meters.md} lists, where there is a registry. */
@AutoConfiguration(
        after = ReceiverAutoConfiguration.class,
        afterName = {
            "org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration"
        })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnSingleCandidate(SegmentReceiver.class)
@ConditionalOnBean(MeterRegistry.class)
public final class ReceiverMetersAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    ReceiverMeters walReceiverMeters(
            SegmentReceiver receiver,
            ReceiverHealth health,
            ReceiverProperties properties,
            ObjectProvider<ConfiguredSources> sources,
            ObjectProvider<InMemorySignalLedger> ledger) {
        ReceiverMeters.Builder meters = ReceiverMeters.builder(receiver)
                .health(health)
                .maxLogSeries(properties.meters().maxLogSeries());
        sources.ifAvailable(known -> meters.sources(known::states));
        ledger.ifUnique(known -> meters.ledger(() -> new LedgerSize(known.allocatedBytes(), known.pairs())));
        return meters.build();
    }
}
