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
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** What the ledger holds of one entity. A signal takes some two microseconds, JSON and all: a few are read where the request is. */
final class EntityRoutes {

    private static final int FEW_SIGNALS = 16;

    private final Follower follower;
    private final ReadOptions options;
    private final Gate gate;
    private final Readings readings;
    private final Scheduler readingAll;

    /** An entity with a signal. */
    record OneJson(
            String entityId,
            @Nullable String name,
            String askedAsOf,
            @JsonUnwrapped ReadingJson reading) {}

    /** An entity with all its signals. */
    record AllJson(String entityId, @Nullable String name, String askedAsOf, List<ReadingJson> signals) {}

    /** @param reading where an entity with many signals is read */
    EntityRoutes(Follower follower, ReadOptions options, Gate gate, Scheduler reading) {
        this.follower = follower;
        this.options = options;
        this.gate = gate;
        this.readings = new Readings(follower);
        this.readingAll = follower.schema().types().size() <= FEW_SIGNALS ? Schedulers.immediate() : reading;
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
        Mono<Answer> read = Mono.fromCallable(() -> Answer.json(new AllJson(
                Long.toUnsignedString(entity),
                readings.name(entity),
                asked.text(),
                follower.schema().types().stream()
                        .map(signal -> readings.json(entity, signal, asked))
                        .toList())));
        return gate.read(call, fresh, read.subscribeOn(readingAll));
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
