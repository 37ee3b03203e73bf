package io.walreceiver.server.generate;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentEncoder;
import io.walreceiver.format.WalSegmentPayload;
import java.time.Duration;
import java.time.Instant;

/**
 * Makes up one log, segment by segment: events spread evenly over the span, entities by a Zipf distribution, four types of signal
 * in the proportions of a content site, and some events that come late. Each log has random numbers of its own, so that it does
 * not depend on how many logs there are.
 */
final class LogGenerator {

    /** Names and half-lives are in {@link SchemaText}. */
    private static final double[] TYPE_UP_TO = {0.80, 0.92, 0.97, 1.0};

    private static final float[] TYPE_WEIGHT = {1, 2, 3, 0.5f};

    private static final long MAX_LATE_NANOS = Duration.ofHours(36).toNanos();

    private final GeneratorOptions options;
    private final int shard;
    private final SegmentEncoder encoder;
    private final SplitMix64 random;
    private final Zipf ranks;
    private final long startNanos;
    private final double nanosPerEvent;
    private long nextSeq = 1;
    private int nextSegment;

    LogGenerator(GeneratorOptions options, int shard) {
        this.options = options;
        this.shard = shard;
        this.encoder = new SegmentEncoder(new LogId(options.region(), shard), 2, BatchHasher.bouncyCastle());
        this.random = new SplitMix64(SplitMix64.mix(options.seed()) + shard);
        this.ranks = new Zipf(options.entities(), options.skew());
        this.startNanos = Duration.between(Instant.EPOCH, options.start()).toNanos();
        this.nanosPerEvent = (double) options.span().toNanos() / Math.max(1, options.eventsOfLog(shard) - 1);
    }

    boolean hasNext() {
        return nextSegment < options.segments();
    }

    WalSegmentPayload next() {
        int left = options.eventsOfSegment(shard, nextSegment++);
        while (left > 0) {
            int count = Math.min(left, options.batchEvents());
            batch(count);
            left -= count;
        }
        return encoder.finish();
    }

    private void batch(int count) {
        encoder.beginBatch(nextSeq, timeOf(nextSeq + count - 1));
        for (int i = 0; i < count; i++) {
            int type = type(random.nextDouble());
            encoder.event(ranks.next(random), type, TYPE_WEIGHT[type], eventTime(nextSeq + i));
        }
        encoder.endBatch();
        nextSeq += count;
    }

    private long eventTime(long seq) {
        long time = timeOf(seq);
        if (random.nextDouble() >= options.lateFraction()) {
            return time;
        }
        return Math.max(0, time - (long) (random.nextDouble() * MAX_LATE_NANOS));
    }

    private long timeOf(long seq) {
        return startNanos + Math.min(options.span().toNanos(), (long) ((seq - 1) * nanosPerEvent));
    }

    private static int type(double u) {
        int type = 0;
        while (u >= TYPE_UP_TO[type]) {
            type++;
        }
        return type;
    }
}
