package io.walreceiver.bench;

import io.walreceiver.decode.EventRules;
import io.walreceiver.format.EventBatch;
import io.walreceiver.format.SegmentDecoder;
import io.walreceiver.format.SegmentView;
import io.walreceiver.format.WalSegmentPayload;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The structure check alone, the event rules alone, and reading every field of every event. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class DecodeBenchmark {

    /** What is decoded. */
    @Param
    public SegmentShape shape;

    private final EventRules rules = new EventRules(Workload.SCHEMA, EventRules.DEFAULT_MAX_EVENT_LEAD);
    private WalSegmentPayload payload;
    private SegmentView segment;
    private long fieldSum;

    /** Makes the segment. */
    @Setup
    public void makeSegment() {
        payload = shape.segment();
        segment = SegmentDecoder.decode(payload);
        fieldSum = sumFields(segment);
    }

    /** Lengths, headers, sequence and identity: what {@link SegmentDecoder#decode} does. */
    @Benchmark
    public SegmentView structure(Work work) {
        SegmentView decoded = SegmentDecoder.decode(payload);
        Work.check(decoded.eventCount() == payload.eventCount());
        return count(work, decoded);
    }

    /** Whether each event can be applied. */
    @Benchmark
    public SegmentView eventRules(Work work) {
        Work.check(rules.firstInvalid(segment).isEmpty());
        return count(work, segment);
    }

    /** Every field of every event, read in place. */
    @Benchmark
    public SegmentView readEvents(Work work) {
        Work.check(sumFields(segment) == fieldSum);
        return count(work, segment);
    }

    private static long sumFields(SegmentView segment) {
        long sum = 0;
        for (int b = 0; b < segment.batchCount(); b++) {
            EventBatch batch = segment.batch(b);
            for (int i = 0, n = batch.count(); i < n; i++) {
                sum += batch.entityId(i)
                        + batch.signalType(i)
                        + Float.floatToRawIntBits(batch.weight(i))
                        + batch.timestampNanos(i);
            }
        }
        return sum;
    }

    private static SegmentView count(Work work, SegmentView segment) {
        work.bytes += segment.sizeBytes();
        work.events += segment.eventCount();
        return segment;
    }
}
