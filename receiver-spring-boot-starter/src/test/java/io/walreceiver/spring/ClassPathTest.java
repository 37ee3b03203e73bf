package io.walreceiver.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.context.ContextRegistry;
import io.walreceiver.SegmentReceiver;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.spring.actuate.ReceiverEndpointAutoConfiguration;
import io.walreceiver.spring.actuate.ReceiverHealthAutoConfiguration;
import io.walreceiver.spring.actuate.ReceiverMetersAutoConfiguration;
import io.walreceiver.spring.actuate.ReceiverObservationAutoConfiguration;
import io.walreceiver.spring.config.InvalidConfigurationException;
import io.walreceiver.spring.web.ReceiverReadsAutoConfiguration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.codec.autoconfigure.CodecsAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.webflux.autoconfigure.HttpHandlerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import reactor.core.publisher.Mono;

/** What an application does not have on its class path is not missed. */
class ClassPathTest {

    private static final AutoConfigurations OURS = AutoConfigurations.of(
            ReceiverAutoConfiguration.class,
            ReceiverReadsAutoConfiguration.class,
            ReceiverHealthAutoConfiguration.class,
            ReceiverEndpointAutoConfiguration.class,
            ReceiverMetersAutoConfiguration.class,
            ReceiverObservationAutoConfiguration.class);

    /** Once in a virtual machine it looks for what propagates contexts: not with a class loader that lacks some of it. */
    @BeforeAll
    static void looksForContexts() {
        ContextRegistry.getInstance();
        Mono.just("any").contextCapture().block(Generated.LONG);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "org.springframework.boot.actuate",
                "org.springframework.boot.actuate,org.springframework.boot.health",
                "io.micrometer.core,org.springframework.boot.micrometer",
                "reactor.netty,org.springframework.boot.reactor.netty",
                "org.springframework.boot.actuate,org.springframework.boot.health,io.micrometer.core,"
                        + "org.springframework.boot.micrometer,reactor.netty,org.springframework.boot.reactor.netty"
            })
    void aWebApplicationDoesWithout(String packages) {
        new ReactiveWebApplicationContextRunner()
                .withClassLoader(new FilteredClassLoader(packages.split(",")))
                .withConfiguration(OURS)
                .withConfiguration(AutoConfigurations.of(
                        CodecsAutoConfiguration.class,
                        WebFluxAutoConfiguration.class,
                        HttpHandlerAutoConfiguration.class))
                .withPropertyValues(Generated.SCHEMA)
                .withPropertyValues(Generated.SOURCE, "wal-receiver.reads.paths=/**")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    Generated.awaitAll(context.getBean(SegmentReceiver.class));
                    Generated.assertHoldsAll(context.getBean(InMemorySignalLedger.class));
                });
    }

    @Test
    void anApplicationWithoutAnyWebOrNettyFollowsDirectories() {
        FilteredClassLoader without = new FilteredClassLoader(
                "io.netty", "reactor.netty", "org.springframework.web", "org.springframework.http", "tools.jackson");
        ApplicationContextRunner application = new ApplicationContextRunner()
                .withClassLoader(without)
                .withConfiguration(OURS)
                .withPropertyValues(Generated.SCHEMA);
        application.withPropertyValues(Generated.SOURCE).run(context -> {
            assertThat(context).hasNotFailed();
            Generated.awaitAll(context.getBean(SegmentReceiver.class));
        });
        application
                .withPropertyValues("wal-receiver.sources[0].address=tcp://127.0.0.1:7402")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(InvalidConfigurationException.class)
                        .hasMessageContaining("Netty is not on the class path"));
    }
}
