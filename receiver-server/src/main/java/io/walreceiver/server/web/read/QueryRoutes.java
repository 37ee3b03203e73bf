package io.walreceiver.server.web.read;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.walreceiver.ledger.SignalReading;
import io.walreceiver.schema.SignalType;
import io.walreceiver.server.web.Answer;
import io.walreceiver.server.web.Call;
import io.walreceiver.server.web.Follower;
import io.walreceiver.server.web.Places;
import io.walreceiver.server.web.WebRoutes;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import tools.jackson.databind.JsonNode;

/** Many entities in one request, ranked or not. */
final class QueryRoutes {

    private final ReadOptions options;
    private final Gate gate;
    private final Readings readings;
    private final Places places;
    private final Scheduler reading;

    /** The answer. */
    record QueryJson(String askedAsOf, List<EntityJson> entities) {}

    /**
     * One entity of it.
     *
     * @param rank weighted sum of the scores; left out if no ranking was asked for
     */
    record EntityJson(
            String entityId,
            @Nullable String name,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Double rank,

            List<ReadingJson> signals) {}

    private record Read(long entity, double rank, Map<SignalType, SignalReading> values) {}

    /** @param reading where values are read and written out: it takes up to milliseconds */
    QueryRoutes(Follower follower, ReadOptions options, Gate gate, Scheduler reading) {
        this.options = options;
        this.gate = gate;
        this.readings = new Readings(follower);
        this.places = new Places(options.maxQueries(), "queries");
        this.reading = reading;
    }

    void addTo(WebRoutes routes) {
        routes.post("/v1/entities/query", this::query);
    }

    private Mono<Answer> query(Call call) {
        Parameters parameters = new Parameters(call);
        Freshness fresh = Freshness.of(parameters, options);
        parameters.check();
        return places.within(call.body(JsonNode.class, options.maxBodyBytes())
                .publishOn(reading)
                .map(body -> Query.of(body, readings, options))
                .flatMap(query -> gate.read(
                        call, fresh, Mono.fromCallable(() -> answer(query)).subscribeOn(reading))));
    }

    private Answer answer(Query query) {
        Stream<Read> read = query.entities().stream().map(entity -> read(entity, query));
        if (!query.rankBy().isEmpty()) {
            read = read.sorted(Comparator.comparingDouble(Read::rank).reversed()); // stable
        }
        return Answer.json(new QueryJson(
                query.asked().text(),
                read.limit(query.limit()).map(one -> json(one, query)).toList()));
    }

    /** Each pair is read once, so that a rank is that of the scores that are told. */
    private Read read(long entity, Query query) {
        Map<SignalType, SignalReading> values = new HashMap<>();
        Stream.concat(query.signals().stream(), query.rankBy().keySet().stream())
                .forEach(signal -> values.computeIfAbsent(signal, type -> readings.read(entity, type, query.asked())));
        double rank = 0;
        for (Map.Entry<SignalType, Double> by : query.rankBy().entrySet()) {
            rank += by.getValue() * requireNonNull(values.get(by.getKey())).score();
        }
        return new Read(entity, rank, values);
    }

    private EntityJson json(Read read, Query query) {
        return new EntityJson(
                Long.toUnsignedString(read.entity),
                readings.name(read.entity),
                query.rankBy().isEmpty() ? null : read.rank,
                query.signals().stream()
                        .map(signal ->
                                ReadingJson.of(signal.name(), requireNonNull(read.values.get(signal)), query.asked()))
                        .toList());
    }
}
