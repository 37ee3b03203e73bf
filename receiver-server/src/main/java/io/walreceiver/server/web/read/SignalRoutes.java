package io.walreceiver.server.web.read;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.ledger.SignalReading;
import io.walreceiver.ledger.Window;
import io.walreceiver.schema.SignalType;
import io.walreceiver.server.web.Answer;
import io.walreceiver.server.web.Call;
import io.walreceiver.server.web.Follower;
import io.walreceiver.server.web.Places;
import io.walreceiver.server.web.WebRoutes;
import io.walreceiver.server.web.read.Parameters.NotSoException;
import io.walreceiver.server.web.read.Readings.AskedAsOf;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** The schema, and who leads in each of its signals. */
final class SignalRoutes {

    private static final int DEFAULT_K = 10;

    private final Follower follower;
    private final ReadOptions options;
    private final Gate gate;
    private final Readings readings;
    private final Places places;
    private final Scheduler topping;

    /** The schema. */
    record SchemaJson(List<SignalJson> signals) {}

    /** A signal type; its half-life is null for permanent. */
    record SignalJson(
            int signalType,
            String signal,
            String decay,
            @Nullable Double halfLifeSeconds) {}

    /** A top list. */
    record TopJson(
            String signal,
            int signalType,
            String by,
            @Nullable String window,
            String askedAsOf,
            List<PlaceJson> top) {}

    /** A place of it. */
    record PlaceJson(
            int place,
            String entityId,
            @Nullable String name,
            @JsonUnwrapped ReadingJson reading) {}

    /** By score, or by count in a window. */
    private record Order(String by, Optional<NamedWindow> window) {}

    private record NamedWindow(String name, Window window) {}

    /**
     * @param places for top lists, those that wait for their turn included
     * @param topping where they are made, each by a look at the whole ledger
     */
    SignalRoutes(Follower follower, ReadOptions options, Gate gate, Places places, Scheduler topping) {
        this.follower = follower;
        this.options = options;
        this.gate = gate;
        this.readings = new Readings(follower);
        this.places = places;
        this.topping = topping;
    }

    void addTo(WebRoutes routes) {
        routes.get("/v1/signals", this::schema).get("/v1/signals/{signal}/top", this::top);
    }

    private Mono<Answer> schema(Call call) {
        new Parameters(call).check();
        return Mono.fromCallable(() -> Answer.json(new SchemaJson(
                follower.schema().types().stream().map(SignalRoutes::json).toList())));
    }

    private static SignalJson json(SignalType type) {
        return new SignalJson(
                type.index(),
                type.name(),
                type.halfLife().isPresent() ? "exponential" : "permanent",
                type.halfLife().map(SignalRoutes::seconds).orElse(null));
    }

    private static double seconds(Duration duration) {
        return duration.getSeconds() + duration.getNano() / 1e9;
    }

    private Mono<Answer> top(Call call) {
        Parameters parameters = new Parameters(call);
        Order order = order(parameters);
        int k = parameters
                .one("k", text -> Optional.of((int) Values.number(text, 1, options.maxK())))
                .orElse(Math.min(DEFAULT_K, options.maxK()));
        AskedAsOf asked = readings.asked(parameters);
        Freshness fresh = Freshness.of(parameters, options);
        parameters.check();
        SignalType signal = readings.signalAt(call.path("signal"));
        Mono<Answer> top =
                Mono.fromCallable(() -> answer(signal, order, k, asked)).subscribeOn(topping);
        return gate.read(call, fresh, places.within(top));
    }

    private static Order order(Parameters parameters) {
        boolean byScore =
                parameters.one("by", text -> Optional.of(byScore(text))).orElse(true);
        Optional<NamedWindow> window = parameters.one("window", text -> Optional.of(window(text)));
        if (byScore && window.isPresent()) {
            parameters.mistake("window: expected by=count too, as a score has no window");
        }
        return byScore
                ? new Order("score", Optional.empty())
                : new Order("count", Optional.of(window.orElse(new NamedWindow("all", Window.ALL_TIME))));
    }

    private static boolean byScore(String text) {
        return switch (text) {
            case "score" -> true;
            case "count" -> false;
            default -> throw new NotSoException("score or count");
        };
    }

    private static NamedWindow window(String text) {
        return new NamedWindow(
                text,
                switch (text) {
                    case "1h" -> Window.HOUR;
                    case "24h" -> Window.DAY;
                    case "7d" -> Window.WEEK;
                    case "all" -> Window.ALL_TIME;
                    default -> throw new NotSoException("1h, 24h, 7d or all");
                });
    }

    private Answer answer(SignalType signal, Order order, int k, AskedAsOf asked) {
        InMemorySignalLedger ledger = follower.ledger();
        List<SignalReading> top = order.window
                .map(window -> ledger.topByCount(signal.index(), window.window, k, asked.nanos()))
                .orElseGet(() -> ledger.topByScore(signal.index(), k, asked.nanos()));
        return Answer.json(new TopJson(
                signal.name(),
                signal.index(),
                order.by,
                order.window.map(NamedWindow::name).orElse(null),
                asked.text(),
                IntStream.range(0, top.size())
                        .mapToObj(i -> place(i + 1, signal, top.get(i), asked))
                        .toList()));
    }

    private PlaceJson place(int place, SignalType signal, SignalReading reading, AskedAsOf asked) {
        return new PlaceJson(
                place,
                Long.toUnsignedString(reading.entityId()),
                readings.name(reading.entityId()),
                ReadingJson.of(signal.name(), reading, asked));
    }
}
