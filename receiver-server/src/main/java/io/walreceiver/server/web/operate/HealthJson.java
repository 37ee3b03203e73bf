package io.walreceiver.server.web.operate;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.walreceiver.format.LogId;
import io.walreceiver.health.Health;
import io.walreceiver.health.Reason;
import io.walreceiver.server.web.Call;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a check is answered with.
 *
 * @param status up, degraded, down
 * @param reasons why it is not up, those of logs that the caller may see; null for a caller who is not known
 * @param reasonsLeftOut further ones, beyond {@value #MAX_REASONS}; null for a caller who is not known
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record HealthJson(
        String status,
        @Nullable List<ReasonJson> reasons,
        @Nullable Integer reasonsLeftOut) {

    private static final int MAX_REASONS = 100;

    /**
     * Why.
     *
     * @param log null if it is about the whole follower
     * @param reason a word
     * @param detail a sentence, text and never markup
     * @param next what to do, or what will happen by itself
     * @param decisive whether the answer is no because of it
     */
    record ReasonJson(@Nullable String log, String reason, String detail, String next, boolean decisive) {

        private static ReasonJson of(Reason reason) {
            return new ReasonJson(
                    reason.log().map(LogId::toString).orElse(null),
                    reason.word(),
                    reason.text(),
                    reason.next(),
                    reason.decisive());
        }
    }

    static HealthJson of(Health health, Call call) {
        String status = health.verdict().toString();
        if (!call.isKnown()) {
            return new HealthJson(status, null, null);
        }
        List<Reason> seen = health.reasons().stream()
                .filter(reason -> reason.log().map(call::maySee).orElse(true))
                .toList();
        return new HealthJson(
                status,
                seen.stream().limit(MAX_REASONS).map(ReasonJson::of).toList(),
                Math.max(0, seen.size() - MAX_REASONS));
    }
}
