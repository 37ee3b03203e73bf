package io.walreceiver.spring.actuate;

import io.walreceiver.health.Reason;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/** Health of a receiver in the form of Spring Boot's. */
final class HealthDetails {

    private HealthDetails() {}

    /**
     * What a check comes to.
     *
     * @param no the status if the answer is no; degraded is up, as its details say
     * @param failure why the receiver has failed, if it has
     */
    static Health of(io.walreceiver.health.Health health, Status no, Optional<Throwable> failure) {
        Health.Builder builder = new Health.Builder(health.isOk() ? Status.UP : no)
                .withDetail("verdict", health.verdict().toString());
        failure.ifPresent(e -> builder.withDetail("failure", String.valueOf(e.getMessage())));
        if (!health.reasons().isEmpty()) {
            builder.withDetail(
                    "reasons",
                    health.reasons().stream().map(HealthDetails::details).toList());
        }
        return builder.build();
    }

    private static Map<String, Object> details(Reason reason) {
        Map<String, Object> details = new LinkedHashMap<>();
        reason.log().ifPresent(log -> details.put("log", log.toString()));
        details.put("word", reason.word());
        details.put("text", reason.text());
        details.put("next", reason.next());
        details.put("decisive", reason.decisive());
        return details;
    }
}
