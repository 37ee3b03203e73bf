package io.walreceiver.server.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

class PlacesTest {

    private final Places places = new Places(2, "things");

    @Test
    void whoComesWhenAllAreTakenIsSentAway() {
        Disposable first = places.within(Mono.never()).subscribe();
        Sinks.One<String> second = Sinks.one();
        StepVerifier.create(places.within(second.asMono()))
                .then(() -> StepVerifier.create(places.within(Mono.just("x")))
                        .verifyErrorSatisfies(e -> assertThat(((ProblemException) e).answer())
                                .satisfies(answer -> assertThat(answer.status()).isEqualTo(429))
                                .satisfies(
                                        answer -> assertThat(answer.headers()).containsEntry("Retry-After", "1"))))
                .then(() -> second.tryEmitValue("done").orThrow())
                .expectNext("done")
                .verifyComplete();
        assertThat(places.taken()).isEqualTo(1);
        first.dispose();
        assertThat(places.taken()).isZero();
    }

    @Test
    void aFailureGivesThePlaceBack() {
        StepVerifier.create(places.within(Mono.error(new IllegalStateException("no"))))
                .verifyError(IllegalStateException.class);
        assertThat(places.taken()).isZero();
    }

    @Test
    void nothingIsTakenBeforeTheWorkBegins() {
        Mono<String> work = places.within(Mono.just("x"));
        assertThat(places.taken()).isZero();
        StepVerifier.create(work.repeat(5)).expectNextCount(6).verifyComplete();
    }
}
