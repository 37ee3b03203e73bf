package io.walreceiver.bench;

import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.storage.CommitPolicy;
import io.walreceiver.storage.DirectoryStorage;
import io.walreceiver.storage.Storage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Replay with the durable log off, with an fsync as soon as one can begin, and with one in 100 ms at most: in turns. */
final class DurableReplay {

    private static final List<String> NAMES = List.of("off", "commit", "interval 100 ms");
    private static final int THREADS = 2;

    private final Path directory;
    private final int rounds;
    private final Workload workload;

    DurableReplay(Path directory, int rounds, int divisor) {
        Workload standard = Workload.standard();
        this.directory = directory;
        this.rounds = rounds;
        this.workload = new Workload(
                standard.events() / divisor,
                standard.entities() / divisor,
                standard.batchEvents(),
                standard.segmentBytes(),
                standard.seed());
    }

    void run(int segmentBytes) throws Exception {
        List<List<WalSegmentPayload>> logs =
                workload.withSegmentBytes(segmentBytes).logs(Workload.STANDARD_LOGS);
        long segments = logs.stream().mapToLong(List::size).sum();
        long events = (long) workload.events() * Workload.STANDARD_LOGS;
        Samples[] seconds = {new Samples(), new Samples(), new Samples()};
        Samples[] syncs = {new Samples(), new Samples(), new Samples()};
        Samples[] cpu = {new Samples(), new Samples(), new Samples()};
        Samples[] ratio = {new Samples(), new Samples(), new Samples()};
        Samples[] cpuRatio = {new Samples(), new Samples(), new Samples()};
        for (int round = -1; round < rounds; round++) { // the first one warms up
            Run[] runs = new Run[NAMES.size()];
            for (int i = 0; i < NAMES.size(); i++) {
                int policy = (i + Math.max(0, round)) % NAMES.size(); // each comes first now and then
                runs[policy] = replay(logs, policy, events);
            }
            for (int policy = 0; round >= 0 && policy < NAMES.size(); policy++) {
                seconds[policy].add(runs[policy].seconds);
                cpu[policy].add(runs[policy].cpuSeconds);
                syncs[policy].add(1000.0 * runs[policy].syncs / segments);
                ratio[policy].add(runs[policy].seconds / runs[0].seconds);
                cpuRatio[policy].add(runs[policy].cpuSeconds / runs[0].cpuSeconds);
            }
        }
        System.out.printf("%n%d events in %d segments of up to %d bytes%n", events, segments, segmentBytes);
        for (int policy = 0; policy < NAMES.size(); policy++) {
            System.out.printf(
                    "| %s | %s s, %s times off | processor %s s, %s times off | %s fsyncs per 1,000 segments |%n",
                    NAMES.get(policy),
                    seconds[policy].show("%.2f"),
                    ratio[policy].show("%.2f"),
                    cpu[policy].show("%.2f"),
                    cpuRatio[policy].show("%.2f"),
                    syncs[policy].show("%.1f"));
        }
    }

    /** From the first send until everything is acknowledged. */
    private Run replay(List<List<WalSegmentPayload>> logs, int policy, long events) throws Exception {
        Path data = Files.createTempDirectory(directory, "replay-");
        CountingDisk disk = new CountingDisk();
        Run run;
        System.gc(); // what the run before left is not this one's
        try (Follower follower = Follower.start(storage(data, policy, disk), THREADS, outcome -> {})) {
            long syncs = disk.syncs();
            double cpu = Samples.cpuSeconds();
            long started = System.nanoTime();
            follower.send(logs);
            follower.awaitAll(events);
            run = new Run((System.nanoTime() - started) / 1e9, Samples.cpuSeconds() - cpu, disk.syncs() - syncs);
        }
        Folders.delete(data);
        return run;
    }

    private record Run(double seconds, double cpuSeconds, long syncs) {}

    private static Storage storage(Path data, int policy, CountingDisk disk) {
        if (policy == 0) {
            return Storage.inMemory();
        }
        return DirectoryStorage.builder(data)
                .disk(disk)
                .commitPolicy(policy == 1 ? CommitPolicy.commit() : CommitPolicy.interval(Duration.ofMillis(100)))
                .build();
    }
}
