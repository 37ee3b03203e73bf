package io.walreceiver.bench;

import io.walreceiver.format.EventBatch;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentDecoder;
import io.walreceiver.format.SegmentView;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.ledger.LedgerPart;
import io.walreceiver.ledger.SignalReading;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;

/**
 * Whether anyone notices that a ledger grows: how long each batch takes to apply while one log's part goes from nothing to eight
 * million pairs, every event a new one, and how long reads of pairs at random take beside it; {@code docs/performance.md} says how to
 * read it. Not a JMH benchmark: the longest of many calls is what counts here.
 *
 * <pre>
 * java -Xms6g -Xmx6g -Xmn4g -cp benchmarks.jar io.walreceiver.bench.GrowthBenchmark [ROUNDS [DIVISOR]]
 * </pre>
 *
 * With a young generation of 4 GiB nothing is collected while it measures; it says so. Medians are of {@code ROUNDS} (5), after two that
 * are thrown away. {@code DIVISOR} (1) makes everything that much smaller. It checks all that is read.
 */
public final class GrowthBenchmark {

    private static final int PAIRS = 8_000_000;
    private static final int SHARD = 0;
    private static final int SEGMENT_BYTES = 16 << 20;
    private static final int WARMUPS = 2;
    private static final long NOW = LedgerBenchmark.NOW_NANOS;
    private static final double[] SHARES = {0.5, 0.99, 0.999, 0.9999, 1};

    private final int pairs;
    private final List<SegmentView> segments;
    private final Spread applied = new Spread();
    private final Spread read = new Spread();
    private final Samples atOnceMicros = new Samples();
    private final Samples collections = new Samples();
    private final Samples collectedMillis = new Samples();

    private GrowthBenchmark(int pairs) {
        this.pairs = pairs;
        this.segments = new GrowingLog(SHARD, pairs)
                .everyPair(SEGMENT_BYTES).stream().map(SegmentDecoder::decode).toList();
    }

    /** Runs what the arguments say. */
    public static void main(String[] args) throws Exception {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 5;
        int divisor = args.length > 1 ? Integer.parseInt(args[1]) : 1;
        GrowthBenchmark benchmark = new GrowthBenchmark(PAIRS / divisor);
        for (int round = -WARMUPS; round < rounds; round++) {
            benchmark.run(round >= 0);
        }
        benchmark.print();
    }

    private void run(boolean counts) throws Exception {
        System.gc(); // what the run before left is not this one's
        InMemorySignalLedger ledger = InMemorySignalLedger.create(Workload.SCHEMA);
        Reader reader = new Reader(ledger);
        FutureTask<Durations> reading = new FutureTask<>(reader);
        Thread thread = new Thread(reading, "reader");
        Durations applying = new Durations(pairs / 10);
        long collectionsBefore = collections();
        long millisBefore = collectedMillis();
        try {
            grow(ledger.open(new LogId(1, SHARD)), applying, reader, thread);
        } finally {
            reader.done = true;
        }
        Durations reads = reading.get();
        long collected = collections() - collectionsBefore;
        long millis = collectedMillis() - millisBefore;
        Work.check(ledger.pairs() == pairs);
        if (counts) {
            applied.add(applying);
            read.add(reads);
            collections.add(collected);
            collectedMillis.add(millis);
            atOnceMicros.add(growAtOnceMicros());
        }
    }

    private void grow(LedgerPart part, Durations applying, Reader reader, Thread thread) throws Exception {
        for (SegmentView segment : segments) {
            for (int b = 0; b < segment.batchCount(); b++) {
                EventBatch batch = segment.batch(b);
                applying.begin();
                part.apply(batch, batch.lastSeq());
                applying.end();
                reader.known = (int) batch.lastSeq();
                if (batch.firstSeq() == 1) {
                    thread.start();
                    reader.begun.await();
                }
            }
        }
    }

    /**
     * The least that the last growth would take if it came all at once, with nothing but a table of ints that doubles when it is
     * three quarters full: the hashes are at hand.
     */
    private double growAtOnceMicros() {
        int slots = Integer.highestOneBit(pairs / 3 * 4);
        int held = slots / 4 * 3;
        long started = System.nanoTime();
        int[] table = new int[slots * 2];
        int mask = table.length - 1;
        for (int id = 0; id < held; id++) {
            int at = (int) (id * 0x9E3779B97F4A7C15L >>> 32) & mask;
            while (table[at] != 0) {
                at = at + 1 & mask;
            }
            table[at] = id + 1;
        }
        double micros = (System.nanoTime() - started) / 1e3;
        Work.check(Arrays.stream(table).filter(slot -> slot != 0).count() == held);
        return micros;
    }

    private void print() {
        System.out.printf(
                "%nJava %s, %d processors: %,d new pairs in batches of 100, microseconds%n",
                Runtime.version(), Runtime.getRuntime().availableProcessors(), pairs);
        System.out.println("| | median | 99 % | 99.9 % | 99.99 % | longest | calls |");
        applied.print("one batch applied");
        read.print("one pair read beside it");
        System.out.printf("growing a table of ints at once instead: %s us at least%n", atOnceMicros.show("%.0f"));
        System.out.printf(
                "collections in a round: %s, %s ms in all%n", collections.show("%.0f"), collectedMillis.show("%.0f"));
    }

    private static long collections() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionCount)
                .sum();
    }

    private static long collectedMillis() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                .sum();
    }

    /** Reads pairs at random among those that were applied, all the time. */
    private final class Reader implements Callable<Durations> {

        private final InMemorySignalLedger ledger;
        private final CountDownLatch begun = new CountDownLatch(1);
        private volatile int known;
        private volatile boolean done;

        Reader(InMemorySignalLedger ledger) {
            this.ledger = ledger;
        }

        @Override
        public Durations call() {
            SplittableRandom random = new SplittableRandom(7);
            Durations reads = new Durations(pairs);
            begun.countDown();
            do {
                int pair = random.nextInt(known);
                long entity = GrowingLog.entity(SHARD, pair);
                int type = GrowingLog.type(pair);
                reads.begin();
                SignalReading reading = ledger.read(entity, type, NOW);
                reads.end();
                Work.check(reading.allTime() == 1 && reading.score() > 0);
            } while (!done);
            return reads;
        }
    }

    /** The rounds' durations. */
    private static final class Spread {

        private final List<Samples> clock = samples();
        private final List<Samples> cpu = samples();
        private final Samples calls = new Samples();

        void add(Durations durations) {
            durations.sort();
            for (int i = 0; i < SHARES.length; i++) {
                clock.get(i).add(durations.micros(SHARES[i]));
                cpu.get(i).add(durations.cpuMicros(SHARES[i]));
            }
            calls.add(durations.count());
        }

        void print(String what) {
            System.out.println("| " + what + ", by the clock " + show(clock) + calls.show("%.0f") + " |");
            System.out.println("| ..., by processor time " + show(cpu) + " |");
        }

        private static String show(List<Samples> shares) {
            StringBuilder line = new StringBuilder("| ");
            for (Samples share : shares) {
                line.append(share.show("%.1f")).append(" | ");
            }
            return line.toString();
        }

        private static List<Samples> samples() {
            return Arrays.stream(SHARES).mapToObj(share -> new Samples()).toList();
        }
    }
}
