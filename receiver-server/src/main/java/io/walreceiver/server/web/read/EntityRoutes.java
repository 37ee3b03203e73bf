package io.walreceiver.server.web.read;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.walreceiver.schema.SignalType;
import io.walreceiver.server.web.Answer;
import io.walreceiver.server.web.Call;
import io.walreceiver.server.web.Follower;
import io.walreceiver.server.web.WebRoutes;
import io.walreceiver.server.web.read.Readings.AskedAsOf;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** What the ledger holds of one entity. A read takes less than a microsecond a signal: it is done where the request is. */
final class EntityRoutes {

    private final Follower follower;
    private final ReadOptions options;
    private final Gate gate;
    private final Readings readings;

    /** An entity with a signal. */
    record OneJson(
            String entityId,
            @Nullable String name,
            String askedAsOf,
            @JsonUnwrapped ReadingJson reading) {}

    /** An entity with all its signals. */
    record AllJson(String entityId, @Nullable String name, String askedAsOf, List<ReadingJson> signals) {}

    EntityRoutes(Follower follower, ReadOptions options, Gate gate) {
        this.follower = follower;
        this.options = options;
        this.gate = gate;
        this.readings = new Readings(follower);
    }

    void addTo(WebRoutes routes) {
        routes.get("/v1/entities/{entityId}/signals", this::all)
                .get("/v1/entities/{entityId}/signals/{signal}", this::one);
    }

    private Mono<Answer> all(Call call) {
        Parameters parameters = new Parameters(call);
        long entity = parameters.path("entityId", 0L, Values::entity);
        AskedAsOf asked = readings.asked(parameters);
        Freshness fresh = Freshness.of(parameters, options);
        parameters.check();
        return gate.read(
                call,
                fresh,
                Mono.fromCallable(() -> Answer.json(new AllJson(
                        Long.toUnsignedString(entity),
                        readings.name(entity),
                        asked.text(),
                        follower.schema().types().stream()
                                .map(signal -> readings.json(entity, signal, asked))
                                .toList()))));
    }

    private Mono<Answer> one(Call call) {
        Parameters parameters = new Parameters(call);
        long entity = parameters.path("entityId", 0L, Values::entity);
        AskedAsOf asked = readings.asked(parameters);
        Freshness fresh = Freshness.of(parameters, options);
        parameters.check();
        SignalType signal = readings.signalAt(call.path("signal"));
        return gate.read(
                call,
                fresh,
                Mono.fromCallable(() -> Answer.json(new OneJson(
                        Long.toUnsignedString(entity),
                        readings.name(entity),
                        asked.text(),
                        readings.json(entity, signal, asked)))));
    }
}
