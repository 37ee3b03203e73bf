package io.walreceiver.bench;

import io.walreceiver.format.WalSegmentPayload;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The receiver against the plainest program that does the same, side by side in one run; {@code docs/performance.md} says how to read
 * it. Not a JMH benchmark: what is compared takes seconds, and gigabytes.
 *
 * <pre>
 * java -Xms6g -Xmx6g -cp benchmarks.jar io.walreceiver.bench.BaselineBenchmark [WHAT [DIRECTORY [ROUNDS [DIVISOR]]]]
 * </pre>
 *
 * {@code WHAT} is {@code checksums}, {@code ledger}, {@code reads}, {@code segments}, {@code replay}, or {@code all} of these; {@code
 * million} for a million segments of one batch, which needs 10 GiB of heap; {@code cores} for many logs on two replay threads,
 * which needs two cores; or {@code order} for whole segments into ledgers of several sizes against their batches. Files are written
 * to a new directory in {@code DIRECTORY} (the system's temporary one), which is deleted at the end. Medians are of {@code ROUNDS} (5), after three that are thrown away, or one where it is a million segments. {@code DIVISOR} (1)
 * makes everything that much smaller. It checks that all give the same answers, and never how long they take.
 */
public final class BaselineBenchmark {

    private static final List<String> ALL = List.of("checksums", "ledger", "reads", "segments", "replay");
    private static final List<String> APART = List.of("million", "cores", "order");
    private static final int MILLION_EVENTS = 25_000_000; // of each of four logs, a hundred in a batch
    private static final int ORDER_EVENTS = 4_000_000; // of each log
    private static final int ORDER_LOGS = 2;
    private static final int MANY_LOGS = 64;
    private static final int MANY_LOGS_SEGMENT_BYTES = 256 << 10;
    private static final int WARMUPS = 3;
    private static final double CPU_SECONDS = 0.3;

    private BaselineBenchmark() {}

    /** Runs what the arguments say. */
    public static void main(String[] args) throws Exception {
        String what = args.length > 0 ? args[0] : "all";
        if (!what.equals("all") && !ALL.contains(what) && !APART.contains(what)) {
            throw new IllegalArgumentException("'" + what + "': expected all, one of " + ALL + ", or one of " + APART);
        }
        Path parent = Path.of(args.length > 1 ? args[1] : System.getProperty("java.io.tmpdir"));
        int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 5;
        int divisor = args.length > 3 ? Integer.parseInt(args[3]) : 1;
        System.out.printf(
                "Java %s, %d processors, heap up to %d MiB%n",
                Runtime.version(),
                Runtime.getRuntime().availableProcessors(),
                Runtime.getRuntime().maxMemory() >> 20);
        Path directory = Files.createTempDirectory(parent, "receiver-bench-");
        try {
            for (String one : what.equals("all") ? ALL : List.of(what)) {
                run(one, directory, divisor, rounds);
            }
        } finally {
            Folders.delete(directory);
        }
    }

    private static void run(String what, Path directory, int divisor, int rounds) throws Exception {
        Workload standard = Workload.standard();
        int events = standard.events() / divisor;
        int entities = standard.entities() / divisor;
        switch (what) {
            case "segments" ->
                new SegmentContest(workload(events, entities, standard.segmentBytes()), Workload.STANDARD_LOGS)
                        .run(WARMUPS, rounds);
            case "million" ->
                new SegmentContest(
                                workload(MILLION_EVENTS / divisor, entities, standard.segmentBytes()),
                                Workload.STANDARD_LOGS)
                        .run(1, rounds);
            case "cores" -> {
                int share = MANY_LOGS / Workload.STANDARD_LOGS;
                new SegmentContest(workload(events / share, entities / share, MANY_LOGS_SEGMENT_BYTES), MANY_LOGS)
                        .runThreads(WARMUPS, rounds);
            }
            case "order" -> {
                for (int logEntities : new int[] {40_000, 325_000, 1_500_000, 16_000_000}) {
                    for (int segmentBytes : new int[] {standard.segmentBytes() / 4, standard.segmentBytes()}) {
                        Workload workload = workload(ORDER_EVENTS / divisor, logEntities / divisor, segmentBytes);
                        new LedgerContest(workload.logs(ORDER_LOGS)).runForms(1, rounds);
                    }
                }
            }
            default ->
                againstPlain(what, workload(events, entities, standard.segmentBytes()), directory, divisor, rounds);
        }
    }

    private static void againstPlain(String what, Workload workload, Path directory, int divisor, int rounds)
            throws Exception {
        List<List<WalSegmentPayload>> logs = workload.logs(Workload.STANDARD_LOGS);
        switch (what) {
            case "replay" -> new ReplayContest(logs, directory).run(WARMUPS, rounds);
            case "ledger" -> new LedgerContest(logs).run(WARMUPS, rounds);
            case "reads" -> new ReadContest(logs, CPU_SECONDS / divisor).run(WARMUPS, rounds);
            default -> new ChecksumContest(logs.get(0).get(0), CPU_SECONDS / divisor).run(WARMUPS, rounds);
        }
    }

    private static Workload workload(int events, int entities, int segmentBytes) {
        Workload standard = Workload.standard();
        return new Workload(events, entities, standard.batchEvents(), segmentBytes, standard.seed());
    }
}
