package io.walreceiver.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.format.LogId;
import io.walreceiver.storage.RecoveryFinding.Kind;
import io.walreceiver.storage.disk.DiskFile;
import io.walreceiver.storage.disk.SimulatedDisk;
import io.walreceiver.storage.records.Epoch;
import java.io.IOException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Each single bit of a data directory, turned. What was acknowledged is there all the same, or it is said that it is not, and then a
 * resend heals it; the ledger is that of the position at any rate.
 */
class BitFlipTest {

    private static final LogId ID = new LogId(1, 3);

    private final long seed = Long.getLong("flip.seed", System.nanoTime());
    private final Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);

    private enum Outcome {
        REFUSED,
        ROTTEN,
        CUT,
        OLDER_CHECKPOINT,
        HARMLESS
    }

    /** A directory at rest, with what was told of it. */
    private record Image(SentLog log, Map<Path, byte[]> files, long durable, long written) {}

    /** All of the log is needed: no bit of it may turn unnoticed. */
    @Test
    void aFlipInALogWithoutACheckpointIsNoticed() throws IOException {
        SentLog log = new SentLog(ID, 26, 27, 27);
        SimulatedDisk disk = new SimulatedDisk(seed);
        Follower follower = start(log, disk, new Promises());
        FollowedLog followed = follower.logs.get(log);
        sendThrough(followed, 18);
        follower.settle();
        follower.remember();
        sendThrough(followed, 26);
        Image image = image(disk, log, followed);
        assertThat(image.files.keySet().toString()).contains(".seg,").contains(".seg.open");

        flipEachBit(image, path -> path.toString().contains("wal-"));

        assertThat(outcomes).containsKeys(Outcome.REFUSED, Outcome.ROTTEN, Outcome.CUT, Outcome.HARMLESS);
    }

    /** The newest checkpoint and what lies behind it are needed. */
    @Test
    void aFlipInACheckpointOrTheTailAfterItIsNoticed() throws IOException {
        SentLog log = new SentLog(ID, 30, 6, 8);
        SimulatedDisk disk = new SimulatedDisk(seed);
        Promises promises = new Promises();
        Follower first = start(log, disk, promises);
        sendThrough(first.logs.get(log), 5);
        first.logs.get(log).keepAside();
        first.stop();
        Follower.skip(disk, log, promises);
        Follower follower = start(log, disk, promises);
        FollowedLog followed = follower.logs.get(log);
        followed.checkpointNow();
        followed.adopt();
        sendThrough(followed, 16);
        followed.checkpointNow();
        long checkpoint = followed.position();
        sendThrough(followed, 24);
        follower.settle();
        follower.remember();
        sendThrough(followed, 30);
        Image image = image(disk, log, followed);
        Path newest = image.files.keySet().stream()
                .filter(path -> path.toString().endsWith(String.format("%020d-00000002.ckpt", checkpoint)))
                .findAny()
                .orElseThrow();

        flipEachBit(image, path -> path.equals(newest) || path.endsWith(Epoch.FILE) || firstEvent(path) > checkpoint);

        assertThat(outcomes).containsKeys(Outcome.REFUSED, Outcome.ROTTEN, Outcome.OLDER_CHECKPOINT, Outcome.HARMLESS);
    }

    private Follower start(SentLog log, SimulatedDisk disk, Promises promises) throws IOException {
        return Follower.start(
                List.of(log),
                disk,
                new Random(seed),
                promises,
                Follower.options(disk, new Random(seed)).maxFileBytes(400).build(),
                SentLog.NEW,
                Patience.none());
    }

    private static void sendThrough(FollowedLog log, long position) throws IOException {
        while (log.position() < position) {
            log.append();
        }
    }

    private static long firstEvent(Path path) {
        String name = path.getFileName().toString();
        return name.startsWith("wal-") ? Long.parseLong(name.substring(16, 36)) : 0;
    }

    /** As a kill leaves it. */
    private static Image image(SimulatedDisk disk, SentLog log, FollowedLog followed) throws IOException {
        long durable = followed.durable();
        long written = followed.position();
        Map<Path, byte[]> files = new TreeMap<>();
        collect(disk.afterProcessKill(), Follower.DIRECTORY, files);
        return new Image(log, files, durable, written);
    }

    private static void collect(SimulatedDisk disk, Path directory, Map<Path, byte[]> files) throws IOException {
        for (String name : disk.list(directory)) {
            Path path = directory.resolve(name);
            try {
                collect(disk, path, files);
            } catch (NotDirectoryException e) {
                files.put(path, disk.content(path));
            }
        }
    }

    private SimulatedDisk disk(Image image) throws IOException {
        SimulatedDisk disk = new SimulatedDisk(seed);
        for (Map.Entry<Path, byte[]> file : image.files.entrySet()) {
            createDirectories(disk, file.getKey().getParent());
            try (DiskFile out = disk.create(file.getKey())) {
                out.write(0, file.getValue(), 0, file.getValue().length);
            }
        }
        return disk;
    }

    private static void createDirectories(SimulatedDisk disk, Path directory) throws IOException {
        if (!disk.exists(directory)) {
            createDirectories(disk, directory.getParent());
            disk.createDirectory(directory);
        }
    }

    private interface Needed {
        boolean test(Path file);
    }

    private void flipEachBit(Image image, Needed needed) throws IOException {
        System.out.println("flips: -Dflip.seed=" + seed);
        for (Map.Entry<Path, byte[]> file : image.files.entrySet()) {
            for (long bit = 0; bit < 8L * file.getValue().length; bit++) {
                SimulatedDisk disk = disk(image);
                disk.flipBit(file.getKey(), bit);
                try {
                    Outcome outcome = flipped(image, disk);
                    outcomes.merge(outcome, 1, Integer::sum);
                    if (needed.test(file.getKey())) {
                        assertThat(outcome).isNotEqualTo(Outcome.HARMLESS);
                    }
                } catch (AssertionError | RuntimeException | IOException e) {
                    throw new AssertionError("-Dflip.seed=" + seed + ": " + file.getKey() + ", bit " + bit, e);
                }
            }
        }
        System.out.println("flips: " + outcomes);
    }

    private Outcome flipped(Image image, SimulatedDisk disk) throws IOException {
        Rotting promises = new Rotting(image);
        Follower follower;
        try {
            follower = start(image.log, disk, promises); // compares the ledger, too
        } catch (StorageException | IOException e) {
            assertThat(e).hasMessageMatching("(?s).*expected.*found.*|.*receiver-data.*");
            return Outcome.REFUSED;
        }
        Recovered recovered = follower.logs.get(image.log).recovered();
        if (recovered.findings().isEmpty()) {
            return Outcome.HARMLESS;
        }
        sendThrough(follower.logs.get(image.log), image.log.last);
        follower.settle();
        follower.check();
        follower.stop();
        Follower again = start(image.log, disk, new Promises() {
            @Override
            void recovered(LogId log, Recovered healed) {
                assertThat(healed.findings()).isEmpty();
                assertThat(healed.position()).isEqualTo(image.log.last);
            }

            @Override
            void recoveredEpoch(LogId log, long number) {}
        });
        again.stop();
        return recovered.rotten()
                ? Outcome.ROTTEN
                : findings(recovered).anyMatch(Kind.CUT::equals) ? Outcome.CUT : Outcome.OLDER_CHECKPOINT;
    }

    private static Stream<Kind> findings(Recovered recovered) {
        return new ArrayList<>(recovered.findings()).stream().map(RecoveryFinding::kind);
    }

    /** What rot may leave. */
    private static final class Rotting extends Promises {

        private final Image image;

        Rotting(Image image) {
            this.image = image;
        }

        @Override
        void recoveredEpoch(LogId log, long number) {}

        @Override
        void lastBatch(boolean pruned, long expected, long found) {
            assertThat(found).isBetween(0L, expected); // one that has rotten is none: the one before it may be told
        }

        @Override
        void recovered(LogId log, Recovered recovered) {
            assertThat(recovered.position()).isLessThanOrEqualTo(image.written);
            if (recovered.position() < image.durable) {
                assertThat(recovered.rotten())
                        .as("acknowledged through %s: %s", image.durable, recovered)
                        .isTrue();
            }
            if (recovered.position() < image.written) {
                assertThat(recovered.findings()).isNotEmpty();
            }
            restart(log, recovered.position());
        }
    }
}
