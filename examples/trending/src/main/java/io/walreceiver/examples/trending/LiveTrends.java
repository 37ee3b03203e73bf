package io.walreceiver.examples.trending;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.json.JsonMapper;

/**
 * What is hot, again and again, for browsers. All look at the same moments: each is read from the replica once and written as JSON once,
 * however many look on, and not at all while nobody does.
 */
@Component
final class LiveTrends {

    /** For how long earlier ranks are remembered when the last browser has gone: it may just be loading the page again. */
    private static final Duration GRACE = Duration.ofSeconds(30);

    private final Semaphore seats;
    private final Flux<String> moments;
    private final Sinks.Empty<Void> end = Sinks.empty();

    LiveTrends(Trends trends, TrendingProperties properties, JsonMapper mapper) {
        seats = new Semaphore(properties.maxStreams());
        moments = Flux.defer(() -> {
                    EarlierRanks earlier = new EarlierRanks(properties.compareWith());
                    return Flux.interval(Duration.ZERO, properties.every(), Schedulers.parallel())
                            .onBackpressureDrop() // a search that takes longer than that misses a turn
                            .concatMap(turn -> trends.hottest(), 0)
                            .map(trend -> mapper.writeValueAsString(earlier.compare(trend, System.nanoTime())));
                })
                .replay(1)
                .refCount(1, GRACE);
    }

    /** Takes one of the seats that there are for browsers, or returns false. Whoever gets one follows, once, which gives it back. */
    boolean takeSeat() {
        return seats.tryAcquire();
    }

    /**
     * The moments as they come, for one browser that has a seat.
     *
     * @param takesMore whether the browser has taken what it was sent; a moment that comes before it has is left out, so that nothing
     *     piles up, and what it gets next is the newest
     * @return emits the last moment at once, then each that follows; completes when the application ends. Cancel at will.
     */
    Flux<String> follow(BooleanSupplier takesMore) {
        return moments.takeUntilOther(end.asMono())
                .filter(moment -> takesMore.getAsBoolean())
                .onBackpressureLatest()
                .doFinally(ended -> seats.release());
    }

    /** Before the web server stops: it would wait for streams that are open. */
    @EventListener(ContextClosedEvent.class)
    void end() {
        end.tryEmitEmpty(); // a second time there is nobody left to tell
    }
}
