package io.walreceiver.storage.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What fails on a simulated disk, and what a fault does to what is left of it. */
class SimulatedFaultsTest extends SimulatedDiskCase {

    @Test
    void whatAFailedSyncWasToWriteIsReadUntilThePowerIsLost() throws IOException {
        DiskFile file = synced(A, "one");
        put(file, 3, "two");
        disk.failSync(1);
        assertThatThrownBy(file::sync).isInstanceOf(FileSystemException.class).hasMessage(A + ": Input/output error");
        put(file, 6, "three");
        file.sync();

        assertThat(text(disk, A)).isEqualTo("onetwothree");
        assertThat(left(A)).containsExactly("one\0\0\0three");
    }

    @Test
    void whatAFailedSyncWasToWriteIsTornAtBest() throws IOException {
        DiskFile file = synced(A, "-".repeat(1024));
        put(file, 0, "x".repeat(1024));
        disk.failSyncs(A::equals);
        assertThatThrownBy(file::sync).isInstanceOf(IOException.class);
        assertThatThrownBy(file::sync).isInstanceOf(IOException.class);
        disk.repair();
        file.sync();

        String lost = "-".repeat(512);
        String there = "x".repeat(512);
        assertThat(left(A)).containsExactlyInAnyOrder(lost + lost, lost + there, there + lost);
    }

    @Test
    void onlyWritingAgainMakesDurableWhatAFailedSyncDidNot() throws IOException {
        DiskFile file = synced(A, "one");
        put(file, 3, "two");
        disk.failSync(1);
        assertThatThrownBy(file::sync).isInstanceOf(IOException.class);
        file.truncate(3);
        put(file, 3, "two");
        file.sync();

        assertThat(left(A)).containsExactly("onetwo");
    }

    @Test
    void whatAFailedSyncOfADirectoryWasToWriteIsNotDurableByALaterOne() throws IOException {
        synced(A, "one");
        disk.rename(A, B);
        disk.failSyncs(DIRECTORY::equals);
        assertThatThrownBy(() -> disk.syncDirectory(DIRECTORY)).hasMessage(DIRECTORY + ": Input/output error");
        disk.repair();
        disk.create(DIRECTORY.resolve("c"));
        disk.syncDirectory(DIRECTORY);

        assertThat(left(disk, SimulatedDiskCase::names)).containsExactlyInAnyOrder("a c", "b c", "a b c");
    }

    @Test
    void aFailedWriteHasWrittenAnyFirstPart() throws IOException {
        Set<String> written = new TreeSet<>();
        disk.failWrites(A::equals);
        DiskFile file = disk.create(A);
        for (int i = 0; i < LOSSES; i++) {
            assertThatThrownBy(() -> put(file, 0, "abc")).hasMessage(A + ": Input/output error");
            written.add(text(disk, A));
            file.truncate(0);
        }
        assertThat(written).containsExactly("", "a", "ab", "abc");

        disk.repair();
        disk.failWrite(2);
        put(file, 0, "1");
        assertThatThrownBy(() -> put(file, 1, "2")).isInstanceOf(IOException.class);
        put(file, 1, "2");
        assertThat(text(disk, A)).isEqualTo("12");
    }

    @Test
    void aFailedReadFailsOnceOrUntilItIsRepaired() throws IOException {
        DiskFile file = synced(A, "one");
        disk.failRead(1);
        assertThatThrownBy(() -> file.read(0, new byte[1], 0, 1)).hasMessage(A + ": Input/output error");
        assertThat(file.read(0, new byte[1], 0, 1)).isEqualTo(1);

        disk.failReads(A::equals);
        assertThatThrownBy(() -> file.read(0, new byte[1], 0, 1)).isInstanceOf(IOException.class);
        disk.repair();
        assertThat(file.read(0, new byte[1], 0, 1)).isEqualTo(1);
    }

    @Test
    void aFullDiskWritesWhatFitsUntilThereIsRoom() throws IOException {
        DiskFile file = synced(A, "abc");
        disk.capacity(5);
        assertThatThrownBy(() -> put(file, 3, "defg"))
                .isInstanceOf(DiskFullException.class)
                .hasMessageContaining(A.toString());
        assertThat(text(disk, A)).isEqualTo("abcde");
        assertThatThrownBy(() -> disk.create(B)).isInstanceOf(DiskFullException.class);
        assertThatThrownBy(() -> disk.createDirectory(B)).isInstanceOf(DiskFullException.class);
        put(file, 0, "ABCDE");
        file.sync();

        disk.capacity(7);
        put(file, 5, "fg");
        file.truncate(1);
        put(disk.create(B), 0, "123456");
        assertThatThrownBy(() -> put(file, 9, "x")).isInstanceOf(DiskFullException.class);
        disk.delete(B);
        put(file, 5, "x");
        assertThat(text(disk, A)).isEqualTo("A\0\0\0\0x");
    }

    @Test
    void aReadOnlyDiskRefusesChangesAndIsRead() throws IOException {
        DiskFile file = synced(A, "one");
        disk.readOnly(true);

        assertThatThrownBy(() -> put(file, 0, "x")).hasMessage(A + ": Read-only file system");
        assertThatThrownBy(() -> disk.create(B)).isInstanceOf(FileSystemException.class);
        assertThatThrownBy(() -> disk.delete(A)).isInstanceOf(FileSystemException.class);
        assertThatThrownBy(() -> disk.open(A)).isInstanceOf(FileSystemException.class);
        assertThat(disk.openForReading(A).size()).isEqualTo(3);

        disk.readOnly(false);
        put(file, 0, "O");
        assertThat(text(disk, A)).isEqualTo("One");
    }

    @Test
    void aFlippedBitIsThereAfterALossOfPower() throws IOException {
        synced(A, "abc");
        disk.flipBit(A, 9);

        assertThat(text(disk, A)).isEqualTo("a`c");
        assertThat(left(A)).containsExactly("a`c");
        assertThatThrownBy(() -> disk.flipBit(A, 24)).isInstanceOf(IllegalArgumentException.class);
    }
}
