package io.walreceiver.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walreceiver.ReceiverStatus.Phase;
import io.walreceiver.SegmentReceiver;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.ledger.SignalLedger;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.storage.DirectoryStorage;
import io.walreceiver.storage.Storage;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.directory.DirectoryPublication;
import io.walreceiver.transport.netty.tcp.TcpPublisher;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class ReceiverAutoConfigurationTest {

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(ReceiverAutoConfiguration.class))
            .withPropertyValues(Generated.SCHEMA);

    @Test
    void followsADirectoryIntoMemory() {
        application.withPropertyValues(Generated.SOURCE).run(context -> {
            Generated.awaitAll(context.getBean(SegmentReceiver.class));
            Generated.assertHoldsAll(context.getBean(InMemorySignalLedger.class));
            assertThat(context.getBean(Storage.class).isVolatile()).isTrue();
        });
    }

    @Test
    void followsAPublisherAndResumesFromItsData(@TempDir Path folder) throws Exception {
        TcpPublisher.Running publisher = TcpPublisher.builder(
                        DirectoryPublication.builder(Generated.WAL).build())
                .port(0)
                .build()
                .start()
                .block(Generated.LONG);
        assertThat(publisher).isNotNull();
        Path data = folder.resolve("data");
        application
                .withPropertyValues(
                        "wal-receiver.data=" + data,
                        "wal-receiver.sources[0].address=tcp://127.0.0.1:"
                                + publisher.address().getPort())
                .run(context -> {
                    Generated.awaitAll(context.getBean(SegmentReceiver.class));
                    assertThat(context.getBean(Storage.class)).isInstanceOf(DirectoryStorage.class);
                });
        publisher.stop(false).block(Generated.LONG);

        application
                .withPropertyValues(
                        "wal-receiver.data=" + data.toUri(),
                        "wal-receiver.sources[0].address=tcp://127.0.0.1:"
                                + publisher.address().getPort())
                .run(context -> {
                    Generated.awaitAll(context.getBean(SegmentReceiver.class));
                    Generated.assertHoldsAll(context.getBean(InMemorySignalLedger.class));
                });
    }

    @Test
    void stopsWithTheApplication() {
        AtomicReference<SegmentReceiver> kept = new AtomicReference<>();
        application
                .withPropertyValues(Generated.SOURCE)
                .run(context -> kept.set(context.getBean(SegmentReceiver.class)));
        assertThat(kept.get().status().phase()).isEqualTo(Phase.STOPPED);
    }

    @Test
    void isNotThereIfItIsNotWanted() {
        application
                .withPropertyValues("wal-receiver.enabled=false")
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(SegmentReceiver.class)
                        .doesNotHaveBean(SignalSchema.class)
                        .doesNotHaveBean(ReceiverLifecycle.class));
    }

    @Test
    void waitsForWhoeverSubscribesIfItIsNotToStartByItself() {
        application
                .withPropertyValues(Generated.SOURCE, "wal-receiver.auto-start=false")
                .run(context -> {
                    SegmentReceiver receiver = context.getBean(SegmentReceiver.class);
                    assertThat(receiver.status().phase()).isEqualTo(Phase.NEW);
                    receiver.receive().subscribe();
                    Generated.awaitAll(receiver);
                    assertThat(context.getBean(ReceiverLifecycle.class).isRunning())
                            .isTrue();
                });
    }

    @Test
    void givesWayToBeansOfTheApplication() {
        SignalSchema schema = SignalSchema.of();
        InMemorySignalLedger ledger = InMemorySignalLedger.create(schema);
        Transport transport = Transport.of(reactor.core.publisher.Flux.never());
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(ReceiverAutoConfiguration.class))
                .withBean("schema", SignalSchema.class, () -> schema)
                .withBean("ledger", SignalLedger.class, () -> ledger)
                .withBean("transport", Transport.class, () -> transport)
                .withBean("storage", Storage.class, Storage::inMemory)
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(context.getBean(SignalSchema.class)).isSameAs(schema);
                    assertThat(context.getBean(SignalLedger.class)).isSameAs(ledger);
                    assertThat(context.getBean(Transport.class)).isSameAs(transport);
                    SegmentReceiver receiver = context.getBean(SegmentReceiver.class);
                    await().atMost(Generated.LONG).until(() -> receiver.status().phase() == Phase.RUNNING);
                });
    }
}
