package io.walreceiver.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.SegmentReceiver;
import io.walreceiver.format.LogId;
import io.walreceiver.test.Segments;
import io.walreceiver.transport.netty.http.HttpPushTransport;
import io.walreceiver.transport.netty.http.HttpShipper;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.reactor.netty.NettyRouteProvider;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatusCode;

/** A leader pushes segments to the application's own web server, as {@code docs/spring.md} shows it. */
class PushedSegmentsTest {

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {

        // docs/spring.md: pushed segments
        @Bean
        HttpPushTransport pushed() {
            return HttpPushTransport.builder().build(); // security(...) says who may push: Spring Security is not asked
        }

        @Bean
        NettyRouteProvider pushRoutes(HttpPushTransport pushed) {
            return routes -> {
                pushed.routes().accept(routes);
                return routes;
            };
        }
        // end
    }

    @Test
    void aLeaderPushesToTheApplicationsOwnServer() {
        try (ReactiveWebServerApplicationContext context =
                (ReactiveWebServerApplicationContext) new SpringApplicationBuilder(Application.class)
                        .properties("server.port=0", "server.address=127.0.0.1", "spring.main.banner-mode=off")
                        .properties(Generated.SCHEMA)
                        .run()) {
            URI address = URI.create("http://127.0.0.1:" + WholeApplication.port(context));
            LogId log = new LogId(1, 3);
            try (HttpShipper leader = HttpShipper.to(address).build()) {
                leader.send(Segments.of(log).next(100)).block(Generated.LONG);
            }
            assertThat(context.getBean(SegmentReceiver.class).durable(log)).hasValue(100);
            HttpStatusCode other = WholeApplicationTest.client(context)
                    .get()
                    .uri("/actuator/health/liveness")
                    .exchangeToMono(response -> response.releaseBody().thenReturn(response.statusCode()))
                    .block(Generated.LONG);
            assertThat(other).isEqualTo(HttpStatusCode.valueOf(200));
        }
    }
}
