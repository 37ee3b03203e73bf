package io.walreceiver.spring.actuate;

import io.walreceiver.SegmentReceiver;
import io.walreceiver.health.ReceiverHealth;
import io.walreceiver.spring.ReceiverAutoConfiguration;
import io.walreceiver.spring.ReceiverLifecycle;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * Two parts of the application's health, {@code walReceiverLiveness} and {@code walReceiverReadiness}, which belong to the groups of the
 * probes. {@code management.health.wal-receiver.enabled=false} takes them away.
 */
@AutoConfiguration(
        after = ReceiverAutoConfiguration.class,
        afterName =
                "org.springframework.boot.health.autoconfigure.actuate.endpoint.AvailabilityProbesAutoConfiguration")
@ConditionalOnClass(ReactiveHealthIndicator.class)
@ConditionalOnSingleCandidate(SegmentReceiver.class)
public final class ReceiverHealthAutoConfiguration {

    @Bean
    @ConditionalOnEnabledHealthIndicator("wal-receiver")
    @ConditionalOnMissingBean
    ReceiverLivenessIndicator walReceiverLivenessHealthIndicator(ReceiverHealth health) {
        return new ReceiverLivenessIndicator(health);
    }

    @Bean
    @ConditionalOnEnabledHealthIndicator("wal-receiver")
    @ConditionalOnMissingBean
    ReceiverReadinessIndicator walReceiverReadinessHealthIndicator(ReceiverHealth health, ReceiverLifecycle lifecycle) {
        return new ReceiverReadinessIndicator(health, lifecycle);
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(HealthEndpointGroups.class)
    @ConditionalOnProperty(prefix = "wal-receiver.health", name = "probes", matchIfMissing = true)
    static class Probes {

        @Bean
        ProbeGroups walReceiverProbeGroups(Environment environment) {
            return new ProbeGroups(environment);
        }
    }
}
