package io.walreceiver.storage.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EpochTest {

    @TempDir
    private Path folder;

    private final PlainDisk disk = new PlainDisk();

    @Test
    void aFolderWithoutTheFileHasNone() throws IOException {
        assertThat(Epoch.read(disk, folder)).isEmpty();
    }

    @Test
    void itComesBackAndPeopleCanReadIt() throws IOException {
        new Epoch(6, 0).write(disk, folder);
        new Epoch(7, 12_000).write(disk, folder);

        assertThat(Epoch.read(disk, folder)).contains(new Epoch(7, 12_000));
        assertThat(TextFile.read(disk, folder.resolve("epoch")))
                .containsExactly("walreceiver epoch", "epoch 7 start 12000");
    }

    @Test
    void everyDamageIsFound() throws IOException {
        new Epoch(7, 12_000).write(disk, folder);

        Damage.everyKindIsFound(folder.resolve(Epoch.FILE), () -> Epoch.read(disk, folder));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"epoch 0 start 1", "epoch 1 start -1", "epoch x start 1", "epoch 1", "epoch 1 start 1 more"})
    void aLineThatMeansNothingIsDamage(String line) throws IOException {
        TextFile.write(disk, folder.resolve(Epoch.FILE), List.of("walreceiver epoch", line));

        assertThatThrownBy(() -> Epoch.read(disk, folder))
                .isInstanceOf(DamagedFileException.class)
                .hasMessageContaining(line)
                .hasMessageContaining("restore the file from a backup, or delete it");
    }

    @Test
    void numbersAreChecked() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Epoch(0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new Epoch(1, -1));
    }
}
