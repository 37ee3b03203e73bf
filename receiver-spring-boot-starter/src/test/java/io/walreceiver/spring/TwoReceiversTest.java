package io.walreceiver.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walreceiver.ReceiverStatus.Phase;
import io.walreceiver.SegmentReceiver;
import io.walreceiver.format.LogId;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import io.walreceiver.test.Segments;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.inprocess.InProcessLeader;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.stereotype.Component;

/** One receiver of the configuration, and one of the application's own beside it, as {@code docs/spring.md} shows it. */
class TwoReceiversTest {

    private static final LogId LOG = new LogId(9, 9);

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {

        @Bean(destroyMethod = "close", defaultCandidate = false)
        @Qualifier("audit")
        InProcessLeader auditLeader() {
            return InProcessLeader.create();
        }

        // docs/spring.md: two receivers
        @Bean(defaultCandidate = false)
        @Qualifier("audit")
        InMemorySignalLedger auditLedger() {
            return InMemorySignalLedger.create(SignalSchema.of(SignalType.permanent(0, "seen")));
        }

        @Bean(defaultCandidate = false)
        @Qualifier("audit")
        SegmentReceiver auditReceiver(
                @Qualifier("audit") InMemorySignalLedger ledger, @Qualifier("audit") InProcessLeader leader) {
            Transport transport = leader.follower();
            return SegmentReceiver.create(transport, ledger, ledger.schema());
        }

        @Bean(defaultCandidate = false)
        @Qualifier("audit")
        ReceiverLifecycle auditLifecycle(@Qualifier("audit") SegmentReceiver receiver) {
            return new ReceiverLifecycle(receiver, Duration.ofSeconds(10));
        }
        // end
    }

    @Component
    record Reader(
            SegmentReceiver receiver,
            InMemorySignalLedger ledger,
            @Qualifier("audit") SegmentReceiver audit,
            @Qualifier("audit") InMemorySignalLedger auditLedger) {}

    @Test
    void bothLiveAndAreFoundByTheirQualifiers() {
        AtomicReference<Reader> kept = new AtomicReference<>();
        new ReactiveWebApplicationContextRunner()
                .withUserConfiguration(Application.class, Reader.class)
                .withPropertyValues(Generated.SCHEMA)
                .withPropertyValues(Generated.SOURCE)
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    Reader reader = context.getBean(Reader.class);
                    kept.set(reader);
                    Generated.awaitAll(reader.receiver());
                    Generated.assertHoldsAll(reader.ledger());

                    InProcessLeader leader = context.getBean("auditLeader", InProcessLeader.class);
                    leader.send(Segments.of(LOG).signalTypes(1).next(10)).block(Generated.LONG);
                    await().atMost(Generated.LONG)
                            .until(() -> reader.audit().applied(LOG).orElse(0) == 10);
                    assertThat(reader.auditLedger().pairs()).isPositive();
                    assertThat(reader.receiver().applied(LOG)).isEmpty();
                });
        assertThat(kept.get().receiver().status().phase()).isEqualTo(Phase.STOPPED);
        assertThat(kept.get().audit().status().phase()).isEqualTo(Phase.STOPPED);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class NoneIsTheDefault {

        @Bean(destroyMethod = "close")
        InProcessLeader leader() {
            return InProcessLeader.create();
        }

        @Bean
        SegmentReceiver first(InProcessLeader leader, InMemorySignalLedger ledger) {
            return SegmentReceiver.create(leader.follower(), ledger, ledger.schema());
        }

        @Bean
        SegmentReceiver second(InProcessLeader leader, InMemorySignalLedger ledger) {
            return SegmentReceiver.create(leader.follower(), ledger, ledger.schema());
        }
    }

    /** Nobody starts one of two: the application says which is which. */
    @Test
    void ofTwoEqualOnesNoneIsTaken() {
        new ReactiveWebApplicationContextRunner()
                .withUserConfiguration(NoneIsTheDefault.class)
                .withPropertyValues(Generated.SCHEMA)
                .withPropertyValues(Generated.SOURCE, "wal-receiver.reads.paths=/**")
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(ReceiverLifecycle.class)
                        .doesNotHaveBean("walReceiverPositionsWebFilter"));
    }
}
