package io.walreceiver.bench;

import io.walreceiver.storage.disk.Disk;
import io.walreceiver.storage.disk.DiskFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What durability costs, side by side in one run; {@code docs/performance.md} says how to read it. Not a JMH benchmark: what is
 * measured here takes seconds, and writes.
 *
 * <pre>
 * java -cp benchmarks.jar io.walreceiver.bench.DurabilityBenchmark [WHAT [DIRECTORY [ROUNDS [DIVISOR]]]]
 * </pre>
 *
 * {@code WHAT} is {@code all}, {@code replay}, {@code recovery}, {@code commit} or {@code checkpoint}. Files are written to a new
 * directory in {@code DIRECTORY} (the system's temporary one), which is deleted at the end. Medians are of {@code ROUNDS} (5), after one
 * that is thrown away. {@code DIVISOR} (1) makes everything that much smaller.
 */
public final class DurabilityBenchmark {

    private static final List<String> ALL = List.of("replay", "commit", "checkpoint", "recovery");
    private static final int FSYNCS = 200;

    private DurabilityBenchmark() {}

    /** Runs what the arguments say. */
    public static void main(String[] args) throws Exception {
        String what = args.length > 0 ? args[0] : "all";
        if (!what.equals("all") && !ALL.contains(what)) {
            throw new IllegalArgumentException("'" + what + "': expected all or one of " + ALL);
        }
        Path parent = Path.of(args.length > 1 ? args[1] : System.getProperty("java.io.tmpdir"));
        int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 5;
        int divisor = args.length > 3 ? Integer.parseInt(args[3]) : 1;
        Path directory = Files.createTempDirectory(parent, "receiver-bench-");
        try {
            printMachine(directory);
            for (String one : what.equals("all") ? ALL : List.of(what)) {
                run(one, directory, rounds, divisor);
            }
        } finally {
            Folders.delete(directory);
        }
    }

    private static void run(String what, Path directory, int rounds, int divisor) throws Exception {
        switch (what) {
            case "replay" -> {
                DurableReplay replay = new DurableReplay(directory, rounds, divisor);
                replay.run(16 << 20);
                replay.run(2_164);
            }
            case "commit" -> new ManyLogsCommit(directory, rounds, divisor).run();
            case "checkpoint" -> new CheckpointCost(directory, rounds, divisor).run();
            default -> {
                RecoveryTime recovery = new RecoveryTime(directory, rounds, divisor);
                recovery.run(1);
                recovery.run(4);
            }
        }
    }

    private static void printMachine(Path directory) throws IOException {
        System.out.printf(
                "Java %s, %d processors, heap up to %d MiB; files on %s (%s)%n",
                Runtime.version(),
                Runtime.getRuntime().availableProcessors(),
                Runtime.getRuntime().maxMemory() >> 20,
                Files.getFileStore(directory).name(),
                Files.getFileStore(directory).type());
        System.out.printf(
                "one fsync after 4 KiB: %s ms, median of %d%n",
                fsyncMillis(directory).show("%.2f"), FSYNCS);
    }

    /** By it the other figures can be compared with those of other disks. */
    private static Samples fsyncMillis(Path directory) throws IOException {
        Path path = directory.resolve("fsync");
        Samples millis = new Samples();
        byte[] bytes = new byte[4096];
        Disk disk = Disk.ofOperatingSystem();
        try (DiskFile file = disk.create(path)) {
            for (int i = 0; i < FSYNCS; i++) {
                file.write((long) i * bytes.length, bytes, 0, bytes.length);
                long started = System.nanoTime();
                file.sync();
                millis.add((System.nanoTime() - started) / 1e6);
            }
        }
        disk.delete(path);
        return millis;
    }
}
