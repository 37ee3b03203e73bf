package io.walreceiver.bench;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentEncoder;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * A made-up log of signals, the same at every run: entities drawn by Zipf's law (exponent 1), four signal types, event times that go
 * from {@link #START} over {@link #SPAN}, one event of a hundred late by up to two hours.
 *
 * @param events of each log, 1 or more
 * @param entities of each log, 1 or more; no two logs share one
 * @param batchEvents events in a batch, 1..65,535; the last batch of a log may hold fewer
 * @param segmentBytes size that a segment may not pass, unless one batch does
 * @param seed of the random numbers
 */
public record Workload(int events, int entities, int batchEvents, int segmentBytes, long seed) {

    /** The signal types that occur, from frequent to rare. */
    public static final SignalSchema SCHEMA = SignalSchema.of(
            SignalType.exponential(0, "view", Duration.ofDays(7)),
            SignalType.exponential(1, "like", Duration.ofDays(30)),
            SignalType.exponential(2, "skip", Duration.ofDays(1)),
            SignalType.exponential(3, "share", Duration.ofHours(1)));

    /** Time of the first event. */
    public static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    /** From the first event to the last. */
    public static final Duration SPAN = Duration.ofHours(48);

    /** Logs of the standard workload. */
    public static final int STANDARD_LOGS = 4;

    private static final LogId[] LOGS = IntStream.range(0, STANDARD_LOGS)
            .mapToObj(shard -> new LogId(1, shard))
            .toArray(LogId[]::new);
    private static final int[] PERCENT_UP_TO = {70, 85, 95, 100};
    private static final float[] WEIGHT = {1f, 2f, -0.5f, 4f};
    private static final long START_NANOS = START.getEpochSecond() * 1_000_000_000L;
    private static final long MAX_LATE_NANOS = Duration.ofHours(2).toNanos();

    /** One log of the standard workload: four of them hold 6.4 million events of about 1.18 million (entity, type) pairs. */
    public static Workload standard() {
        return new Workload(1_600_000, 325_000, 100, 16 << 20, 42);
    }

    /** The same events, cut in segments of another size. */
    public Workload withSegmentBytes(int bytes) {
        return new Workload(events, entities, batchEvents, bytes, seed);
    }

    /** All segments of log {@code 1:shard}, in order. */
    public List<WalSegmentPayload> segments(int shard) {
        List<WalSegmentPayload> segments = new ArrayList<>();
        SegmentEncoder encoder = new SegmentEncoder(new LogId(1, shard), 2, BatchHasher.bouncyCastle());
        SplittableRandom random = new SplittableRandom(seed + shard);
        Zipf zipf = new Zipf(entities);
        int batchBytes = 64 + batchEvents * 21;
        for (int written = 0; written < events; ) {
            if (encoder.sizeBytes() > 0 && encoder.sizeBytes() + batchBytes > segmentBytes) {
                segments.add(encoder.finish());
            }
            int count = Math.min(batchEvents, events - written);
            encoder.beginBatch(written + 1L, timeNanos(written + count - 1));
            for (int i = 0; i < count; i++) {
                addEvent(encoder, random, zipf, shard, timeNanos(written + i));
            }
            encoder.endBatch();
            written += count;
        }
        segments.add(encoder.finish());
        return segments;
    }

    /** All segments of the first {@code count} logs. */
    public List<List<WalSegmentPayload>> logs(int count) {
        return IntStream.range(0, count).mapToObj(this::segments).toList();
    }

    private static void addEvent(
            SegmentEncoder encoder, SplittableRandom random, Zipf zipf, int shard, long timeNanos) {
        long entity = mix(((long) shard << 32) + zipf.draw(random));
        int percent = random.nextInt(100);
        int type = 0;
        while (percent >= PERCENT_UP_TO[type]) {
            type++;
        }
        long late = random.nextInt(100) == 0 ? random.nextLong(MAX_LATE_NANOS) : 0;
        encoder.event(entity, type, WEIGHT[type], timeNanos - late);
    }

    private long timeNanos(int event) {
        return START_NANOS + (long) ((double) event / events * SPAN.toNanos());
    }

    /** The log that has the events of an entity. */
    public static LogId ownerOf(long entityId) {
        long z = (entityId ^ (entityId >>> 33)) * 0x9cb4b2f8129337dbL;
        z = (z ^ (z >>> 33)) * 0x4f74430c22a54005L;
        int shard = (int) ((z ^ (z >>> 33)) >>> 32);
        return shard < LOGS.length ? LOGS[shard] : new LogId(1, shard);
    }

    /** Spreads ids over all 64 bits, each to another (the finalizer of MurmurHash3). */
    private static long mix(long id) {
        long z = (id ^ (id >>> 33)) * 0xff51afd7ed558ccdL;
        z = (z ^ (z >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return z ^ (z >>> 33);
    }
}
