package io.walreceiver.spring.actuate;

import io.micrometer.observation.ObservationRegistry;
import io.walreceiver.spring.ReceiverAutoConfiguration;
import io.walreceiver.spring.TransportDecorator;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;

/**
 * One observation a segment, where there is a registry; {@code management.observations.enable.walreceiver=false} takes them away.
 */
@AutoConfiguration(
        before = ReceiverAutoConfiguration.class,
        afterName = "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration")
@ConditionalOnClass(ObservationRegistry.class)
@ConditionalOnBean(ObservationRegistry.class)
@ConditionalOnProperty(prefix = "wal-receiver", name = "enabled", matchIfMissing = true)
public final class ReceiverObservationAutoConfiguration {

    @Bean
    TransportDecorator walReceiverObservations(ObservationRegistry registry) {
        return transport -> new ObservedTransport(transport, new SegmentObservations(registry));
    }
}
