package io.walreceiver.bench;

import io.walreceiver.format.EventBatch;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentDecoder;
import io.walreceiver.format.SegmentView;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.ledger.ImageWriter;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.ledger.LedgerPart;
import io.walreceiver.ledger.PartImage;
import io.walreceiver.ledger.SignalReading;
import io.walreceiver.ledger.SnapshottingPart;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The built-in ledger on the standard workload: filling it, reading it when it is full, and its images. */
@State(Scope.Benchmark)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
@Fork(1)
public class LedgerBenchmark {

    private static final int CANDIDATES = 200;
    private static final int EVENTS = 6_400_000;
    private static final int SAMPLES = 1 << 16;
    static final long NOW_NANOS = (Workload.START.getEpochSecond() + Workload.SPAN.toSeconds()) * 1_000_000_000L;

    private final List<SegmentView> segments = new ArrayList<>();
    private final long[] entities = new long[SAMPLES];
    private final int[] types = new int[SAMPLES];
    private final List<SnapshottingPart> fullParts = new ArrayList<>();
    private final List<List<byte[]>> images = new ArrayList<>();
    private final byte[] imageBlock = new byte[1 << 20];
    private InMemorySignalLedger full;
    private long pairs;
    private int next;

    /** Fills a ledger, and picks pairs to read as often as they have events. */
    @Setup
    public void fill() {
        for (int shard = 0; shard < Workload.STANDARD_LOGS; shard++) {
            for (WalSegmentPayload payload : Workload.standard().segments(shard)) {
                segments.add(SegmentDecoder.decode(payload));
            }
        }
        full = replay(fullParts);
        pairs = full.pairs();
        for (SnapshottingPart part : fullParts) {
            List<byte[]> blocks = new ArrayList<>();
            write(part, (block, length) -> blocks.add(Arrays.copyOf(block, length)));
            images.add(blocks);
        }
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < SAMPLES; i++) {
            SegmentView segment = segments.get(random.nextInt(segments.size()));
            EventBatch batch = segment.batch(random.nextInt(segment.batchCount()));
            int event = random.nextInt(batch.count());
            entities[i] = batch.entityId(event);
            types[i] = batch.signalType(event);
        }
        long[] events = {0};
        full.forEach(NOW_NANOS, reading -> events[0] += reading.allTime());
        Work.check(events[0] == EVENTS);
        System.out.printf("%,d pairs, %.1f bytes each%n", full.pairs(), (double) full.allocatedBytes() / full.pairs());
    }

    /** An event, applied by one thread to a ledger that starts empty. */
    @Benchmark
    @BenchmarkMode(Mode.Throughput)
    @OutputTimeUnit(TimeUnit.SECONDS)
    @OperationsPerInvocation(EVENTS)
    public InMemorySignalLedger apply() {
        InMemorySignalLedger ledger = replay(new ArrayList<>());
        Work.check(ledger.pairs() == pairs);
        return ledger;
    }

    /** Score and counts of one pair. */
    @Benchmark
    @BenchmarkMode(Mode.AverageTime)
    @OutputTimeUnit(TimeUnit.NANOSECONDS)
    public SignalReading read() {
        int i = next++ & (SAMPLES - 1);
        SignalReading reading = full.read(entities[i], types[i], NOW_NANOS);
        Work.check(reading.allTime() > 0);
        return reading;
    }

    /** Scores of 200 candidates: what ranking one page asks for. */
    @Benchmark
    @BenchmarkMode(Mode.AverageTime)
    @OutputTimeUnit(TimeUnit.MICROSECONDS)
    public double read200() {
        double sum = 0;
        for (int c = 0; c < CANDIDATES; c++) {
            int i = next++ & (SAMPLES - 1);
            SignalReading reading = full.read(entities[i], types[i], NOW_NANOS);
            Work.check(reading.allTime() > 0);
            sum += reading.score();
        }
        return sum;
    }

    /** The best hundred of a type: a scan. */
    @Benchmark
    @BenchmarkMode(Mode.AverageTime)
    @OutputTimeUnit(TimeUnit.MILLISECONDS)
    public List<SignalReading> top100() {
        List<SignalReading> top = full.topByScore(0, 100, NOW_NANOS);
        Work.check(top.size() == 100);
        return top;
    }

    /** The images of all parts, copied once more as who takes them does. */
    @Benchmark
    @BenchmarkMode(Mode.AverageTime)
    @OutputTimeUnit(TimeUnit.MILLISECONDS)
    public long image() {
        long[] bytes = {0};
        for (SnapshottingPart part : fullParts) {
            write(part, (block, length) -> {
                System.arraycopy(block, 0, imageBlock, 0, length);
                bytes[0] += length;
            });
        }
        return bytes[0];
    }

    /** A ledger that takes over the images of all parts. */
    @Benchmark
    @BenchmarkMode(Mode.AverageTime)
    @OutputTimeUnit(TimeUnit.MILLISECONDS)
    public InMemorySignalLedger restore() throws IOException {
        InMemorySignalLedger ledger = InMemorySignalLedger.create(Workload.SCHEMA);
        for (int shard = 0; shard < images.size(); shard++) {
            Iterator<byte[]> blocks = images.get(shard).iterator();
            SnapshottingPart part = (SnapshottingPart) ledger.open(new LogId(1, shard));
            part.restore(() -> blocks.hasNext() ? blocks.next() : null);
        }
        Work.check(ledger.pairs() == pairs);
        return ledger;
    }

    private static void write(SnapshottingPart part, ImageWriter out) {
        try (PartImage image = part.beginImage(out)) {
            boolean whole = false;
            while (!whole) {
                whole = image.writeSome();
            }
        }
    }

    private InMemorySignalLedger replay(List<SnapshottingPart> parts) {
        InMemorySignalLedger ledger = InMemorySignalLedger.create(Workload.SCHEMA);
        LogId log = null;
        LedgerPart part = null;
        for (SegmentView segment : segments) {
            if (part == null || !segment.log().equals(log)) {
                log = segment.log();
                part = ledger.open(log);
                parts.add((SnapshottingPart) part);
            }
            for (int b = 0; b < segment.batchCount(); b++) {
                EventBatch batch = segment.batch(b);
                part.apply(batch, batch.lastSeq());
            }
        }
        return ledger;
    }
}
