package io.walreceiver.bench;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.ledger.SnapshottingPart;
import io.walreceiver.storage.DataLayout;
import io.walreceiver.storage.DirectoryStorage;
import io.walreceiver.storage.checkpoint.Checkpoint;
import io.walreceiver.storage.checkpoint.CheckpointReader;
import io.walreceiver.storage.disk.Disk;
import io.walreceiver.storage.records.KnownPositions;
import io.walreceiver.storage.wal.LogFile;
import io.walreceiver.storage.wal.LogReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Recovery of a data directory as a crash leaves it: a checkpoint, a tail of events after it, the last file open and nothing known of
 * what in it was durable. The files are in the page cache.
 */
final class RecoveryTime {

    private static final int THREADS = 2;
    private static final int SEGMENT_BYTES = 1 << 20;
    private static final long READ_AT = Workload.START.getEpochSecond() * 1_000_000_000L + (1L << 60);

    private final Path directory;
    private final int rounds;
    private final int pairs;
    private final int history;
    private final int tail;

    RecoveryTime(Path directory, int rounds, int divisor) {
        this.directory = directory;
        this.rounds = rounds;
        this.pairs = 1_000_000 / divisor;
        this.history = 5_000_000 / divisor;
        this.tail = 10_000_000 / divisor;
    }

    /** With so many logs, over which pairs and events are spread evenly. */
    void run(int logs) throws Exception {
        Path crashed = Files.createTempDirectory(directory, "crashed-");
        long digest = crash(crashed, logs);
        Samples verify = new Samples();
        Samples restore = new Samples();
        Samples read = new Samples();
        Samples all = new Samples();
        Samples cpu = new Samples();
        for (int round = -1; round < rounds; round++) {
            Path data = Files.createTempDirectory(directory, "recovery-").resolve("data");
            Folders.copy(crashed, data, List.of());
            double[] parts = parts(data, logs);
            double cpuBefore = Samples.cpuSeconds();
            double seconds = recover(data, digest);
            double cpuSeconds = Samples.cpuSeconds() - cpuBefore;
            if (round >= 0) {
                verify.add(parts[0]);
                restore.add(parts[1]);
                read.add(parts[2]);
                all.add(seconds);
                cpu.add(cpuSeconds);
            }
            Folders.delete(data.getParent());
        }
        Folders.delete(crashed);
        System.out.printf(
                "%n%d log(s), together %d pairs in checkpoints and %d events after them%n", logs, pairs, tail);
        System.out.printf(
                "| recovery, from the start until the transport is asked | %s s | processor %s s, with the comparison |%n",
                all.show("%.2f"), cpu.show("%.2f"));
        System.out.printf("| checkpoints verified, one thread | %s s |%n", verify.show("%.2f"));
        System.out.printf("| checkpoints restored, one thread | %s s |%n", restore.show("%.2f"));
        System.out.printf("| tails read and verified but not applied, one thread | %s s |%n", read.show("%.2f"));
    }

    /** Leaves a directory as it is while the receiver runs; returns the digest of its ledger. */
    private long crash(Path crashed, int logs) throws Exception {
        Path data = Files.createTempDirectory(directory, "running-");
        DirectoryStorage storage = DirectoryStorage.builder(data)
                .checkpointBytes(Long.MAX_VALUE)
                .checkpointInterval(Duration.ofDays(1))
                .build();
        List<GrowingLog> growing = new ArrayList<>();
        for (int shard = 0; shard < logs; shard++) {
            growing.add(new GrowingLog(shard, pairs / logs));
        }
        long digest;
        try (Follower follower = Follower.start(storage, THREADS, outcome -> {})) {
            send(
                    follower,
                    growing.stream().map(log -> log.everyPair(SEGMENT_BYTES)).toList(),
                    pairs);
            send(follower, drawn(growing, history / logs), pairs + history);
            follower.receiver().checkpoint().block();
            Work.check(follower.ledger().pairs() == pairs);
            send(follower, drawn(growing, tail / logs), pairs + history + tail);
            digest = digest(follower.ledger());
            Folders.delete(crashed);
            Folders.copy(data, crashed, List.of("lock", KnownPositions.FILE));
        }
        Folders.delete(data);
        return digest;
    }

    private static List<List<WalSegmentPayload>> drawn(List<GrowingLog> logs, int events) {
        return logs.stream().map(log -> log.drawn(events, SEGMENT_BYTES)).toList();
    }

    private static void send(Follower follower, List<List<WalSegmentPayload>> logs, long events) throws Exception {
        follower.send(logs);
        follower.awaitAll(events);
    }

    private double recover(Path data, long digest) {
        System.gc();
        long started = System.nanoTime();
        try (Follower follower = Follower.start(DirectoryStorage.builder(data).build(), THREADS, outcome -> {})) {
            double seconds = (System.nanoTime() - started) / 1e9;
            Work.check(digest(follower.ledger()) == digest);
            return seconds;
        }
    }

    /** Seconds to verify checkpoints, to restore them, and to read and verify the tails. */
    private double[] parts(Path data, int logs) throws IOException {
        Disk disk = Disk.ofOperatingSystem();
        InMemorySignalLedger ledger = InMemorySignalLedger.create(Workload.SCHEMA);
        double[] seconds = new double[3];
        for (int shard = 0; shard < logs; shard++) {
            LogId log = new LogId(1, shard);
            Path folder = DataLayout.log(data, log);
            Checkpoint checkpoint = Checkpoint.list(disk, folder, log).get(0);
            long start = System.nanoTime();
            try (CheckpointReader reader = CheckpointReader.open(disk, checkpoint)) {
                reader.verify();
                seconds[0] += since(start);
                start = System.nanoTime();
                ((SnapshottingPart) ledger.open(log)).restore(reader.image());
                seconds[1] += since(start);
            }
            start = System.nanoTime();
            AtomicLong events = new AtomicLong();
            new LogReader(disk, log, BatchHasher.fastest())
                    .read(
                            LogFile.list(disk, folder, log),
                            checkpoint.position(),
                            position -> position,
                            piece -> events.addAndGet(
                                    piece.lastSeq() - Math.max(piece.firstSeq() - 1, checkpoint.position())),
                            bytes -> {});
            seconds[2] += since(start);
            Work.check(events.get() == tail / logs);
        }
        Work.check(ledger.pairs() == pairs);
        return seconds;
    }

    private static double since(long startNanos) {
        return (System.nanoTime() - startNanos) / 1e9;
    }

    /** Of every score's and count's bits; whatever the order of the pairs. */
    private static long digest(InMemorySignalLedger ledger) {
        AtomicLong sum = new AtomicLong();
        ledger.forEach(READ_AT, reading -> sum.addAndGet(0x9E3779B97F4A7C15L * reading.hashCode()));
        return sum.get();
    }
}
