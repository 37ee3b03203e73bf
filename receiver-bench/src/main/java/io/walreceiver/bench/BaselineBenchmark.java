package io.walreceiver.bench;

import io.walreceiver.format.WalSegmentPayload;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The receiver against the plainest program that does the same, side by side in one run; {@code docs/performance.md} says how to read
 * it. Not a JMH benchmark: what is compared takes seconds, and gigabytes.
 *
 * <pre>
 * java -Xms6g -Xmx6g -cp benchmarks.jar io.walreceiver.bench.BaselineBenchmark [WHAT [DIRECTORY [ROUNDS [DIVISOR]]]]
 * </pre>
 *
 * {@code WHAT} is {@code all}, {@code checksums}, {@code ledger}, {@code reads}, {@code segments} or {@code replay}. Files are written to a new directory
 * in {@code DIRECTORY} (the system's temporary one), which is deleted at the end. Medians are of {@code ROUNDS} (5), after three that are
 * thrown away. {@code DIVISOR} (1) makes everything that much smaller. It checks that all give the same answers, and never how
 * long they take.
 */
public final class BaselineBenchmark {

    private static final List<String> ALL = List.of("checksums", "ledger", "reads", "segments", "replay");
    private static final int WARMUPS = 3;
    private static final double CPU_SECONDS = 0.3;

    private BaselineBenchmark() {}

    /** Runs what the arguments say. */
    public static void main(String[] args) throws Exception {
        String what = args.length > 0 ? args[0] : "all";
        if (!what.equals("all") && !ALL.contains(what)) {
            throw new IllegalArgumentException("'" + what + "': expected all or one of " + ALL);
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
        Workload workload = workload(divisor);
        if (what.equals("segments")) {
            new SegmentContest(workload).run(WARMUPS, rounds);
            return;
        }
        List<List<WalSegmentPayload>> logs = new ArrayList<>();
        for (int shard = 0; shard < Workload.STANDARD_LOGS; shard++) {
            logs.add(workload.segments(shard));
        }
        switch (what) {
            case "replay" -> new ReplayContest(logs, directory).run(WARMUPS, rounds);
            case "ledger" -> new LedgerContest(logs).run(WARMUPS, rounds);
            case "reads" -> new ReadContest(logs, CPU_SECONDS / divisor).run(WARMUPS, rounds);
            default -> new ChecksumContest(logs.get(0).get(0), CPU_SECONDS / divisor).run(WARMUPS, rounds);
        }
    }

    private static Workload workload(int divisor) {
        Workload standard = Workload.standard();
        return new Workload(
                standard.events() / divisor,
                standard.entities() / divisor,
                standard.batchEvents(),
                standard.segmentBytes(),
                standard.seed());
    }
}
