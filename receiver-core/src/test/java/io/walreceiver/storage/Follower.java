package io.walreceiver.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.schema.StoredSchema;
import io.walreceiver.storage.disk.SimulatedDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import reactor.test.scheduler.VirtualTimeScheduler;

/**
 * One life of a receiver, as far as storage and ledger go: what its threads would do side by side is done on one, in an order of the
 * driver's choice.
 */
final class Follower {

    static final Path DIRECTORY = SimulatedDisk.ROOT.resolve("data");
    private static final Clock CLOCK = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);

    final SimulatedDisk disk;
    final Random random;
    final Promises promises;
    final InMemorySignalLedger ledger = InMemorySignalLedger.create(SentLog.NEW.schema());
    final Map<SentLog, FollowedLog> logs;
    private final List<Runnable> work = new ArrayList<>();
    private final VirtualTimeScheduler timer = VirtualTimeScheduler.create();
    private final Patience patience;
    private final OpenStorage storage;

    private Follower(
            SimulatedDisk disk,
            Random random,
            Promises promises,
            DirectoryStorage options,
            StoredSchema schema,
            Patience patience)
            throws IOException {
        this.disk = disk;
        this.random = random;
        this.promises = promises;
        this.logs = new TreeMap<>((a, b) -> a.id.compareTo(b.id));
        this.patience = patience;
        OpenStorage[] opened = new OpenStorage[1];
        patience.with(disk, () -> opened[0] = options.open(schema, work::add, timer));
        this.storage = opened[0];
    }

    /** Opens the storage and recovers each log. */
    static Follower start(
            Collection<SentLog> sent,
            SimulatedDisk disk,
            Random random,
            Promises promises,
            DirectoryStorage options,
            StoredSchema schema,
            Patience patience)
            throws IOException {
        Follower follower = new Follower(disk, random, promises, options, schema, patience);
        for (SentLog log : sent) {
            follower.logs.put(log, new FollowedLog(follower, log, follower.storage.log(log.id)));
        }
        follower.recover();
        return follower;
    }

    static DirectoryStorage.Builder options(SimulatedDisk disk, Random random) {
        return DirectoryStorage.builder(DIRECTORY)
                .disk(disk)
                .clock(CLOCK)
                .adoptsSchemaChanges(true)
                .maxQuarantineBytes(300)
                .maxQuarantineSegments(2)
                .commitPolicy(
                        random.nextInt(3) == 0 ? CommitPolicy.interval(Duration.ofMillis(10)) : CommitPolicy.commit())
                .maxFileBytes(1 + random.nextInt(1_500));
    }

    /** Opens each log that is not open or has failed, and looks at what the ledger holds then. */
    void recover() throws IOException {
        boolean recovered = false;
        for (FollowedLog log : logs.values()) {
            if (!log.open()) {
                patience.with(disk, log::recover);
                recovered = true;
            }
        }
        if (recovered) {
            check();
        }
    }

    boolean knowsNewSchema() {
        return storage.stored().schema().knows(SentLog.NEW_TYPE);
    }

    /** Compares the ledger with the model of what each log has. */
    void check() {
        promises.check(
                ledger,
                logs.values().stream().collect(Collectors.toMap(FollowedLog::sent, FollowedLog::position)),
                knowsNewSchema());
    }

    /** What the disk's threads will do when they are let. */
    void later(Runnable task) {
        work.add(task);
    }

    /** One of the things that wait is done: not the first, as there are several threads. */
    void someWork() {
        timer.advanceTimeBy(Duration.ofMillis(random.nextInt(20)));
        if (!work.isEmpty()) {
            work.remove(random.nextInt(work.size())).run();
        }
    }

    /** Makes everything durable that was written, and does what is left to do. */
    void settle() throws IOException {
        logs.values().forEach(FollowedLog::sync);
        do {
            timer.advanceTimeBy(Duration.ofMillis(10));
            while (!work.isEmpty()) {
                someWork();
            }
            recover();
        } while (!logs.values().stream().allMatch(FollowedLog::settled));
    }

    void remember() {
        storage.remember();
    }

    /** Makes the new schema the stored one, as a receiver does that was started with it. */
    void adopt() throws IOException {
        if (knowsNewSchema()) {
            return;
        }
        for (FollowedLog log : logs.values()) {
            log.checkpointNow();
            log.checkpointNow();
        }
        logs.values().forEach(log -> promises.adopting(log.sent().id, log.position()));
        storage.adopt(SentLog.NEW);
    }

    /** A stop on request. */
    void stop() throws IOException {
        settle();
        logs.values().forEach(FollowedLog::close);
        storage.close(true);
        assertThat(disk.openFiles()).as("files left open").isZero();
    }

    /** What an operator does while no receiver runs. */
    static void skip(SimulatedDisk disk, SentLog log, Promises promises) throws IOException {
        promises.writing(log.id, log.holeThrough);
        try (LockedData data = LockedData.take(disk, DIRECTORY, CLOCK)) {
            data.skip(log.id, log.holeThrough, "the leader lost them");
        }
        promises.durable(log.id, log.holeThrough);
    }

    /** What an operator does while no receiver runs. */
    static void drop(SimulatedDisk disk, SentLog log, Promises promises) throws IOException {
        promises.dropping(log.id);
        try (LockedData data = LockedData.take(disk, DIRECTORY, CLOCK)) {
            data.drop(log.id);
        }
    }
}
