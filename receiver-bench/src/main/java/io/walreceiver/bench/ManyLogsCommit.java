package io.walreceiver.bench;

import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.storage.DirectoryStorage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One small segment of each of many logs, until all are acknowledged: of logs that are new, and of logs that have an open file. */
final class ManyLogsCommit {

    private static final int THREADS = 2;
    private static final int BATCH_EVENTS = 100;
    private static final int SEGMENT_BYTES = 2_164;

    private final Path directory;
    private final int rounds;
    private final int logs;

    ManyLogsCommit(Path directory, int rounds, int divisor) {
        this.directory = directory;
        this.rounds = rounds;
        this.logs = 1_000 / divisor;
    }

    void run() throws Exception {
        List<List<WalSegmentPayload>> first = new ArrayList<>();
        List<List<WalSegmentPayload>> next = new ArrayList<>();
        for (int shard = 0; shard < logs; shard++) {
            GrowingLog log = new GrowingLog(shard, BATCH_EVENTS);
            first.add(log.everyPair(SEGMENT_BYTES));
            next.add(log.everyPair(SEGMENT_BYTES));
        }
        Samples[] millis = {new Samples(), new Samples()};
        Samples[] files = {new Samples(), new Samples()};
        Samples[] folders = {new Samples(), new Samples()};
        for (int round = -1; round < rounds; round++) {
            Path data = Files.createTempDirectory(directory, "commit-");
            CountingDisk disk = new CountingDisk();
            try (Follower follower =
                    Follower.start(DirectoryStorage.builder(data).disk(disk).build(), THREADS, outcome -> {})) {
                for (int turn = 0; turn < 2; turn++) {
                    long filesBefore = disk.fileSyncs();
                    long foldersBefore = disk.directorySyncs();
                    long started = System.nanoTime();
                    follower.send(turn == 0 ? first : next);
                    follower.awaitAll((turn + 1L) * logs * BATCH_EVENTS);
                    if (round >= 0) {
                        millis[turn].add((System.nanoTime() - started) / 1e6);
                        files[turn].add(disk.fileSyncs() - filesBefore);
                        folders[turn].add(disk.directorySyncs() - foldersBefore);
                    }
                }
            }
            Folders.delete(data);
        }
        System.out.printf("%none segment of %d events of each of %d logs%n", BATCH_EVENTS, logs);
        for (int turn = 0; turn < 2; turn++) {
            System.out.printf(
                    "| %s | %s ms | %s fsyncs of files | %s of directories |%n",
                    turn == 0 ? "new logs" : "the next segment",
                    millis[turn].show("%.0f"),
                    files[turn].show("%.0f"),
                    folders[turn].show("%.0f"));
        }
    }
}
