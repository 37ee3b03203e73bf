package io.walreceiver.format;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A view over the events of one batch, or over its last events: no copy, no object per event.
 *
 * <p>Immutable as long as the bytes under it are, and safe for use by any thread. An index runs from 0 to {@code count() - 1}
 * and is not checked beyond the bounds of the array.
 *
 * <pre>
 *  0           8     9        13              21
 *  +-----------+-----+--------+---------------+
 *  | entity_id | sig | weight | timestamp_ns  |   packed, little-endian
 *  +-----------+-----+--------+---------------+
 * </pre>
 */
public final class EventBatch {

    /** Bytes of one event. */
    public static final int EVENT_BYTES = 21;

    /** Where an event holds its signal type, in bytes from the event's start. */
    public static final int SIGNAL_TYPE = 8;

    /** Where an event holds its weight, in bytes from the event's start. */
    public static final int WEIGHT = 9;

    /** Where an event holds its time, in bytes from the event's start. */
    public static final int TIMESTAMP = 13;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle FLOAT = MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] bytes;
    private final int offset;
    private final int count;
    private final long firstSeq;
    private final long batchTimestampNanos;

    /**
     * Makes a view.
     *
     * @param bytes the array that holds the events
     * @param offset where the first event starts, in bytes
     * @param count how many events, 1..65,535
     * @param firstSeq sequence number of the first event of the view
     * @param batchTimestampNanos when the leader wrote the batch, nanoseconds since the Unix epoch, unsigned
     */
    public EventBatch(byte[] bytes, int offset, int count, long firstSeq, long batchTimestampNanos) {
        this.bytes = bytes;
        this.offset = offset;
        this.count = count;
        this.firstSeq = firstSeq;
        this.batchTimestampNanos = batchTimestampNanos;
    }

    /** Writes one event at {@code at}; {@code signalType} is 0..255. */
    static void write(byte[] bytes, int at, long entityId, int signalType, float weight, long timestampNanos) {
        LONG.set(bytes, at, entityId);
        bytes[at + SIGNAL_TYPE] = (byte) signalType;
        FLOAT.set(bytes, at + WEIGHT, weight);
        LONG.set(bytes, at + TIMESTAMP, timestampNanos);
    }

    /** The array under the view, not a copy: to be read, never written. */
    public byte[] bytes() {
        return bytes;
    }

    /** Where the first event starts in {@link #bytes()}; event {@code i} starts {@code i * EVENT_BYTES} further on. */
    public int offset() {
        return offset;
    }

    /** Number of events, 1..65,535. */
    public int count() {
        return count;
    }

    /** Sequence number of the first event of the view. */
    public long firstSeq() {
        return firstSeq;
    }

    /** Sequence number of the last event of the view. */
    public long lastSeq() {
        return firstSeq + count - 1;
    }

    /** When the leader wrote the batch, nanoseconds since the Unix epoch, unsigned; information only. */
    public long batchTimestampNanos() {
        return batchTimestampNanos;
    }

    /** The entity of event {@code i}, an unsigned 64-bit number. */
    public long entityId(int i) {
        return (long) LONG.get(bytes, offset + i * EVENT_BYTES);
    }

    /** The signal type of event {@code i}, 0..255. */
    public int signalType(int i) {
        return bytes[offset + i * EVENT_BYTES + SIGNAL_TYPE] & 0xFF;
    }

    /** Whether event {@code i} is one of that entity and signal type. */
    public boolean isOf(int i, long entityId, int signalType) {
        return entityId(i) == entityId && signalType(i) == signalType;
    }

    /** The weight of event {@code i}; finite in an applicable event, not checked here. */
    public float weight(int i) {
        return (float) FLOAT.get(bytes, offset + i * EVENT_BYTES + WEIGHT);
    }

    /** The event time of event {@code i}, nanoseconds since the Unix epoch; below 2^63 in an applicable event. */
    public long timestampNanos(int i) {
        return (long) LONG.get(bytes, offset + i * EVENT_BYTES + TIMESTAMP);
    }

    /**
     * Copies event {@code i}, {@link #EVENT_BYTES} as they are.
     *
     * @param into where to
     * @param at where the event is to start there
     */
    public void copy(int i, byte[] into, int at) {
        int from = offset + i * EVENT_BYTES;
        LONG.set(into, at, (long) LONG.get(bytes, from));
        LONG.set(into, at + SIGNAL_TYPE, (long) LONG.get(bytes, from + SIGNAL_TYPE)); // the time's first bytes twice
        LONG.set(into, at + TIMESTAMP, (long) LONG.get(bytes, from + TIMESTAMP));
    }

    /**
     * The events of this view from sequence number {@code seq} on.
     *
     * @param seq {@code firstSeq()..lastSeq()}; below {@code firstSeq()} is the whole view
     */
    public EventBatch from(long seq) {
        if (seq <= firstSeq) {
            return this;
        }
        int skipped = Math.toIntExact(seq - firstSeq);
        return new EventBatch(bytes, offset + skipped * EVENT_BYTES, count - skipped, seq, batchTimestampNanos);
    }

    @Override
    public String toString() {
        return "events " + firstSeq + ".." + lastSeq();
    }
}
