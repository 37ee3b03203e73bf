package io.walreceiver.examples.trending;

import io.walreceiver.SegmentReceiver;
import io.walreceiver.examples.trending.Trend.Counts;
import io.walreceiver.examples.trending.Trend.Hot;
import io.walreceiver.examples.trending.Trend.Ranking;
import io.walreceiver.examples.trending.Trend.Reading;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.ledger.SignalReading;
import io.walreceiver.schema.SignalType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Asks the replica. A read takes no lock and waits for nothing: the ledger lies in this process. */
@Component
final class Trends implements DisposableBean {

    private static final int MAX_SEARCHES = 2;
    private static final int MAX_WAITING_SEARCHES = 1_000;
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final InMemorySignalLedger ledger;
    private final SegmentReceiver receiver;
    private final EntityNames names;
    private final int size;
    /** Not a bounded elastic scheduler: who asks one for a thread while it is disposed of may look for it without end, at full speed. */
    private final Scheduler searches = Schedulers.fromExecutorService(
            new ThreadPoolExecutor(
                    MAX_SEARCHES,
                    MAX_SEARCHES,
                    0,
                    TimeUnit.SECONDS,
                    new ArrayBlockingQueue<>(MAX_WAITING_SEARCHES),
                    new CustomizableThreadFactory("trending-search-")),
            "trending-search");

    Trends(InMemorySignalLedger ledger, SegmentReceiver receiver, EntityNames names, TrendingProperties properties) {
        this.ledger = ledger;
        this.receiver = receiver;
        this.names = names;
        this.size = properties.size();
    }

    /** What is hot now. Finding the hottest looks at every entity, which is no work for an event loop: it has threads of its own. */
    Mono<Trend> hottest() {
        return Mono.fromCallable(this::search).subscribeOn(searches);
    }

    /** One entity in one signal; all zero if it has no event, nothing if there is no such signal. A look-up: done at once. */
    Optional<Reading> one(String signal, long entityId) {
        return ledger.schema()
                .named(signal)
                .map(type -> ledger.read(entityId, type.index(), now()))
                .map(read -> new Reading(
                        signal,
                        Long.toUnsignedString(entityId),
                        names.of(entityId),
                        instant(read.asOfNanos()),
                        read.score(),
                        counts(read)));
    }

    @Override
    public void destroy() {
        searches.dispose();
    }

    private Trend search() {
        Replica replica = Replica.of(receiver.status());
        long now = now();
        List<Ranking> rankings = ledger.schema().types().stream()
                .map(type -> new Ranking(type.name(), halfLifeSeconds(type), hottest(type, now)))
                .toList();
        return new Trend(now == 0 ? null : instant(now), null, rankings, replica);
    }

    /**
     * Data may lie in the past, as the demo's do: by the clock on the wall they would all have cooled down years ago. So now is when the
     * newest event happened. Where the leader writes as things happen that is nearly the same, and the clock may be used just as well.
     */
    private long now() {
        return ledger.newestEventNanos();
    }

    private List<Hot> hottest(SignalType type, long now) {
        List<SignalReading> top = ledger.topByScore(type.index(), size, now);
        return IntStream.range(0, top.size())
                .mapToObj(i -> hot(i + 1, top.get(i)))
                .toList();
    }

    private Hot hot(int rank, SignalReading read) {
        String entityId = Long.toUnsignedString(read.entityId());
        return new Hot(rank, null, entityId, names.of(read.entityId()), read.score(), counts(read));
    }

    private static Counts counts(SignalReading read) {
        return new Counts(read.lastHour(), read.lastDay(), read.lastWeek(), read.allTime());
    }

    private static @Nullable Long halfLifeSeconds(SignalType type) {
        return type.halfLife().map(Duration::toSeconds).orElse(null);
    }

    private static Instant instant(long nanos) {
        return Instant.ofEpochSecond(nanos / NANOS_PER_SECOND, nanos % NANOS_PER_SECOND);
    }
}
