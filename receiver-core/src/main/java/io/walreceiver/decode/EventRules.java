package io.walreceiver.decode;

import io.walreceiver.format.EventBatch;
import io.walreceiver.format.InvalidEvent;
import io.walreceiver.format.SegmentView;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Which events can be applied: the weight is finite, the signal type is in the schema, and the event time lies below 2^63 ns and at
 * most {@code maxEventLead} after the time of its batch, so that one wrong clock cannot decay an entity for ever.
 *
 * <p>Immutable; safe for use by any thread.
 */
public final class EventRules {

    /** How far an event time may lie after its batch unless told otherwise: 24 hours. */
    public static final Duration DEFAULT_MAX_EVENT_LEAD = Duration.ofHours(24);

    private final boolean[] known = new boolean[256];
    private final String knownTypes;
    private final Duration maxEventLead;
    private final long maxEventLeadNanos;

    /**
     * The rules under a schema.
     *
     * @param schema the types that are known
     * @param maxEventLead how far an event time may lie after its batch's time, 0 to about 292 years
     * @throws IllegalArgumentException if {@code maxEventLead} is out of range
     */
    public EventRules(SignalSchema schema, Duration maxEventLead) {
        schema.types().forEach(type -> known[type.index()] = true);
        this.knownTypes = schema.types().stream()
                .map(SignalType::index)
                .map(String::valueOf)
                .collect(Collectors.joining(", "));
        this.maxEventLead = maxEventLead;
        this.maxEventLeadNanos = nanos(maxEventLead);
    }

    /**
     * Looks for an event that cannot be applied.
     *
     * @param segment verified
     * @return the first such event's first fault, or empty if every event can be applied
     */
    public Optional<InvalidEvent> firstInvalid(SegmentView segment) {
        for (int b = 0; b < segment.batchCount(); b++) {
            EventBatch batch = segment.batch(b);
            long latest = latestNanos(batch);
            for (int i = 0, n = batch.count(); i < n; i++) {
                if (!valid(batch, i, latest)) {
                    return Optional.of(describe(segment, b, batch, i));
                }
            }
        }
        return Optional.empty();
    }

    /** Whether event {@code i} of the batch, 0..{@code batch.count() - 1}, can be applied. */
    public boolean valid(EventBatch batch, int i) {
        return valid(batch, i, latestNanos(batch));
    }

    private boolean valid(EventBatch batch, int i, long latestNanos) {
        long time = batch.timestampNanos(i);
        return known[batch.signalType(i)] && Float.isFinite(batch.weight(i)) && time >= 0 && time <= latestNanos;
    }

    /** The latest time an event of the batch may have. A batch time or a sum from 2^63 on leaves only the limit of 2^63. */
    private long latestNanos(EventBatch batch) {
        long batchTime = batch.batchTimestampNanos();
        return batchTime < 0 || batchTime > Long.MAX_VALUE - maxEventLeadNanos
                ? Long.MAX_VALUE
                : batchTime + maxEventLeadNanos;
    }

    private InvalidEvent describe(SegmentView segment, int batchIndex, EventBatch batch, int i) {
        int event = batch.offset() + i * EventBatch.EVENT_BYTES;
        String where = " in event " + (batch.firstSeq() + i);
        if (!known[batch.signalType(i)]) {
            return new InvalidEvent(
                    segment.id(),
                    batchIndex,
                    event + EventBatch.SIGNAL_TYPE,
                    "signal_type",
                    "a type of the schema (" + knownTypes + ")",
                    batch.signalType(i) + where);
        }
        if (!Float.isFinite(batch.weight(i))) {
            return new InvalidEvent(
                    segment.id(),
                    batchIndex,
                    event + EventBatch.WEIGHT,
                    "weight",
                    "a finite number",
                    batch.weight(i) + where);
        }
        long latest = latestNanos(batch);
        return new InvalidEvent(
                segment.id(),
                batchIndex,
                event + EventBatch.TIMESTAMP,
                "timestamp_ns",
                latest == Long.MAX_VALUE
                        ? "below 2^63"
                        : "at most " + latest + ", " + maxEventLead + " after its batch",
                Long.toUnsignedString(batch.timestampNanos(i)) + where);
    }

    private static long nanos(Duration maxEventLead) {
        if (maxEventLead.isNegative()) {
            throw new IllegalArgumentException("maxEventLead " + maxEventLead + ": must be 0 or more");
        }
        try {
            return maxEventLead.toNanos();
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(
                    "maxEventLead " + maxEventLead + ": must be below 2^63 ns (292 years)", e);
        }
    }
}
