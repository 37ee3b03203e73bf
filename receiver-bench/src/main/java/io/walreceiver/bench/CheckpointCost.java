package io.walreceiver.bench;

import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.outcome.SegmentOutcome.Applied;
import io.walreceiver.storage.DirectoryStorage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A checkpoint beside replay: what it takes, what it costs the log, and how long it keeps a segment waiting. */
final class CheckpointCost {

    private static final int THREADS = 2;
    private static final int SEGMENT_BYTES = 21_640; // ten batches of 100

    private final Path directory;
    private final int rounds;
    private final int pairs;
    private final int events;

    CheckpointCost(Path directory, int rounds, int divisor) {
        this.directory = directory;
        this.rounds = rounds;
        this.pairs = 1_000_000 / divisor;
        this.events = 4_000_000 / divisor;
    }

    void run() throws Exception {
        GrowingLog log = new GrowingLog(0, pairs);
        List<WalSegmentPayload> first = log.everyPair(1 << 20);
        List<WalSegmentPayload> rest = log.drawn(events, SEGMENT_BYTES);
        Samples[] seconds = {new Samples(), new Samples()};
        Samples[] pause = {new Samples(), new Samples()};
        Samples ratio = new Samples();
        Samples cpuRatio = new Samples();
        Samples taken = new Samples();
        Samples megabytes = new Samples();
        for (int round = -1; round < rounds; round++) {
            Run[] runs = new Run[2];
            for (int i = 0; i < 2; i++) {
                int with = (i + Math.max(0, round)) % 2;
                runs[with] = replay(first, rest, with == 1);
            }
            if (round >= 0) {
                for (int with = 0; with < 2; with++) {
                    seconds[with].add(runs[with].seconds);
                    pause[with].add(runs[with].pauseMillis);
                }
                ratio.add(runs[1].seconds / runs[0].seconds);
                cpuRatio.add(runs[1].cpuSeconds / runs[0].cpuSeconds);
                taken.add(runs[1].checkpointSeconds);
                megabytes.add(runs[1].checkpointBytes / 1e6);
            }
        }
        System.out.printf(
                "%none log of %d pairs, %d events more in segments of %d bytes%n", pairs, events, SEGMENT_BYTES);
        System.out.printf(
                "| without a checkpoint | %s s | longest pause between outcomes %s ms |%n",
                seconds[0].show("%.2f"), pause[0].show("%.1f"));
        System.out.printf(
                "| with one | %s s | longest pause %s ms | %s times as long, %s times the processor time |%n",
                seconds[1].show("%.2f"), pause[1].show("%.1f"), ratio.show("%.2f"), cpuRatio.show("%.2f"));
        System.out.printf(
                "| the checkpoint itself, beside replay | %s s | %s MB |%n",
                taken.show("%.2f"), megabytes.show("%.0f"));
    }

    private Run replay(List<WalSegmentPayload> first, List<WalSegmentPayload> rest, boolean withCheckpoint)
            throws Exception {
        Path data = Files.createTempDirectory(directory, "checkpoint-");
        DirectoryStorage storage = DirectoryStorage.builder(data)
                .checkpointBytes(Long.MAX_VALUE)
                .checkpointInterval(Duration.ofDays(1))
                .build();
        Pauses pauses = new Pauses();
        Run run;
        System.gc();
        try (Follower follower = Follower.start(storage, THREADS, pauses::outcome)) {
            follower.send(List.of(first));
            follower.awaitAll(pairs);
            pauses.begin();
            double cpu = Samples.cpuSeconds();
            long started = System.nanoTime();
            follower.send(List.of(rest));
            double checkpointSeconds = 0;
            if (withCheckpoint) {
                follower.awaitAcknowledged(pairs + events / 4L);
                long begun = System.nanoTime();
                follower.receiver().checkpoint().block();
                checkpointSeconds = (System.nanoTime() - begun) / 1e9;
            }
            follower.awaitAll((long) pairs + events);
            double seconds = (System.nanoTime() - started) / 1e9;
            Work.check(follower.ledger().pairs() == pairs);
            double cpuSeconds = Samples.cpuSeconds() - cpu;
            run = new Run(
                    seconds,
                    cpuSeconds,
                    pauses.longestMillis(),
                    checkpointSeconds,
                    checkpointBytes(data, withCheckpoint));
        }
        Folders.delete(data);
        return run;
    }

    private static long checkpointBytes(Path data, boolean expected) throws Exception {
        try (var paths = Files.walk(data)) {
            List<Path> found =
                    paths.filter(path -> path.toString().endsWith(".ckpt")).toList();
            Work.check(found.size() == (expected ? 1 : 0));
            return expected ? Files.size(found.get(0)) : 0;
        }
    }

    private record Run(
            double seconds, double cpuSeconds, double pauseMillis, double checkpointSeconds, long checkpointBytes) {}

    /** How long one outcome followed the other at most. */
    private static final class Pauses {

        private long last;
        private long longest;

        synchronized void begin() {
            last = 0;
            longest = 0;
        }

        synchronized void outcome(SegmentOutcome outcome) {
            Work.check(outcome instanceof Applied);
            long now = System.nanoTime();
            if (last != 0) {
                longest = Math.max(longest, now - last);
            }
            last = now;
        }

        synchronized double longestMillis() {
            return longest / 1e6;
        }
    }
}
