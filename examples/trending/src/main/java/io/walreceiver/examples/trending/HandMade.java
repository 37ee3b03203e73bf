package io.walreceiver.examples.trending;

import io.walreceiver.SegmentReceiver;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import io.walreceiver.storage.Storage;
import io.walreceiver.transport.netty.tcp.TcpTransport;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.CommandLineRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration
class HandMade {
    static final SignalSchema S = SignalSchema.of(
            SignalType.exponential(0, "touch", Duration.ofDays(7)),
            SignalType.exponential(1, "churn", Duration.ofDays(30)));

    @Bean
    InMemorySignalLedger ledger() {
        return InMemorySignalLedger.create(S);
    }

    @Bean
    SegmentReceiver receiver(
            InMemorySignalLedger ledger,
            @Value("${wal-receiver.sources[0].address}") URI from,
            @Value("${wal-receiver.data}") Path data) {
        return SegmentReceiver.create(
                TcpTransport.builder().host(from.getHost()).port(from.getPort()).build(),
                ledger,
                S,
                Storage.directory(data));
    }

    @Bean
    CommandLineRunner go(SegmentReceiver receiver) {
        return args -> receiver.receive().subscribe();
    }
}
