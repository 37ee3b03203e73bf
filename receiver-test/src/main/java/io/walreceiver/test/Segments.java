package io.walreceiver.test;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentEncoder;
import io.walreceiver.format.WalSegmentPayload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Writes one log's segments for a test: valid ones, one after the other, with given or random events; other cuts of the same events;
 * and copies with a fault.
 *
 * <pre>{@code
 * Segments log = Segments.of(new LogId(1, 3)).seed(42);
 * WalSegmentPayload first = log.next(10);                                   // events 1..10
 * WalSegmentPayload second = log.next(new SignalEvent(7, 0, 1f, 1_000L));   // event 11
 * WalSegmentPayload overlap = log.cut(6, 11);                               // events 6..11 again, as one segment
 * WalSegmentPayload broken = Segments.corrupt(first);                       // refused by any receiver
 * }</pre>
 *
 * <p>The same seed and calls give the same bytes. Not thread-safe.
 */
public final class Segments {

    private static final int HEADER_BYTES = 64;
    private static final long SECOND = 1_000_000_000L;
    /** 2026-01-01T00:00:00Z. */
    private static final long EPOCH = 1_767_225_600L * SECOND;

    private final LogId log;
    private final List<SignalEvent> events = new ArrayList<>();
    private Random random = new Random(1);
    private int version = 2;
    private int eventsPerBatch = 100;
    private int entities = 100;
    private int signalTypes = 4;
    private long clockNanos = EPOCH;

    private Segments(LogId log) {
        this.log = log;
    }

    /** A log without events. */
    public static Segments of(LogId log) {
        return new Segments(log);
    }

    /** The log that segments are written for. */
    public LogId log() {
        return log;
    }

    /** What random events are made from. Default 1. */
    public Segments seed(long seed) {
        this.random = new Random(seed);
        return this;
    }

    /** Version of the batch headers from now on. Default 2; 1 or 2. */
    public Segments version(int version) {
        this.version = version;
        return this;
    }

    /** How many events go into one batch from now on. Default 100; 1..65,535. */
    public Segments eventsPerBatch(int events) {
        this.eventsPerBatch = events;
        return this;
    }

    /** How many entities random events are spread over: ids 1 to that. Default 100. */
    public Segments entities(int entities) {
        this.entities = entities;
        return this;
    }

    /** How many signal types random events are spread over: 0 to that less one. Default 4. */
    public Segments signalTypes(int types) {
        this.signalTypes = types;
        return this;
    }

    /** Time of the next random event, nanoseconds since the Unix epoch. Default the start of 2026. */
    public Segments clock(long nanos) {
        this.clockNanos = nanos;
        return this;
    }

    /**
     * The log's next segment, with random events: times go on by about a second each, and one event in eight is up to two hours late;
     * weights lie between -1 and 9.
     *
     * @param count how many events, 1 or more
     */
    public WalSegmentPayload next(int count) {
        SignalEvent[] made = new SignalEvent[count];
        for (int i = 0; i < count; i++) {
            made[i] = randomEvent();
        }
        return next(made);
    }

    /** The log's next segments, each with so many random events. */
    public List<WalSegmentPayload> next(int segments, int eventsEach) {
        List<WalSegmentPayload> made = new ArrayList<>();
        for (int i = 0; i < segments; i++) {
            made.add(next(eventsEach));
        }
        return made;
    }

    /** The log's next segment, with these events, 1 or more. */
    public WalSegmentPayload next(SignalEvent... next) {
        long first = last() + 1;
        events.addAll(List.of(next));
        return cut(first, last());
    }

    /**
     * A segment of events that were written before, cut in another way.
     *
     * @param first sequence number of its first event
     * @param last sequence number of its last event, no more than {@link #last()}
     */
    public WalSegmentPayload cut(long first, long last) {
        SegmentEncoder encoder = new SegmentEncoder(log, version, BatchHasher.bouncyCastle());
        for (long batch = first; batch <= last; batch += eventsPerBatch) {
            List<SignalEvent> inBatch = events(batch, Math.min(last, batch + eventsPerBatch - 1));
            encoder.beginBatch(batch, newest(inBatch));
            for (SignalEvent event : inBatch) {
                encoder.event(event.entityId(), event.signalType(), event.weight(), event.timestampNanos());
            }
            encoder.endBatch();
        }
        return encoder.finish();
    }

    /** Sequence number of the last event written; 0 for none. */
    public long last() {
        return events.size();
    }

    /** All events written, in order: the first is event 1. */
    public List<SignalEvent> events() {
        return List.copyOf(events);
    }

    /** The events from {@code first} through {@code last}, in order. */
    public List<SignalEvent> events(long first, long last) {
        return List.copyOf(events.subList(Math.toIntExact(first - 1), Math.toIntExact(last)));
    }

    /** A copy in which one bit of the first batch's first event is wrong: its checksum does not fit. */
    public static WalSegmentPayload corrupt(WalSegmentPayload segment) {
        return flipped(segment, HEADER_BYTES, 1);
    }

    /** A copy in which bits of one byte are flipped; which check finds it depends on the place. */
    public static WalSegmentPayload flipped(WalSegmentPayload segment, int byteOffset, int bits) {
        byte[] bytes = segment.bytes().clone();
        bytes[byteOffset] ^= (byte) bits;
        return new WalSegmentPayload(segment.id(), bytes, segment.eventCount());
    }

    /** A copy that ends early. */
    public static WalSegmentPayload truncated(WalSegmentPayload segment, int sizeBytes) {
        byte[] bytes = Arrays.copyOf(segment.bytes(), sizeBytes);
        return new WalSegmentPayload(segment.id(), bytes, segment.eventCount());
    }

    /** The same segment with another claim of how many events it holds. */
    public static WalSegmentPayload claiming(WalSegmentPayload segment, long eventCount) {
        return new WalSegmentPayload(segment.id(), segment.bytes(), eventCount);
    }

    private SignalEvent randomEvent() {
        clockNanos += (long) (random.nextDouble() * 2 * SECOND);
        long late = random.nextInt(8) == 0 ? (long) (random.nextDouble() * 7200 * SECOND) : 0;
        return new SignalEvent(
                1 + random.nextInt(entities),
                random.nextInt(signalTypes),
                random.nextFloat() * 10 - 1,
                Math.max(0, clockNanos - late));
    }

    private static long newest(List<SignalEvent> events) {
        return events.stream().mapToLong(SignalEvent::timestampNanos).max().orElse(0);
    }
}
