package io.walreceiver.spring.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.context.ContextRegistry;
import io.walreceiver.SegmentReceiver;
import io.walreceiver.format.LogId;
import io.walreceiver.spring.Generated;
import io.walreceiver.spring.ReceiverAutoConfiguration;
import io.walreceiver.test.Segments;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.inprocess.InProcessLeader;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.codec.autoconfigure.CodecsAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.reactor.autoconfigure.ReactorAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableReactiveWebApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.webflux.autoconfigure.HttpHandlerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

class PositionsWebFilterTest {

    private static final LogId LOG = new LogId(1, 3);
    private static final ThreadLocal<String> CALLER = new ThreadLocal<>();

    private final InProcessLeader leader = InProcessLeader.create();
    private final Segments segments = Segments.of(LOG);

    private final ReactiveWebApplicationContextRunner application = new ReactiveWebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    ReactorAutoConfiguration.class,
                    JacksonAutoConfiguration.class,
                    CodecsAutoConfiguration.class,
                    HttpHandlerAutoConfiguration.class,
                    WebFluxAutoConfiguration.class,
                    ReceiverReadsAutoConfiguration.class,
                    ReceiverAutoConfiguration.class))
            .withUserConfiguration(Application.class)
            .withBean(Transport.class, leader::follower)
            .withPropertyValues(Generated.SCHEMA)
            .withPropertyValues("wal-receiver.reads.paths=/api/**");

    @Configuration(proxyBeanMethods = false)
    static class Application {

        @Bean
        Api api(SegmentReceiver receiver) {
            return new Api(receiver);
        }

        /** As a security or tracing library does. */
        @Bean
        @Order(Ordered.HIGHEST_PRECEDENCE)
        WebFilter caller() {
            return (exchange, chain) -> chain.filter(exchange).contextWrite(context -> context.put("caller", "me"));
        }
    }

    @RestController
    static class Api {

        private final SegmentReceiver receiver;

        Api(SegmentReceiver receiver) {
            this.receiver = receiver;
        }

        @GetMapping("/api/applied")
        Mono<String> applied() {
            return Mono.fromSupplier(() -> Long.toString(receiver.applied(LOG).orElse(0)));
        }

        @GetMapping("/api/caller")
        Mono<String> caller() {
            return Mono.deferContextual(context -> Mono.just(context.get("caller") + "/" + CALLER.get()))
                    .subscribeOn(Schedulers.parallel());
        }

        @GetMapping("/other")
        Mono<String> other() {
            return Mono.just("other");
        }
    }

    @BeforeEach
    void registersAThreadLocal() {
        ContextRegistry.getInstance().registerThreadLocalAccessor("caller", CALLER);
    }

    @AfterEach
    void leavesNothing() {
        Hooks.disableAutomaticContextPropagation();
        ContextRegistry.getInstance().removeThreadLocalAccessor("caller");
        leader.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "limited"})
    void aRequestWaitsForItsPositionAndKeepsItsContext(String propagation) {
        application
                .withPropertyValues("spring.reactor.context-propagation=" + propagation)
                .run(context -> {
                    WebTestClient client = client(context);
                    CompletableFuture<String> answer =
                            CompletableFuture.supplyAsync(() -> body(client, "/api/applied", "1:3=25"));
                    CompletableFuture<String> caller =
                            CompletableFuture.supplyAsync(() -> body(client, "/api/caller", "1:3=25"));
                    awaitWaiting(context, 2);
                    leader.send(segments.next(10)).block(Generated.LONG);
                    leader.send(segments.next(10)).block(Generated.LONG);
                    assertThat(answer).isNotDone();
                    leader.send(segments.next(10)).block(Generated.LONG);
                    assertThat(answer.join()).isEqualTo("30");
                    assertThat(caller.join()).isEqualTo("me/" + (propagation.equals("auto") ? "me" : "null"));
                    awaitWaiting(context, 0);
                });
    }

    @Test
    void theAnswerSaysWhatWasSeen() {
        application.run(context -> {
            SegmentReceiver receiver = context.getBean(SegmentReceiver.class);
            leader.send(segments.next(10)).block(Generated.LONG);
            leader.send(Segments.of(new LogId(2, 0)).next(7)).block(Generated.LONG);
            await().atMost(Generated.LONG)
                    .until(() -> receiver.applied(new LogId(2, 0)).orElse(0) == 7);
            client(context)
                    .get()
                    .uri("/api/applied")
                    .exchange()
                    .expectHeader()
                    .valueEquals("Positions", "1:3=10, 2:0=7");
            client(context)
                    .get()
                    .uri("/api/applied")
                    .header("Positions", "1:3=4", "9:9=0")
                    .exchange()
                    .expectStatus()
                    .isOk()
                    .expectHeader()
                    .valueEquals("Positions", "1:3=10, 2:0=7, 9:9=0");
            client(context).get().uri("/other").exchange().expectHeader().doesNotExist("Positions");
        });
    }

    @Test
    void aPositionThatIsNotReachedIsAProblem() {
        application
                .withPropertyValues("wal-receiver.reads.max-wait=50ms")
                .run(context -> client(context)
                        .get()
                        .uri("/api/applied")
                        .header("Positions", "1:3=5")
                        .exchange()
                        .expectStatus()
                        .isEqualTo(503)
                        .expectHeader()
                        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                        .expectHeader()
                        .valueEquals("Retry-After", "1")
                        .expectBody()
                        .jsonPath("$.type")
                        .isEqualTo("urn:walreceiver:not-reached")
                        .jsonPath("$.detail")
                        .value(detail -> assertThat(detail.toString()).contains("1:3")));
    }

    @Test
    void onlySoManyWait() {
        application
                .withPropertyValues("wal-receiver.reads.max-waiters=2", "wal-receiver.reads.max-wait=1m")
                .run(context -> {
                    WebTestClient client = client(context);
                    CompletableFuture<String> waits =
                            CompletableFuture.supplyAsync(() -> body(client, "/api/applied", "1:3=10, 1:4=1"));
                    awaitWaiting(context, 2);
                    client.get()
                            .uri("/api/applied")
                            .header("Positions", "1:3=10")
                            .exchange()
                            .expectStatus()
                            .isEqualTo(503)
                            .expectBody()
                            .jsonPath("$.type")
                            .isEqualTo("urn:walreceiver:overloaded");
                    leader.send(segments.next(10)).block(Generated.LONG);
                    leader.send(Segments.of(new LogId(1, 4)).next(1)).block(Generated.LONG);
                    assertThat(waits.join()).isEqualTo("10");
                });
    }

    @Test
    void aRequestThatWaitsWhenTheReceiverStopsIsTold() {
        application.withPropertyValues("wal-receiver.reads.max-wait=1m").run(context -> {
            WebTestClient client = client(context);
            CompletableFuture<Integer> status = CompletableFuture.supplyAsync(() -> client.get()
                    .uri("/api/applied")
                    .header("Positions", "1:3=10")
                    .exchange()
                    .returnResult(String.class)
                    .getStatus()
                    .value());
            awaitWaiting(context, 1);
            context.getBean(SegmentReceiver.class).stop(Duration.ZERO).block(Generated.LONG);
            assertThat(status.join()).isEqualTo(503);
        });
    }

    @Test
    void readsBeforeTheRecoveryAreAProblem() {
        application
                .withPropertyValues("wal-receiver.auto-start=false")
                .run(context -> anyClient(context)
                        .get()
                        .uri("/api/applied")
                        .exchange()
                        .expectStatus()
                        .isEqualTo(503)
                        .expectBody()
                        .jsonPath("$.type")
                        .isEqualTo("urn:walreceiver:recovering"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1:3", "=5", "1:3=", "1:3=-1", "1:3=+1", "1:3=x", "1=5", "1:3=1,", "1:70000=1", ","})
    void aHeaderThatCannotBeReadIsAProblem(String header) {
        application.run(context -> client(context)
                .get()
                .uri("/api/applied")
                .header("Positions", header)
                .exchange()
                .expectStatus()
                .isBadRequest());
    }

    @Test
    void isNotThereWithoutPathsOrWebFlux() {
        application
                .withPropertyValues("wal-receiver.reads.paths=")
                .run(context -> assertThat(context).doesNotHaveBean(PositionsWebFilter.class));
        new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(ReceiverReadsAutoConfiguration.class, ReceiverAutoConfiguration.class))
                .withClassLoader(new FilteredClassLoader(DispatcherHandler.class, WebFilter.class))
                .withPropertyValues(Generated.SCHEMA)
                .withPropertyValues("wal-receiver.reads.paths=/api/**", Generated.SOURCE)
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(PositionsWebFilter.class));
    }

    /** Of an application whose receiver has recovered: it does so in the background. */
    private static WebTestClient client(AssertableReactiveWebApplicationContext context) {
        await().atMost(Generated.LONG)
                .until(() -> context.getBean(SegmentReceiver.class).recovered());
        return anyClient(context);
    }

    private static WebTestClient anyClient(AssertableReactiveWebApplicationContext context) {
        return WebTestClient.bindToApplicationContext(context)
                .configureClient()
                .responseTimeout(Generated.LONG)
                .build();
    }

    private static String body(WebTestClient client, String path, String positions) {
        return String.valueOf(client.get()
                .uri(path)
                .header("Positions", positions)
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody(String.class)
                .returnResult()
                .getResponseBody());
    }

    private static void awaitWaiting(AssertableReactiveWebApplicationContext context, int positions) {
        await().atMost(Generated.LONG)
                .until(() -> context.getBean(PositionsWebFilter.class).waiting() == positions);
    }
}
