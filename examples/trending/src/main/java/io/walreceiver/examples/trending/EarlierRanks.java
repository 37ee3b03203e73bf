package io.walreceiver.examples.trending;

import io.walreceiver.examples.trending.Trend.Hot;
import io.walreceiver.examples.trending.Trend.Ranking;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Remembers who had which rank for as long as changes are told against. For one thread at a time. */
final class EarlierRanks {

    private record Moment(long takenNanos, Map<String, Map<String, Integer>> ranks) {}

    private final long spanNanos;
    private final Deque<Moment> moments = new ArrayDeque<>();

    EarlierRanks(Duration span) {
        this.spanNanos = span.toNanos();
    }

    /** The same with earlier ranks: those of the beginning of the span, or the first there are. */
    Trend compare(Trend trend, long atNanos) {
        while (!moments.isEmpty() && atNanos - moments.element().takenNanos() > spanNanos) {
            moments.remove();
        }
        Moment earlier = moments.peek();
        moments.add(new Moment(atNanos, ranks(trend)));
        if (earlier == null) {
            return trend;
        }
        List<Ranking> compared = trend.signals().stream()
                .map(ranking -> compare(ranking, earlier.ranks().getOrDefault(ranking.signal(), Map.of())))
                .toList();
        long age = TimeUnit.NANOSECONDS.toMillis(atNanos - earlier.takenNanos());
        return new Trend(trend.now(), age, compared, trend.replica());
    }

    private static Map<String, Map<String, Integer>> ranks(Trend trend) {
        Map<String, Map<String, Integer>> ranks = new HashMap<>();
        for (Ranking ranking : trend.signals()) {
            Map<String, Integer> ofSignal = new HashMap<>();
            ranking.hottest().forEach(hot -> ofSignal.put(hot.entityId(), hot.rank()));
            ranks.put(ranking.signal(), ofSignal);
        }
        return ranks;
    }

    private static Ranking compare(Ranking ranking, Map<String, Integer> earlier) {
        List<Hot> compared = ranking.hottest().stream()
                .map(hot -> new Hot(
                        hot.rank(), earlier.get(hot.entityId()), hot.entityId(), hot.name(), hot.score(), hot.counts()))
                .toList();
        return new Ranking(ranking.signal(), ranking.halfLifeSeconds(), compared);
    }
}
