package io.walreceiver.spring.actuate;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.outcome.SegmentOutcome.Applied;
import io.walreceiver.outcome.SegmentOutcome.Refused;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One observation a segment, from its arrival to its outcome: {@code walreceiver.segment}, with the low-cardinality key {@code outcome} and the
 * high-cardinality keys {@code log} and {@code segment}. Events have none. Any thread.
 */
final class SegmentObservations {

    private static final String NAME = "walreceiver.segment";

    private final ObservationRegistry registry;
    /** As many as segments are in flight, which the receiver bounds in bytes; at most one whose outcome never comes when it stops. */
    private final Map<WalSegmentId, Deque<Observation>> open = new ConcurrentHashMap<>();

    SegmentObservations(ObservationRegistry registry) {
        this.registry = registry;
    }

    void arrived(WalSegmentPayload segment) {
        if (registry.isNoop()) {
            return;
        }
        Observation observation = Observation.createNotStarted(NAME, registry)
                .contextualName("segment " + segment.log())
                .highCardinalityKeyValue("log", segment.log().toString())
                .highCardinalityKeyValue("segment", segment.id().toString())
                .start();
        open.compute(segment.id(), (id, copies) -> with(copies, observation));
    }

    /** Two sources may send the same segment at a time. */
    private static Deque<Observation> with(@Nullable Deque<Observation> copies, Observation observation) {
        Deque<Observation> all = copies == null ? new ArrayDeque<>(1) : copies;
        all.add(observation);
        return all;
    }

    void decided(SegmentOutcome outcome) {
        Observation[] first = new Observation[1];
        open.computeIfPresent(outcome.segment(), (id, copies) -> {
            first[0] = copies.poll();
            return copies.isEmpty() ? null : copies;
        });
        Observation observation = first[0];
        if (observation != null) {
            stop(observation, outcome);
        }
    }

    private static void stop(Observation observation, SegmentOutcome outcome) {
        observation.lowCardinalityKeyValue(
                KeyValue.of("outcome", outcome.getClass().getSimpleName().toLowerCase(Locale.ROOT)));
        if (outcome instanceof Applied applied) {
            observation.highCardinalityKeyValue("events", Long.toString(applied.newEvents()));
        } else if (outcome instanceof Refused refused) {
            observation.error(new SegmentRefusedException(refused.fault().describe()));
        }
        observation.stop();
    }

    void clear() {
        open.clear();
    }
}
