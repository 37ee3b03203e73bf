package io.walreceiver.storage.checkpoint;

import static io.walreceiver.storage.checkpoint.CheckpointFixture.LOG;
import static io.walreceiver.storage.checkpoint.CheckpointFixture.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.storage.records.PlainDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointRetentionTest {

    @TempDir
    private Path folder;

    private final PlainDisk disk = new PlainDisk();

    @Test
    void theNewestTwoValidOnesStay() throws IOException {
        Checkpoint first = write(disk, folder, 10, 1);
        Checkpoint second = write(disk, folder, 20, 2);
        Checkpoint third = write(disk, folder, 30, 3);
        Checkpoint fourth = write(disk, folder, 40, 4);
        disk.changes().clear();

        assertThat(CheckpointRetention.keepNewest(disk, folder, List.of(fourth, third, second, first)))
                .contains(third);

        assertThat(Checkpoint.list(disk, folder, LOG)).containsExactly(fourth, third);
        assertThat(disk.changes()).hasSize(3).endsWith("syncDirectory");
    }

    @Test
    void withFewerThanTwoValidOnesNothingIsDeleted() throws IOException {
        Checkpoint first = write(disk, folder, 10, 1);
        Checkpoint second = write(disk, folder, 20, 2);
        Checkpoint third = write(disk, folder, 30, 3);
        disk.changes().clear();

        assertThat(CheckpointRetention.keepNewest(disk, folder, List.of())).isEmpty();
        assertThat(CheckpointRetention.keepNewest(disk, folder, List.of(third))).isEmpty();

        assertThat(disk.changes()).isEmpty();
        assertThat(Checkpoint.list(disk, folder, LOG)).containsExactly(third, second, first);
    }

    @Test
    void oneThatNobodyVerifiedCountsForNothing() throws IOException {
        Checkpoint first = write(disk, folder, 10, 1);
        Checkpoint doubtful = write(disk, folder, 20, 2);
        Checkpoint third = write(disk, folder, 30, 3);

        assertThat(CheckpointRetention.keepNewest(disk, folder, List.of(third, first)))
                .contains(first);

        assertThat(Checkpoint.list(disk, folder, LOG)).containsExactly(third, doubtful, first);
    }

    @Test
    void aRottenOneIsSetAsideForTheOperator() throws IOException {
        Checkpoint good = write(disk, folder, 10, 1);
        Checkpoint rotten = write(disk, folder, 20, 2);
        disk.changes().clear();

        CheckpointRetention.setAside(disk, rotten);

        String name = "checkpoint-00000000000000000020-00000002.ckpt";
        assertThat(disk.changes()).containsExactly("rename " + name + " " + name + ".rotten", "syncDirectory");
        assertThat(Checkpoint.list(disk, folder, LOG)).containsExactly(good);
        assertThat(Checkpoint.nextNumber(disk, folder)).isEqualTo(3);
    }

    @Test
    void rottenOnesAreBoundedToo() throws IOException {
        for (int number = 1; number <= 4; number++) {
            CheckpointRetention.setAside(disk, write(disk, folder, 10, number));
        }
        assertThat(disk.list(folder))
                .containsExactly(
                        "checkpoint-00000000000000000010-00000003.ckpt.rotten",
                        "checkpoint-00000000000000000010-00000004.ckpt.rotten");
    }
}
