package io.walreceiver.spring.actuate;

import io.walreceiver.SegmentReceiver;
import io.walreceiver.spring.ReceiverAutoConfiguration;
import io.walreceiver.spring.ReceiverLifecycle;
import io.walreceiver.spring.source.ConfiguredSources;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;

/** The endpoint {@code walreceiver}, where it is exposed. */
@AutoConfiguration(after = ReceiverAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnSingleCandidate(SegmentReceiver.class)
public final class ReceiverEndpointAutoConfiguration {

    @Bean
    @ConditionalOnAvailableEndpoint(ReceiverEndpoint.class)
    @ConditionalOnMissingBean
    ReceiverEndpoint walReceiverEndpoint(
            SegmentReceiver receiver, ReceiverLifecycle lifecycle, ObjectProvider<ConfiguredSources> sources) {
        ConfiguredSources known = sources.getIfAvailable();
        return new ReceiverEndpoint(receiver, lifecycle, known == null ? List::of : known::states);
    }
}
