package io.walreceiver.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.schema.StoredSchema;
import io.walreceiver.storage.disk.SimulatedDisk;
import io.walreceiver.storage.records.Skip;
import io.walreceiver.storage.records.Skips;
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

    /** Where the logs stood when the disk failed. */
    interface Step {
        void run() throws IOException;
    }

    final SimulatedDisk disk;
    final Random random;
    final Promises promises;
    final InMemorySignalLedger ledger = InMemorySignalLedger.create(SentLog.NEW.schema());
    final Map<SentLog, FollowedLog> logs;
    private final List<Runnable> work = new ArrayList<>();
    private final VirtualTimeScheduler timer = VirtualTimeScheduler.create();
    private final OpenStorage storage;

    private Follower(
            SimulatedDisk disk, Random random, Promises promises, DirectoryStorage options, StoredSchema schema) {
        this.disk = disk;
        this.random = random;
        this.promises = promises;
        this.logs = new TreeMap<>((a, b) -> a.id.compareTo(b.id));
        this.storage = options.open(schema, work::add, timer);
    }

    /** Opens the storage and recovers each log. */
    static Follower start(
            Collection<SentLog> sent,
            SimulatedDisk disk,
            Random random,
            Promises promises,
            DirectoryStorage options,
            StoredSchema schema)
            throws IOException {
        Follower follower = new Follower(disk, random, promises, options, schema);
        try {
            follower.recover(sent);
            return follower;
        } catch (IOException e) {
            follower.close(false);
            throw e;
        }
    }

    static DirectoryStorage.Builder options(SimulatedDisk disk, Random random) {
        return DirectoryStorage.builder(DIRECTORY)
                .disk(disk)
                .clock(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC))
                .adoptsSchemaChanges(true)
                .maxQuarantineBytes(300)
                .maxQuarantineSegments(2)
                .commitPolicy(
                        random.nextInt(3) == 0 ? CommitPolicy.interval(Duration.ofMillis(10)) : CommitPolicy.commit())
                .maxFileBytes(1 + random.nextInt(1_500));
    }

    private void recover(Collection<SentLog> sent) throws IOException {
        for (SentLog log : sent) {
            FollowedLog followed = new FollowedLog(this, log, storage.log(log.id));
            logs.put(log, followed);
            followed.recover();
        }
        check();
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

    void allWork() {
        do {
            timer.advanceTimeBy(Duration.ofMillis(10));
            while (!work.isEmpty()) {
                someWork();
            }
        } while (!logs.values().stream().allMatch(FollowedLog::settled));
    }

    /** Makes everything durable that was written. */
    void settle() {
        logs.values().forEach(FollowedLog::sync);
        allWork();
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
            promises.adopting(log.sent().id, log.position());
        }
        storage.adopt(SentLog.NEW);
    }

    /** A stop on request. */
    void stop() {
        settle();
        close(true);
        assertThat(disk.openFiles()).as("files left open").isZero();
    }

    private void close(boolean clean) {
        logs.values().forEach(FollowedLog::close);
        storage.close(clean);
    }

    /** What an operator does while nobody has the directory open. */
    static void skip(SimulatedDisk disk, SentLog log, Promises promises) throws IOException {
        Path folder = DataLayout.log(DIRECTORY, log.id);
        promises.writing(log.id, log.holeThrough);
        Skips.read(disk, folder)
                .plus(new Skip(log.holeFrom, log.holeThrough, Instant.EPOCH, "the leader lost them"))
                .write(disk, folder);
        promises.durable(log.id, log.holeThrough);
    }

    /** What an operator does while nobody has the directory open. */
    static void drop(SimulatedDisk disk, SentLog log, Promises promises) throws IOException {
        promises.dropping(log.id);
        LogDrop.drop(disk, DIRECTORY, log.id);
    }
}
