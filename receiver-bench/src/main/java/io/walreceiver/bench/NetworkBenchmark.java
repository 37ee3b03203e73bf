package io.walreceiver.bench;

import io.walreceiver.format.WalSegmentId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.outcome.SegmentOutcome.Applied;
import io.walreceiver.storage.CommitPolicy;
import io.walreceiver.storage.DirectoryStorage;
import io.walreceiver.storage.Storage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * What the network costs, side by side in one run, with leader, follower and both ends of the connection in one JVM; {@code
 * docs/performance.md} says how to read it.
 *
 * <pre>
 * java -cp benchmarks.jar io.walreceiver.bench.NetworkBenchmark [DIRECTORY [ROUNDS [DIVISOR]]]
 * </pre>
 *
 * Throughput: the standard workload, by a call, by TCP into memory, and by TCP into a durable log. Latency: from when a segment of 100
 * events is handed to the leader until its events are in the ledger, at 100,000 events a second. Files are written to a new directory in {@code
 * DIRECTORY} (the system's temporary one), which is deleted at the end. Medians are of {@code ROUNDS} (5), after one that is thrown away.
 * {@code DIVISOR} (1) makes everything that much smaller.
 */
public final class NetworkBenchmark {

    private static final List<String> NAMES = List.of("in process", "TCP", "TCP, durable log");
    private static final int THREADS = 2;
    private static final int LATENCY_SEGMENTS = 10_000;
    private static final int BATCH = 100;
    private static final long EVENTS_PER_SECOND = 100_000;
    private static final long NANOS_BETWEEN = 1_000_000_000L * BATCH / EVENTS_PER_SECOND;

    private final Path directory;
    private final int rounds;
    private final int divisor;

    private NetworkBenchmark(Path directory, int rounds, int divisor) {
        this.directory = directory;
        this.rounds = rounds;
        this.divisor = divisor;
    }

    /** Runs what the arguments say. */
    public static void main(String[] args) throws Exception {
        Path parent = Path.of(args.length > 0 ? args[0] : System.getProperty("java.io.tmpdir"));
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 5;
        int divisor = args.length > 2 ? Integer.parseInt(args[2]) : 1;
        Path directory = Files.createTempDirectory(parent, "receiver-bench-");
        try {
            NetworkBenchmark benchmark = new NetworkBenchmark(directory, rounds, divisor);
            benchmark.throughput();
            benchmark.latency();
        } finally {
            Folders.delete(directory);
        }
    }

    private void throughput() throws Exception {
        Workload standard = Workload.standard();
        Workload workload = new Workload(
                standard.events() / divisor,
                standard.entities() / divisor,
                standard.batchEvents(),
                1 << 20,
                standard.seed());
        List<List<WalSegmentPayload>> logs = workload.logs(Workload.STANDARD_LOGS);
        long events = (long) workload.events() * Workload.STANDARD_LOGS;
        Samples[] rates = samples();
        Samples[] ratios = samples();
        for (int round = -1; round < rounds; round++) { // the first one warms up
            double[] seconds = new double[NAMES.size()];
            for (int i = 0; i < seconds.length; i++) {
                int way = (i + Math.max(0, round)) % seconds.length; // each comes first now and then
                seconds[way] = run(way, follower -> {
                    follower.send(logs);
                    follower.awaitAll(events);
                });
            }
            for (int way = 0; round >= 0 && way < seconds.length; way++) {
                rates[way].add(events / seconds[way] / 1e6);
                ratios[way].add(seconds[way] / seconds[0]);
            }
        }
        System.out.printf("%n%d events of %d logs in segments of 1 MiB%n", events, logs.size());
        for (int way = 0; way < NAMES.size(); way++) {
            System.out.printf(
                    "| %s | %s M events/s | %s times in process |%n",
                    NAMES.get(way), rates[way].show("%.2f"), ratios[way].show("%.2f"));
        }
    }

    private void latency() throws Exception {
        int count = Math.max(200, LATENCY_SEGMENTS / divisor);
        List<WalSegmentPayload> segments =
                new Workload(count * BATCH, Math.max(1, 325_000 / divisor), BATCH, 1, 42).segments(0);
        Samples[] middle = samples();
        Samples[] high = samples();
        for (int round = -1; round < rounds; round++) {
            for (int way = 0; way < NAMES.size(); way++) {
                long[] nanos = latencies(way, segments);
                if (round >= 0) {
                    middle[way].add(nanos[nanos.length / 2] / 1e3);
                    high[way].add(nanos[nanos.length * 99 / 100] / 1e3);
                }
            }
        }
        System.out.printf("%n%d segments of %d events, %d events/s%n", count, BATCH, EVENTS_PER_SECOND);
        for (int way = 0; way < NAMES.size(); way++) {
            System.out.printf(
                    "| %s | p50 %s us | p99 %s us |%n",
                    NAMES.get(way), middle[way].show("%.0f"), high[way].show("%.0f"));
        }
    }

    /** From when each should have been sent, so that a stall counts for all that it held up; sorted. */
    private long[] latencies(int way, List<WalSegmentPayload> segments) throws Exception {
        Map<WalSegmentId, Long> dueAt = new ConcurrentHashMap<>();
        Map<WalSegmentId, Long> took = new ConcurrentHashMap<>();
        int first = segments.size() / 10; // those before find no connection yet, and cold code
        run(
                way,
                outcome -> {
                    Long due = dueAt.get(outcome.segment());
                    if (outcome instanceof Applied && due != null) {
                        took.put(outcome.segment(), System.nanoTime() - due);
                    }
                },
                follower -> {
                    long due = System.nanoTime();
                    int sent = 0;
                    for (WalSegmentPayload segment : segments) {
                        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                            LockSupport.parkNanos(left);
                        }
                        if (sent++ >= first) {
                            dueAt.put(segment.id(), due);
                        }
                        follower.send(List.of(List.of(segment)));
                        due += NANOS_BETWEEN;
                    }
                    follower.awaitAll((long) segments.size() * BATCH);
                });
        Work.check(took.size() == segments.size() - first);
        long[] nanos = took.values().stream().mapToLong(Long::longValue).toArray();
        Arrays.sort(nanos);
        return nanos;
    }

    private interface Task {
        void run(Follower follower) throws Exception;
    }

    private double run(int way, Task task) throws Exception {
        return run(way, outcome -> {}, task);
    }

    private double run(int way, Consumer<SegmentOutcome> outcomes, Task task) throws Exception {
        Path data = Files.createTempDirectory(directory, "network-");
        System.gc(); // what the run before left is not this one's
        double seconds;
        try (TcpWire wire = new TcpWire(Workload.STANDARD_LOGS);
                Follower follower = way == 0
                        ? Follower.start(Storage.inMemory(), THREADS, outcomes)
                        : Follower.start(wire::over, storage(way, data), THREADS, outcomes)) {
            long started = System.nanoTime();
            task.run(follower);
            seconds = (System.nanoTime() - started) / 1e9;
        }
        Folders.delete(data);
        return seconds;
    }

    private static Storage storage(int way, Path data) {
        return way < 2
                ? Storage.inMemory()
                : DirectoryStorage.builder(data)
                        .commitPolicy(CommitPolicy.commit())
                        .build();
    }

    private static Samples[] samples() {
        return new Samples[] {new Samples(), new Samples(), new Samples()};
    }
}
