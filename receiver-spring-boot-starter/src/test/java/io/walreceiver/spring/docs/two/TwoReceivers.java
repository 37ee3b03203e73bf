package io.walreceiver.spring.docs.two;

import io.walreceiver.SegmentReceiver;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.spring.ReceiverLifecycle;
import io.walreceiver.storage.Storage;
import io.walreceiver.transport.Transport;
import java.nio.file.Path;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class TwoReceivers {

    @Bean
    InMemorySignalLedger sold(SignalSchema schema) {
        return InMemorySignalLedger.create(schema);
    }

    @Bean
    SegmentReceiver shop(
            @Qualifier("shopLeader") Transport leader,
            @Qualifier("sold") InMemorySignalLedger ledger,
            SignalSchema schema,
            @Value("${hot.data}") Path data) {
        return SegmentReceiver.create(leader, ledger, schema, Storage.directory(data.resolve("shop")));
    }

    @Bean
    ReceiverLifecycle shopLifecycle(@Qualifier("shop") SegmentReceiver receiver) {
        return new ReceiverLifecycle(receiver, Duration.ofSeconds(20));
    }

    @Bean
    InMemorySignalLedger discussed(SignalSchema schema) {
        return InMemorySignalLedger.create(schema);
    }

    @Bean
    SegmentReceiver forum(
            @Qualifier("forumLeader") Transport leader,
            @Qualifier("discussed") InMemorySignalLedger ledger,
            SignalSchema schema,
            @Value("${hot.data}") Path data) {
        return SegmentReceiver.create(leader, ledger, schema, Storage.directory(data.resolve("forum")));
    }

    @Bean
    ReceiverLifecycle forumLifecycle(@Qualifier("forum") SegmentReceiver receiver) {
        return new ReceiverLifecycle(receiver, Duration.ofSeconds(20));
    }
}
