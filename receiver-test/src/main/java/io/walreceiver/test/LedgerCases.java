package io.walreceiver.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.walreceiver.format.EventBatch;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentDecoder;
import io.walreceiver.format.SegmentView;
import io.walreceiver.ledger.SignalReading;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/** What the tests of {@link SignalLedgerContract} apply, and the answers from first principles. */
final class LedgerCases {

    static final LogId A = new LogId(1, 0);
    static final LogId B = new LogId(1, 1);
    static final long SECOND = 1_000_000_000L;
    static final long MINUTE = 60 * SECOND;
    static final long HOUR = 60 * MINUTE;
    /** 2026-01-01T00:00:00Z. */
    static final long START = 1_767_225_600L * SECOND;

    static final int PERMANENT = 4;
    static final SignalSchema SCHEMA = SignalSchema.of(
            SignalType.exponential(0, "view", Duration.ofDays(7)),
            SignalType.exponential(1, "like", Duration.ofDays(30)),
            SignalType.exponential(2, "share", Duration.ofDays(1)),
            SignalType.exponential(3, "skip", Duration.ofHours(1)),
            SignalType.permanent(PERMANENT, "follow"));

    private static final double RELATIVE = 1e-9;
    private static final double ABSOLUTE = 1e-280;

    record Pair(long entityId, int signalType) {}

    private LedgerCases() {}

    static SignalEvent event(long entityId, int signalType, float weight, long timestampNanos) {
        return new SignalEvent(entityId, signalType, weight, timestampNanos);
    }

    /** Events on few pairs, over some ten days, a quarter of them late. */
    static List<SignalEvent> random(long seed, int count) {
        Random random = new Random(seed);
        List<SignalEvent> events = new ArrayList<>();
        long clock = START;
        for (int i = 0; i < count; i++) {
            clock += (long) (random.nextDouble() * 20 * MINUTE);
            long late = random.nextInt(4) == 0 ? (long) (random.nextDouble() * 50 * HOUR) : 0;
            events.add(event(random.nextInt(20), random.nextInt(5), random.nextFloat() * 4 - 1, clock - late));
        }
        return events;
    }

    /** An instant after all of them. */
    static long after(List<SignalEvent> events) {
        return 1 + events.stream().mapToLong(SignalEvent::timestampNanos).max().orElse(START);
    }

    static Set<Pair> pairs(List<SignalEvent> events) {
        return events.stream()
                .map(event -> new Pair(event.entityId(), event.signalType()))
                .collect(Collectors.toSet());
    }

    static List<EventBatch> batches(LogId log, List<SignalEvent> events, long firstSeq, int eventsPerBatch) {
        SegmentView view = segment(log, events, eventsPerBatch);
        List<EventBatch> batches = new ArrayList<>();
        for (int i = 0; i < view.batchCount(); i++) {
            EventBatch batch = view.batch(i);
            batches.add(new EventBatch(
                    batch.bytes(),
                    batch.offset(),
                    batch.count(),
                    batch.firstSeq() + firstSeq - 1,
                    batch.batchTimestampNanos()));
        }
        return batches;
    }

    /** A segment that starts at position 1. */
    static SegmentView segment(LogId log, List<SignalEvent> events, int eventsPerBatch) {
        Segments segments = Segments.of(log).eventsPerBatch(eventsPerBatch);
        return SegmentDecoder.decode(segments.next(events.toArray(SignalEvent[]::new)));
    }

    static void assertAnswer(
            SignalReading answer, Pair pair, List<SignalEvent> all, long nowNanos, boolean withCounts) {
        List<SignalEvent> events = all.stream()
                .filter(event -> event.entityId() == pair.entityId() && event.signalType() == pair.signalType())
                .toList();
        long asOf = Math.max(nowNanos, after(events) - 1);
        double lambda = SCHEMA.type(pair.signalType()).orElseThrow().lambdaPerSecond();
        double score = 0;
        double magnitude = 0;
        for (SignalEvent event : events) {
            double factor = Math.exp(-lambda * ((asOf - event.timestampNanos()) / 1e9));
            score += event.weight() * factor;
            magnitude += Math.abs(event.weight()) * factor;
        }
        assertThat(answer.score())
                .as("score of %s at %s", pair, asOf)
                .isCloseTo(score, within(RELATIVE * magnitude + ABSOLUTE));
        if (withCounts) {
            assertThat(List.of(answer.allTime(), answer.lastHour(), answer.lastDay(), answer.lastWeek()))
                    .as("counts of %s at %s: all time, 1 h, 24 h, 7 d", pair, asOf)
                    .containsExactly(
                            (long) events.size(),
                            count(events, asOf, MINUTE, 60),
                            count(events, asOf, HOUR, 24),
                            count(events, asOf, HOUR, 168));
        }
    }

    private static long count(List<SignalEvent> events, long asOf, long unit, long units) {
        return events.stream()
                .filter(event -> event.timestampNanos() / unit > asOf / unit - units
                        && event.timestampNanos() / unit <= asOf / unit)
                .count();
    }
}
