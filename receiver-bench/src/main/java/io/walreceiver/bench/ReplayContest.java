package io.walreceiver.bench;

import io.walreceiver.SegmentReceiver;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.outcome.SegmentOutcome.Applied;
import io.walreceiver.storage.CommitPolicy;
import io.walreceiver.storage.DirectoryStorage;
import io.walreceiver.storage.Storage;
import io.walreceiver.transport.directory.DirectoryTransport;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * From segment files, which the operating system has in memory, to a ledger that holds all of their events: a program as one writes
 * it down first, and the receiver. Without and with a copy of the segments that a crash leaves.
 */
final class ReplayContest {

    private static final Duration LONG = Duration.ofMinutes(10);

    private final Path wal;
    private final Path scratch;
    private final List<Path> files = new ArrayList<>();
    private final long events;
    private @Nullable InMemorySignalLedger received;

    ReplayContest(List<List<WalSegmentPayload>> logs, Path directory) throws IOException {
        scratch = directory;
        wal = Files.createDirectory(directory.resolve("wal"));
        long count = 0;
        for (List<WalSegmentPayload> log : logs) {
            for (WalSegmentPayload segment : log) {
                Path file = wal.resolve(segment.id().fileName());
                Files.write(file, segment.bytes());
                files.add(file);
                count += segment.eventCount();
            }
        }
        events = count;
    }

    void run(int warmups, int rounds) throws Exception {
        received = null;
        new Contest("from files to the ledger, " + files.size() + " segments", "M events/s", events / 1e6)
                .with("plain, in memory", () -> plain(false))
                .with("receiver, in memory", () -> receiver(false))
                .with("plain, durable", () -> plain(true))
                .with("receiver, durable", () -> receiver(true))
                .run(warmups, rounds);
    }

    private Took plain(boolean durable) throws Exception {
        Path log = scratch.resolve("plain.log");
        Took took;
        PlainReplay replay;
        try (FileChannel channel =
                durable ? FileChannel.open(log, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE) : null) {
            replay = new PlainReplay(channel);
            took = Took.by(() -> Work.check(replay.replay(files) == events));
        }
        Files.deleteIfExists(log);
        if (received != null) {
            Agreement.check(replay.ledger(), received);
        }
        return took;
    }

    private Took receiver(boolean durable) throws Exception {
        InMemorySignalLedger ledger = InMemorySignalLedger.create(Workload.SCHEMA);
        Path data = Files.createDirectory(scratch.resolve("data"));
        Storage storage = durable
                ? DirectoryStorage.builder(data)
                        .commitPolicy(CommitPolicy.commit())
                        .build()
                : Storage.inMemory();
        Took took = Took.by(() -> {
            long applied = SegmentReceiver.create(DirectoryTransport.of(wal), ledger, Workload.SCHEMA, storage)
                    .receive()
                    .reduce(0L, (sum, outcome) -> sum + ((Applied) outcome).newEvents())
                    .blockOptional(LONG)
                    .orElseThrow();
            Work.check(applied == events);
        });
        Folders.delete(data);
        received = ledger;
        return took;
    }
}
