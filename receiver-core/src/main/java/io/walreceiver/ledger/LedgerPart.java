package io.walreceiver.ledger;

import io.walreceiver.format.EventBatch;
import io.walreceiver.format.SegmentView;
import reactor.core.publisher.Mono;

/**
 * One log's part of a ledger. The log is its only writer: calls come from one thread at a time, in order, each happening after
 * the one before.
 *
 * <p>A part that throws, or whose {@link #commit} fails, stops its own log only. It is closed, and {@link SignalLedger#open}
 * gives a new one from the last durable state; nothing is retried half-way.
 */
public interface LedgerPart extends AutoCloseable {

    /**
     * Applies one event.
     *
     * @param entityId unsigned
     * @param signalType 0..255, known to the schema
     * @param weight finite
     * @param timestampNanos event time, nanoseconds since the Unix epoch, 0..2^63-1; may go back from one event to the next
     */
    void applyWalEvent(long entityId, int signalType, float weight, long timestampNanos);

    /**
     * Told after every event through position {@code through} was applied.
     *
     * @param through position of the last event applied, 1 or more
     */
    default void applied(long through) {}

    /**
     * Applies a batch: the bulk form. It must have the same effect, bit for bit, as {@link #applyWalEvent} for each event in
     * order followed by {@link #applied}, which is what it does unless overridden.
     *
     * @param batch one event or more, checked; a view that must not be kept beyond the call
     * @param through position of the batch's last event
     */
    default void apply(EventBatch batch, long through) {
        for (int i = 0, n = batch.count(); i < n; i++) {
            applyWalEvent(batch.entityId(i), batch.signalType(i), batch.weight(i), batch.timestampNanos(i));
        }
        applied(through);
    }

    /**
     * Applies a segment: what a receiver calls for segments all of whose events can be applied. It must have the same effect on
     * every answer, bit for bit, as {@link #apply(EventBatch, long)} for each batch in order, which is what it does unless overridden.
     *
     * @param segment checked; a view that must not be kept beyond the call
     * @param from position of the first event to apply, {@code segment.firstSeq()..segment.lastSeq()}
     */
    default void apply(SegmentView segment, long from) {
        for (int b = segment.batchOf(from), n = segment.batchCount(); b < n; b++) {
            EventBatch batch = segment.batch(b).from(from);
            apply(batch, batch.lastSeq());
        }
    }

    /**
     * Called after the last batch of each segment; the segment counts as applied when this completes. A part that has to wait,
     * say for a database, gathers in {@link #apply} and writes here, without blocking the calling thread.
     *
     * @param through position of the segment's last event
     * @return completes when the part holds everything through {@code through}; an error stops the log. Subscribed to once,
     *     cancelled when the receiver is stopped at its deadline. {@link Mono#empty()} (the default) costs nothing.
     */
    default Mono<Void> commit(long through) {
        return Mono.empty();
    }

    /** Called once when no more events will come, or after a failure. */
    @Override
    default void close() {}
}
