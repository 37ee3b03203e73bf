package io.walreceiver.storage.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Without faults it is a disk as the real one is, until it crashes. */
class SimulatedDiskTest extends SimulatedDiskCase implements DiskContract {

    private static final Path CHECKPOINT = SimulatedDisk.ROOT.resolve("checkpoint");
    private static final Path TEMPORARY = SimulatedDisk.ROOT.resolve("checkpoint.tmp");
    /** In order, as they are read. */
    private static final List<String> STATES = List.of("no file", "first", "second");

    @Override
    public Disk disk() {
        return disk;
    }

    @Override
    public Path directory() {
        return DIRECTORY;
    }

    @Test
    void aKilledProcessLosesNothingThatItWroteButItsHandlesAndLocks() throws IOException {
        DiskFile file = disk.create(A);
        put(file, 0, "one");
        disk.rename(A, B);
        DiskLock lock = disk.tryLock(DIRECTORY.resolve("lock")).orElseThrow();

        SimulatedDisk survivor = disk.afterProcessKill();

        assertThat(text(survivor, B)).isEqualTo("one");
        assertThat(survivor.openFiles()).isZero();
        assertThatThrownBy(() -> put(file, 0, "x")).isInstanceOf(SimulatedCrash.class);
        assertThat(survivor.tryLock(DIRECTORY.resolve("lock"))).isPresent();
        lock.close();
        assertThat(survivor.tryLock(DIRECTORY.resolve("lock"))).isEmpty();
        assertThatThrownBy(disk::afterProcessKill).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void whatAKilledProcessDidNotSyncALaterLossOfPowerTakes() throws IOException {
        DiskFile file = synced(A, "one");
        put(file, 0, "two");

        SimulatedDisk survivor = disk.afterProcessKill();

        assertThat(text(survivor, A)).isEqualTo("two");
        assertThat(left(survivor, after -> text(after, A))).containsExactlyInAnyOrder("one", "two");
    }

    @Test
    void everythingThrowsAfterTheCrashButClosing() throws IOException {
        DiskFile file = synced(A, "one");
        disk.crashAt(disk.operations() + 1);
        assertThatThrownBy(file::sync).isInstanceOf(SimulatedCrash.class).hasMessageContaining("sync " + A);

        assertThat(disk.crashed()).isTrue();
        assertThatThrownBy(() -> disk.list(DIRECTORY)).isInstanceOf(SimulatedCrash.class);
        assertThatThrownBy(() -> disk.exists(A)).isInstanceOf(SimulatedCrash.class);
        assertThatThrownBy(() -> disk.openForReading(A)).isInstanceOf(SimulatedCrash.class);
        assertThatThrownBy(() -> disk.create(B)).isInstanceOf(SimulatedCrash.class);
        assertThatThrownBy(file::size).isInstanceOf(SimulatedCrash.class);
        assertThatThrownBy(() -> file.read(0, new byte[1], 0, 1)).isInstanceOf(SimulatedCrash.class);
        assertThatCode(file::close).doesNotThrowAnyException();
        assertThat(disk.content(A)).asString().isEqualTo("one");
    }

    @Test
    void theOperationOfTheCrashHappensInPartOrWhollyOrNot() throws IOException {
        Set<String> outcomes = new TreeSet<>();
        for (int seed = 0; seed < LOSSES; seed++) {
            SimulatedDisk crashing = new SimulatedDisk(seed);
            DiskFile file = crashing.create(SimulatedDisk.ROOT.resolve("a"));
            crashing.crashAt(2);
            assertThatThrownBy(() -> put(file, 0, "abc")).isInstanceOf(SimulatedCrash.class);
            outcomes.add(text(crashing.afterProcessKill(), SimulatedDisk.ROOT.resolve("a")));
        }
        assertThat(outcomes).containsExactly("", "a", "ab", "abc");
    }

    @Test
    void oneSeedIsOneStory() throws IOException {
        assertThat(story(7)).isEqualTo(story(7));
        assertThat(Set.of(story(1), story(2), story(3), story(4))).hasSizeGreaterThan(1);
    }

    private static String story(long seed) throws IOException {
        SimulatedDisk disk = new SimulatedDisk(seed);
        DiskFile file = disk.create(SimulatedDisk.ROOT.resolve("a"));
        disk.syncDirectory(SimulatedDisk.ROOT);
        disk.crashAt(5);
        try {
            put(file, 0, "x".repeat(5000));
            put(file, 5000, "y".repeat(5000));
            put(file, 10_000, "z".repeat(5000));
        } catch (SimulatedCrash e) {
            return text(disk.afterPowerLoss(new Random(seed)), SimulatedDisk.ROOT.resolve("a"));
        }
        throw new AssertionError("no crash");
    }

    @Test
    void aLockedFileIsNotOpened() throws IOException {
        DiskLock lock = disk.tryLock(A).orElseThrow();

        assertThatThrownBy(() -> disk.openForReading(A)).isInstanceOf(AssertionError.class);
        lock.close();
        disk.openForReading(A).close();
    }

    @Test
    void handlesLeftOpenAreCounted() throws IOException {
        DiskFile file = disk.create(A);
        DiskFile other = disk.openForReading(A);
        assertThat(disk.openFiles()).isEqualTo(2);

        file.close();
        other.close();
        assertThat(disk.openFiles()).isZero();
    }

    @Test
    void manyThreadsUseOneDisk() throws IOException {
        DiskFile file = disk.create(A);
        byte[] block = new byte[100];
        Arrays.fill(block, (byte) 'x');
        List<Thread> threads = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            int thread = t;
            threads.add(new Thread(() -> {
                try {
                    for (int i = 0; i < 100; i++) {
                        file.write((i * 4L + thread) * 100, block, 0, 100);
                        file.sync();
                    }
                } catch (IOException e) {
                    synchronized (failures) {
                        failures.add(e);
                    }
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                Thread.onSpinWait();
            }
        }
        assertThat(failures).isEmpty();
        disk.syncDirectory(DIRECTORY);
        assertThat(left(A)).containsExactly("x".repeat(40_000));
    }

    /** Each step is what the next one rests on, and the last is told to somebody. */
    private static void commit(Disk disk, boolean syncsFile, boolean syncsDirectory, List<String> told)
            throws IOException {
        for (String state : STATES.subList(1, STATES.size())) {
            try (DiskFile file = disk.create(TEMPORARY)) {
                put(file, 0, state);
                if (syncsFile) {
                    file.sync();
                }
            }
            disk.rename(TEMPORARY, CHECKPOINT);
            if (syncsDirectory) {
                disk.syncDirectory(SimulatedDisk.ROOT);
            }
            told.add(state);
        }
    }

    /** At each operation, many times: how often a loss of power leaves less than what was told, or no state at all. */
    private static int broken(boolean syncsFile, boolean syncsDirectory) throws IOException {
        SimulatedDisk whole = new SimulatedDisk(0);
        commit(whole, syncsFile, syncsDirectory, new ArrayList<>());
        int broken = 0;
        for (long crash = 1; crash <= whole.operations(); crash++) {
            for (int seed = 0; seed < 50; seed++) {
                SimulatedDisk crashing = new SimulatedDisk(seed);
                crashing.crashAt(crash);
                List<String> told = new ArrayList<>();
                assertThatThrownBy(() -> commit(crashing, syncsFile, syncsDirectory, told))
                        .isInstanceOf(SimulatedCrash.class);
                broken += isKept(crashing.afterPowerLoss(new Random(seed)), told) ? 0 : 1;
                assertThat(isKept(crashing.afterProcessKill(), told))
                        .as("killed at %d with seed %d", crash, seed)
                        .isTrue();
            }
        }
        return broken;
    }

    private static boolean isKept(SimulatedDisk survivor, List<String> told) {
        return STATES.indexOf(text(survivor, CHECKPOINT)) >= told.size();
    }

    @Test
    void aCommitDoneWellSurvivesACrashAtEachOfItsOperations() throws IOException {
        assertThat(broken(true, true)).isZero();
    }

    @Test
    void aCommitWithoutOneOfItsSyncsIsFoundOut() throws IOException {
        assertThat(broken(false, true)).isPositive();
        assertThat(broken(true, false)).isPositive();
    }
}
