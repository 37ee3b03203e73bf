package io.walreceiver.bench;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentEncoder;
import io.walreceiver.format.WalSegmentPayload;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;

/** A log that is made piece by piece, over a known number of pairs; the same at every run. */
final class GrowingLog {

    private static final int BATCH_EVENTS = 100;
    private static final int BATCH_BYTES = 64 + BATCH_EVENTS * 21;
    private static final int TYPES = 4;
    private static final long START_NANOS = Workload.START.getEpochSecond() * 1_000_000_000L;
    private static final long NANOS_PER_EVENT = 10_000_000;

    private final SegmentEncoder encoder;
    private final SplittableRandom random;
    private final Zipf zipf;
    private final int shard;
    private final int pairs;
    private long position;

    /**
     * @param pairs (entity, type) pairs; a multiple of 4
     */
    GrowingLog(int shard, int pairs) {
        this.encoder = new SegmentEncoder(new LogId(1, shard), 2, BatchHasher.fastest());
        this.random = new SplittableRandom(42 + shard);
        this.zipf = new Zipf(pairs);
        this.shard = shard;
        this.pairs = pairs;
    }

    /** The next events: each pair once. */
    List<WalSegmentPayload> everyPair(int segmentBytes) {
        return segments(pairs, segmentBytes, event -> event);
    }

    /** The next events: pairs drawn by Zipf's law. */
    List<WalSegmentPayload> drawn(int events, int segmentBytes) {
        return segments(events, segmentBytes, event -> zipf.draw(random));
    }

    /** The entity of a pair, {@code 0..pairs-1} in the order of {@link #everyPair}. */
    static long entity(int shard, int pair) {
        return ((long) shard << 32) + pair / TYPES;
    }

    /** The signal type of a pair. */
    static int type(int pair) {
        return pair % TYPES;
    }

    private List<WalSegmentPayload> segments(int events, int segmentBytes, IntUnaryOperator pairOf) {
        List<WalSegmentPayload> segments = new ArrayList<>();
        for (int done = 0; done < events; ) {
            if (encoder.sizeBytes() > 0 && encoder.sizeBytes() + BATCH_BYTES > segmentBytes) {
                segments.add(encoder.finish());
            }
            int count = Math.min(BATCH_EVENTS, events - done);
            encoder.beginBatch(position + 1, timeNanos(position + count));
            for (int i = 0; i < count; i++) {
                int pair = pairOf.applyAsInt(done + i);
                encoder.event(entity(shard, pair), type(pair), 1f, timeNanos(++position));
            }
            encoder.endBatch();
            done += count;
        }
        segments.add(encoder.finish());
        return segments;
    }

    private static long timeNanos(long event) {
        return START_NANOS + event * NANOS_PER_EVENT;
    }
}
