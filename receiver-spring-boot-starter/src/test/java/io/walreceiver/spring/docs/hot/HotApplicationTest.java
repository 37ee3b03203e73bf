package io.walreceiver.spring.docs.hot;

import static org.awaitility.Awaitility.await;

import io.walreceiver.SegmentReceiver;
import io.walreceiver.format.LogId;
import io.walreceiver.storage.Storage;
import io.walreceiver.test.FakeLeader;
import io.walreceiver.test.Segments;
import io.walreceiver.test.SignalEvent;
import io.walreceiver.transport.Transport;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.webtestclient.autoconfigure.AutoConfigureWebTestClient;
import org.springframework.context.annotation.Bean;
import org.springframework.http.MediaType;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = "spring.config.location=classpath:docs/")
@AutoConfigureWebTestClient(timeout = "30s")
@DirtiesContext(classMode = DirtiesContext.ClassMode.AFTER_EACH_TEST_METHOD)
class HotApplicationTest {

    @TestConfiguration
    static class InMemory {

        @Bean(destroyMethod = "close")
        FakeLeader leader() {
            return FakeLeader.create();
        }

        @Bean
        Transport transport(FakeLeader leader) {
            return leader.transport();
        }

        @Bean
        Storage storage() {
            return Storage.inMemory();
        }
    }

    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    @Autowired
    private FakeLeader leader;

    @Autowired
    private WebTestClient web;

    private final Segments log = Segments.of(new LogId(1, 3));

    /** Until then reads are answered with 503. */
    @BeforeEach
    void awaitRecovery(@Autowired SegmentReceiver receiver) {
        await().atMost(Duration.ofSeconds(30)).until(receiver::recovered);
    }

    @Test
    void aReadSeesWhatItsTokenNames() {
        leader.append(log.next(SignalEvent.at(NOON, 7, 0, 1), SignalEvent.at(NOON, 7, 0, 2)));

        web.get()
                .uri("/api/hot")
                .header("Positions", "1:3=2")
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .valueEquals("Positions", "1:3=2")
                .expectBody()
                .jsonPath("$[0].entity")
                .isEqualTo("7")
                .jsonPath("$[0].score")
                .isEqualTo(3.0);
    }

    @Test
    void scoresAreLive() {
        Flux<String> tops = web.get()
                .uri("/api/hot")
                .accept(MediaType.TEXT_EVENT_STREAM)
                .exchange()
                .returnResult(String.class)
                .getResponseBody();

        StepVerifier.create(tops)
                .expectNext("[]")
                .then(() -> leader.append(log.next(SignalEvent.at(NOON, 7, 0, 1))))
                .expectNext("[{\"entity\":\"7\",\"score\":1.0,\"lastDay\":1}]")
                .then(() -> leader.append(log.next(SignalEvent.at(NOON, 9, 0, 5))))
                .expectNextMatches(top -> top.startsWith("[{\"entity\":\"9\""))
                .thenCancel()
                .verify(Duration.ofSeconds(30));
    }
}
