package io.walreceiver.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.walreceiver.SegmentReceiver;
import io.walreceiver.format.LogId;
import io.walreceiver.spring.Generated;
import io.walreceiver.test.Segments;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.inprocess.InProcessLeader;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.health.actuate.endpoint.HealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroup;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Flux;

class ActuatorTest {

    private static final LogId LOG = new LogId(1, 3);

    private final InProcessLeader leader = InProcessLeader.create();
    private final Segments segments = Segments.of(LOG);

    private final ReactiveWebApplicationContextRunner application = new ReactiveWebApplicationContextRunner()
            .withUserConfiguration(Application.class)
            .withBean(Transport.class, leader::follower)
            .withPropertyValues(Generated.SCHEMA)
            .withPropertyValues(
                    "management.endpoints.web.exposure.include=*",
                    "management.endpoint.health.show-details=always",
                    "wal-receiver.health.grace=100ms");

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}

    @AfterEach
    void close() {
        leader.close();
    }

    @Test
    void healthHasReadinessAndLiveness() {
        application.run(context -> {
            leader.send(segments.next(10)).block(Generated.LONG);
            WebTestClient client = client(context);
            await().atMost(Generated.LONG)
                    .untilAsserted(() -> client.get()
                            .uri("/actuator/health")
                            .exchange()
                            .expectBody()
                            .jsonPath("$.components.walReceiverReadiness.status")
                            .isEqualTo("UP")
                            .jsonPath("$.components.walReceiverLiveness.status")
                            .isEqualTo("UP"));
        });
    }

    @Test
    void aReceiverThatHasFailedIsNotReadyAndTellsWhyButLives() {
        Transport broken = Transport.of(Flux.error(new IllegalStateException("the source is broken")));
        new ReactiveWebApplicationContextRunner()
                .withUserConfiguration(Application.class)
                .withBean(Transport.class, () -> broken)
                .withPropertyValues(Generated.SCHEMA)
                .withPropertyValues("management.endpoint.health.show-details=always")
                .run(context -> {
                    WebTestClient client = client(context);
                    await().atMost(Generated.LONG)
                            .untilAsserted(() -> client.get()
                                    .uri("/actuator/health")
                                    .exchange()
                                    .expectStatus()
                                    .isEqualTo(503)
                                    .expectBody()
                                    .jsonPath("$.components.walReceiverReadiness.status")
                                    .isEqualTo("OUT_OF_SERVICE")
                                    .jsonPath("$.components.walReceiverReadiness.details.failure")
                                    .isEqualTo("the source is broken")
                                    .jsonPath("$.components.walReceiverLiveness.status")
                                    .isEqualTo("UP"));
                });
    }

    @Test
    void theProbesIncludeTheReceiverUnlessToldWhatToInclude() {
        application.run(context -> {
            HealthEndpointGroups groups = context.getBean(HealthEndpointGroups.class);
            HealthEndpointGroup readiness = groups.get("readiness");
            HealthEndpointGroup liveness = groups.get("liveness");
            assertThat(List.of(readiness.isMember("walReceiverReadiness"), readiness.isMember("readinessState")))
                    .containsOnly(true);
            assertThat(List.of(liveness.isMember("walReceiverLiveness"), liveness.isMember("livenessState")))
                    .containsOnly(true);
            assertThat(readiness.isMember("walReceiverLiveness") || liveness.isMember("walReceiverReadiness"))
                    .isFalse();
        });
        for (String property : List.of(
                "management.endpoint.health.group.readiness.include=readinessState",
                "wal-receiver.health.probes=false")) {
            application
                    .withPropertyValues(property)
                    .run(context -> assertThat(context.getBean(HealthEndpointGroups.class)
                                    .get("readiness")
                                    .isMember("walReceiverReadiness"))
                            .isFalse());
        }
        application
                .withPropertyValues("management.health.wal-receiver.enabled=false")
                .run(context -> assertThat(context)
                        .doesNotHaveBean(ReceiverReadinessIndicator.class)
                        .doesNotHaveBean(ReceiverLivenessIndicator.class));
    }

    @Test
    void theEndpointTellsHowEachLogStands() {
        application.run(context -> {
            leader.send(segments.next(10)).block(Generated.LONG);
            SegmentReceiver receiver = context.getBean(SegmentReceiver.class);
            receiver.awaitApplied(LOG, 10, Generated.LONG).block(Generated.LONG);
            await().atMost(Generated.LONG).until(() -> receiver.outcomes().applied() == 1);
            WebTestClient client = client(context);
            client.get()
                    .uri("/actuator/walreceiver")
                    .exchange()
                    .expectStatus()
                    .isOk()
                    .expectBody()
                    .jsonPath("$.phase")
                    .isEqualTo("running")
                    .jsonPath("$.outcomes.applied")
                    .isEqualTo(1)
                    .jsonPath("$.logs[0].log")
                    .isEqualTo("1:3")
                    .jsonPath("$.logs[0].applied")
                    .isEqualTo(10);
            client.get()
                    .uri("/actuator/walreceiver/1:3")
                    .exchange()
                    .expectStatus()
                    .isOk()
                    .expectBody()
                    .jsonPath("$.state")
                    .isEqualTo("running");
            client.get()
                    .uri("/actuator/walreceiver/7:7")
                    .exchange()
                    .expectStatus()
                    .isNotFound();
            client.get()
                    .uri("/actuator/walreceiver/seven")
                    .exchange()
                    .expectStatus()
                    .isNotFound();
        });
    }

    @Test
    void metersAndOnlyOneObservationASegmentAreTold() {
        application.run(context -> {
            leader.send(segments.next(10)).block(Generated.LONG);
            leader.send(Segments.corrupt(segments.next(10))).subscribe();
            MeterRegistry meters = context.getBean(MeterRegistry.class);
            await().atMost(Generated.LONG)
                    .until(() -> meters.find("walreceiver.segment").timers().size() == 2);
            assertThat(meters.get("walreceiver.segment")
                            .tags("outcome", "applied", "error", "none")
                            .timer()
                            .count())
                    .isEqualTo(1);
            assertThat(meters.get("walreceiver.segment")
                            .tags("outcome", "refused", "error", "SegmentRefusedException")
                            .timer()
                            .count())
                    .isPositive();
            assertThat(meters.getMeters())
                    .extracting(meter -> meter.getId().getName())
                    .filteredOn(name -> name.startsWith("wal"))
                    .hasSizeGreaterThan(10);
        });
    }

    @Test
    void observationsCanBeTurnedOff() {
        application
                .withPropertyValues("management.observations.enable.walreceiver=false")
                .run(context -> {
                    leader.send(segments.next(10)).block(Generated.LONG);
                    assertThat(context.getBean(MeterRegistry.class)
                                    .find("walreceiver.segment")
                                    .timers())
                            .isEmpty();
                });
    }

    @Test
    void withoutTheReceiverNothingIsTold() {
        application
                .withPropertyValues("wal-receiver.enabled=false")
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(ReceiverEndpoint.class)
                        .doesNotHaveBean(ReceiverReadinessIndicator.class)
                        .doesNotHaveBean("walReceiverMeters")
                        .doesNotHaveBean("walReceiverObservations"));
    }

    @Test
    void anApplicationWithoutWebHasTheSameHealth() {
        new ApplicationContextRunner()
                .withUserConfiguration(Application.class)
                .withBean(Transport.class, leader::follower)
                .withPropertyValues(Generated.SCHEMA)
                .withPropertyValues(
                        "spring.main.web-application-type=none",
                        "spring.jmx.enabled=true",
                        "management.endpoints.jmx.exposure.include=*",
                        "wal-receiver.health.grace=100ms")
                .run(context -> {
                    leader.send(segments.next(10)).block(Generated.LONG);
                    HealthEndpoint health = context.getBean(HealthEndpoint.class);
                    await().atMost(Generated.LONG).until(() -> {
                        HealthDescriptor found = health.healthForPath("walReceiverReadiness");
                        return found != null && found.getStatus().equals(Status.UP);
                    });
                });
    }

    private static WebTestClient client(ApplicationContext context) {
        return WebTestClient.bindToApplicationContext(context)
                .configureClient()
                .responseTimeout(Duration.ofMinutes(2))
                .build();
    }
}
