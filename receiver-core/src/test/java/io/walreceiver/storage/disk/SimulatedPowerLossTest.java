package io.walreceiver.storage.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What a loss of power leaves: each set is all that may be left, over many losses. */
class SimulatedPowerLossTest extends SimulatedDiskCase {

    @Test
    void whatWasSyncedIsThere() throws IOException {
        synced(A, "one");

        assertThat(left(A)).containsExactly("one");
    }

    @Test
    void aSyncedFileWithoutASyncedNameMayBeLost() throws IOException {
        DiskFile file = disk.create(A);
        put(file, 0, "one");
        file.sync();

        assertThat(left(A)).containsExactlyInAnyOrder("no file", "one");
    }

    @Test
    void aSyncedNameDoesNotSyncTheFile() throws IOException {
        put(disk.create(A), 0, "one");
        disk.syncDirectory(DIRECTORY);

        assertThat(left(A)).containsExactlyInAnyOrder("", "\0\0\0", "one");
    }

    @Test
    void writesAreLostInAnyOrder() throws IOException {
        DiskFile file = synced(A, "----");
        put(file, 0, "1");
        put(file, 2, "2");

        assertThat(left(A)).containsExactlyInAnyOrder("----", "1---", "--2-", "1-2-");
    }

    @Test
    void aWriteIsTornBySectors() throws IOException {
        DiskFile file = synced(A, "-".repeat(1500));
        put(file, 300, "x".repeat(1000));

        Function<SimulatedDisk, String> sectors = survivor -> {
            String text = text(survivor, A);
            assertThat(text).hasSize(1500).matches("-{300}(x{212}|-{212})(x{512}|-{512})(x{276}|-{276})-{200}");
            return "" + text.charAt(300) + text.charAt(512) + text.charAt(1024);
        };
        assertThat(left(disk, sectors))
                .containsExactlyInAnyOrder("---", "x--", "-x-", "--x", "xx-", "x-x", "-xx", "xxx");
    }

    @Test
    void aFileMayHaveGrownWithoutItsBytes() throws IOException {
        DiskFile file = synced(A, "");
        put(file, 0, "x".repeat(1024));

        assertThat(left(A)).contains("", "\0".repeat(1024), "x".repeat(1024), "x".repeat(512));
    }

    @Test
    void aCutMayNotHaveHappened() throws IOException {
        DiskFile file = synced(A, "one two");
        file.truncate(3);
        assertThat(left(A)).containsExactlyInAnyOrder("one", "one two");
    }

    @Test
    void aSyncedCutHasHappened() throws IOException {
        DiskFile file = synced(A, "one two");
        file.truncate(3);
        file.sync();
        assertThat(left(A)).containsExactly("one");
    }

    @Test
    void namesAreLostEachOnItsOwn() throws IOException {
        synced(A, "");
        disk.delete(A);
        disk.create(B);

        assertThat(left(disk, SimulatedDiskCase::names)).containsExactlyInAnyOrder("", "a", "b", "a b");
    }

    @Test
    void aRenameMayBeLostOrDoneByHalfButLosesNoFile() throws IOException {
        synced(A, "one");
        disk.rename(A, B);

        assertThat(left(disk, SimulatedDiskCase::names)).containsExactlyInAnyOrder("a", "b", "a b");
        assertThat(left(disk, survivor -> survivor.exists(A) ? text(survivor, A) : text(survivor, B)))
                .containsExactly("one");
    }

    @Test
    void aSyncedRenameIsDone() throws IOException {
        synced(A, "one");
        disk.rename(A, B);
        disk.syncDirectory(DIRECTORY);

        assertThat(left(disk, SimulatedDiskCase::names)).containsExactly("b");
    }

    @Test
    void aNameThatIsTakenOverStandsForOneFileOrTheOther() throws IOException {
        synced(A, "new");
        synced(B, "old");
        disk.rename(A, B);

        assertThat(left(B)).containsExactlyInAnyOrder("old", "new");
        assertThat(left(disk, survivor -> text(survivor, A) + " " + text(survivor, B)))
                .containsExactlyInAnyOrder("new old", "new new", "no file new");
    }

    @Test
    void aFileRenamedTwiceIsSomewhere() throws IOException {
        Path c = DIRECTORY.resolve("c");
        synced(A, "one");
        disk.rename(A, B);
        disk.rename(B, c);

        assertThat(left(disk, SimulatedDiskCase::names)).contains("a", "b", "c").doesNotContain("");
    }

    @Test
    void twoNamesOfOneFileAreOneFile() throws IOException {
        synced(A, "one");
        disk.rename(A, B);
        SimulatedDisk both = null;
        for (int seed = 0; both == null; seed++) {
            SimulatedDisk survivor = disk.afterPowerLoss(new Random(seed));
            both = names(survivor).equals("a b") ? survivor : null;
        }
        put(both.open(A), 0, "two");

        assertThat(text(both, B)).isEqualTo("two");
        both.rename(A, B);
        assertThat(names(both)).isEqualTo("b");
    }

    @Test
    void aDirectoryThatWasNotSyncedIsLostWithAllThatIsInIt() throws IOException {
        Path inner = DIRECTORY.resolve("inner");
        disk.createDirectory(inner);
        disk.create(inner.resolve("a")).sync();
        disk.syncDirectory(inner);

        assertThat(left(disk, survivor -> survivor.exists(inner) + " " + survivor.exists(inner.resolve("a"))))
                .containsExactlyInAnyOrder("false false", "true true");
    }

    @Test
    void aRenamedDirectoryHasOneName() throws IOException {
        disk.createDirectory(A);
        disk.syncDirectory(DIRECTORY);
        disk.rename(A, B);

        assertThat(left(disk, SimulatedDiskCase::names)).containsExactlyInAnyOrder("a", "b");
    }
}
