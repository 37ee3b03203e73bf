package io.walreceiver.examples.trending;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.walreceiver.examples.trending.Trend.Counts;
import io.walreceiver.examples.trending.Trend.Hot;
import io.walreceiver.examples.trending.Trend.Ranking;
import io.walreceiver.format.EventBatch;
import io.walreceiver.format.SegmentDecoder;
import io.walreceiver.format.SegmentView;
import io.walreceiver.format.WalSegmentPayload;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** What is hot after these segments, worked out from the definitions and with nothing of what is tested. */
final class Model {

    private static final double WEEK_NANOS = 7 * 24 * 3600e9;
    private static final double[] HALF_LIVES = {WEEK_NANOS, 30.0 / 7 * WEEK_NANOS};
    private static final List<String> SIGNALS = List.of("touch", "churn");
    private static final long MINUTE = 60_000_000_000L;

    private record Event(long timeNanos, float weight) {}

    private final List<Map<Long, List<Event>>> events = List.of(new HashMap<>(), new HashMap<>());
    private long now;

    Model(List<WalSegmentPayload> segments) {
        for (WalSegmentPayload segment : segments) {
            SegmentView view = SegmentDecoder.decode(segment);
            for (int i = 0; i < view.batchCount(); i++) {
                add(view.batch(i));
            }
        }
    }

    private void add(EventBatch batch) {
        for (int i = 0; i < batch.count(); i++) {
            events.get(batch.signalType(i))
                    .computeIfAbsent(batch.entityId(i), none -> new ArrayList<>())
                    .add(new Event(batch.timestampNanos(i), batch.weight(i)));
            now = Math.max(now, batch.timestampNanos(i));
        }
    }

    /** The same entities with the same ranks, scores and counts. */
    void assertAgrees(Trend trend) {
        assertThat(trend.signals()).extracting(Ranking::signal).isEqualTo(SIGNALS);
        for (int signal = 0; signal < SIGNALS.size(); signal++) {
            List<Hot> hottest = trend.signals().get(signal).hottest();
            List<Long> expected = hottest(signal, hottest.size());
            assertThat(hottest.stream().map(hot -> Long.parseUnsignedLong(hot.entityId())))
                    .isEqualTo(expected);
            for (Hot hot : hottest) {
                List<Event> own = events(signal, expected.get(hot.rank() - 1));
                double score = score(signal, own);
                assertThat(hot.score()).isCloseTo(score, within(1e-9 * score));
                assertThat(hot.counts()).isEqualTo(counts(own));
            }
        }
    }

    /** Entities, hottest first. */
    private List<Long> hottest(int signal, int size) {
        Map<Long, Double> scores = new HashMap<>();
        events.get(signal).forEach((entity, own) -> scores.put(entity, score(signal, own)));
        return scores.keySet().stream()
                .sorted(Comparator.comparing((Long entity) -> -scores.getOrDefault(entity, 0.0))
                        .thenComparing(Long::compareUnsigned))
                .limit(size)
                .toList();
    }

    private List<Event> events(int signal, long entity) {
        return events.get(signal).getOrDefault(entity, List.of());
    }

    private double score(int signal, List<Event> own) {
        return own.stream()
                .mapToDouble(
                        event -> event.weight() * StrictMath.pow(0.5, (now - event.timeNanos()) / HALF_LIVES[signal]))
                .sum();
    }

    private Counts counts(List<Event> own) {
        return new Counts(
                count(own, MINUTE, 60), count(own, 60 * MINUTE, 24), count(own, 60 * MINUTE, 168), own.size());
    }

    private long count(List<Event> own, long unit, int units) {
        LongStream times = own.stream().mapToLong(Event::timeNanos);
        return times.filter(time -> time / unit > now / unit - units).count();
    }
}
