package io.walreceiver.storage.checkpoint;

import static io.walreceiver.storage.checkpoint.CheckpointFixture.LOG;
import static io.walreceiver.storage.checkpoint.CheckpointFixture.NOON;
import static io.walreceiver.storage.checkpoint.CheckpointFixture.image;
import static io.walreceiver.storage.checkpoint.CheckpointFixture.verify;
import static io.walreceiver.storage.checkpoint.CheckpointFixture.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walreceiver.storage.records.PlainDisk;
import io.walreceiver.storage.records.Skips;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointFailureTest {

    private static final byte[] LARGE = new byte[1 << 20];

    @TempDir
    private Path folder;

    private final PlainDisk disk = new PlainDisk();

    @Test
    void nothingDependsOnTheNameBeforeTheBytesAreDurable() throws IOException {
        write(disk, folder, 9, 1, new byte[] {1});

        String name = "checkpoint-00000000000000000009-00000001.ckpt";
        assertThat(disk.changes())
                .containsExactly(
                        "create " + name + ".tmp",
                        "write " + name + ".tmp",
                        "sync " + name + ".tmp",
                        "rename " + name + ".tmp " + name,
                        "syncDirectory");
    }

    @Test
    void afterAFailureAnywhereWhatIsListedIsWholeAndTheOldOneIsThere() throws IOException {
        Checkpoint old = write(disk, folder, 5, 1, new byte[] {1});
        int failures = 0;
        while (failsAt(failures + 1)) {
            failures++;
            disk.heal();
            List<Checkpoint> listed = Checkpoint.list(disk, folder, LOG);
            assertThat(listed).as("change %d failed", failures).contains(old);
            for (Checkpoint checkpoint : listed) {
                verify(disk, checkpoint);
            }
            Checkpoint.cleanUp(disk, folder);
            assertThat(disk.list(folder)).hasSameSizeAs(listed);
            if (listed.size() > 1) {
                disk.delete(listed.get(0).path());
            }
        }
        assertThat(failures).as("create, 4 writes, sync, rename, sync").isEqualTo(8);
        assertThat(image(disk, Checkpoint.list(disk, folder, LOG).get(0))).containsExactly(LARGE, LARGE);
    }

    private boolean failsAt(int change) {
        disk.failFrom(change);
        try {
            write(disk, folder, 9, 2, LARGE, LARGE);
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void theFirstFailureIsKeptAndNothingMoreIsWritten() throws IOException {
        CheckpointWriter writer = CheckpointWriter.begin(disk, folder, LOG, 9, 1, Skips.NONE, NOON);
        disk.failFrom(1);
        assertThat(writer.failure()).isEmpty();
        writer.write(LARGE, LARGE.length);
        writer.write(LARGE, LARGE.length);
        IOException failure = writer.failure().orElseThrow();
        disk.heal();
        int changes = disk.changes().size();
        writer.write(LARGE, LARGE.length);

        assertThat(disk.changes()).hasSize(changes);
        assertThatThrownBy(writer::finish).isSameAs(failure);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void whatACrashLeftIsNotInTheWay() throws IOException {
        disk.failFrom(3);
        assertThatThrownBy(() -> write(disk, folder, 9, 1, new byte[] {1})).isInstanceOf(IOException.class);
        disk.heal();
        assertThat(disk.list(folder)).containsExactly("checkpoint-00000000000000000009-00000001.ckpt.tmp");

        assertThat(image(disk, write(disk, folder, 9, 1, new byte[] {2}))).containsExactly(new byte[] {2});
    }
}
