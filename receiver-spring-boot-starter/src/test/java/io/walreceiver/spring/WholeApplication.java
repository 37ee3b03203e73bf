package io.walreceiver.spring;

import io.walreceiver.SegmentReceiver;
import io.walreceiver.format.LogId;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.inprocess.InProcessLeader;
import java.time.Duration;
import java.util.Objects;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** An application with a web server, as a user would write it. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class WholeApplication {

    static final LogId LOG = new LogId(1, 3);

    @Bean(destroyMethod = "close")
    InProcessLeader leader() {
        return InProcessLeader.create();
    }

    @Bean
    Transport transport(InProcessLeader leader) {
        return leader.follower();
    }

    @RestController
    static class Api {

        private final InMemorySignalLedger ledger;
        private final SegmentReceiver receiver;

        Api(InMemorySignalLedger ledger, SegmentReceiver receiver) {
            this.ledger = ledger;
            this.receiver = receiver;
        }

        @GetMapping("/api/count/{entity}")
        Mono<Long> count(@PathVariable long entity) {
            return Mono.fromSupplier(() -> ledger.read(entity, 0, Generated.NOW).allTime());
        }

        /** Ends with the receiver. */
        @GetMapping(path = "/live", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
        Flux<ServerSentEvent<String>> live() {
            return receiver.statusChanges()
                    .map(status ->
                            ServerSentEvent.builder(status.phase().toString()).build());
        }

        /** Never ends by itself. */
        @GetMapping(path = "/ticks", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
        Flux<ServerSentEvent<Long>> ticks() {
            return Flux.interval(Duration.ofMillis(50))
                    .onBackpressureDrop()
                    .map(tick -> ServerSentEvent.builder(tick).build());
        }
    }

    /** Starts it on a free port of loopback. */
    static ReactiveWebServerApplicationContext start(String... properties) {
        return (ReactiveWebServerApplicationContext) new SpringApplicationBuilder(WholeApplication.class)
                .properties(
                        "server.port=0",
                        "server.address=127.0.0.1",
                        "spring.main.banner-mode=off",
                        "spring.main.web-application-type=reactive",
                        "wal-receiver.reads.paths=/api/**",
                        "wal-receiver.health.grace=100ms")
                .properties(Generated.SCHEMA)
                .properties(properties)
                .run();
    }

    static int port(ReactiveWebServerApplicationContext context) {
        return Objects.requireNonNull(context.getWebServer()).getPort();
    }
}
