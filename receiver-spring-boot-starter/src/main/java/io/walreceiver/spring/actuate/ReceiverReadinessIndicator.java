package io.walreceiver.spring.actuate;

import io.walreceiver.health.ReceiverHealth;
import io.walreceiver.spring.ReceiverLifecycle;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.boot.health.contributor.Status;
import reactor.core.publisher.Mono;

/** Whether the receiver should be read from, by {@link ReceiverHealth#readiness}: {@code OUT_OF_SERVICE} if not. */
public final class ReceiverReadinessIndicator implements ReactiveHealthIndicator {

    private final ReceiverHealth health;
    private final ReceiverLifecycle lifecycle;

    /**
     * An indicator.
     *
     * @param health of a receiver
     * @param lifecycle its life, which tells why it has failed
     */
    public ReceiverReadinessIndicator(ReceiverHealth health, ReceiverLifecycle lifecycle) {
        this.health = health;
        this.lifecycle = lifecycle;
    }

    @Override
    public Mono<Health> health() {
        return Mono.fromSupplier(
                () -> HealthDetails.of(health.readiness(), Status.OUT_OF_SERVICE, lifecycle.failure()));
    }
}
