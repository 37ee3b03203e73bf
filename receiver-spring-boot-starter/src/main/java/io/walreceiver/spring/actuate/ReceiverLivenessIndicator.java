package io.walreceiver.spring.actuate;

import io.walreceiver.health.ReceiverHealth;
import java.util.Optional;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.boot.health.contributor.Status;
import reactor.core.publisher.Mono;

/** Whether the process should go on, by {@link ReceiverHealth#liveness}: {@code DOWN} if not. */
public final class ReceiverLivenessIndicator implements ReactiveHealthIndicator {

    private final ReceiverHealth health;

    /** An indicator of a receiver's health. */
    public ReceiverLivenessIndicator(ReceiverHealth health) {
        this.health = health;
    }

    @Override
    public Mono<Health> health() {
        return Mono.fromSupplier(() -> HealthDetails.of(health.liveness(), Status.DOWN, Optional.empty()));
    }
}
