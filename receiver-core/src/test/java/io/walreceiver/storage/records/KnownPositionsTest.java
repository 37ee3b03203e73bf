package io.walreceiver.storage.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walreceiver.format.LogId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KnownPositionsTest {

    private static final KnownPositions KNOWN = new KnownPositions(
            true, Map.of(new LogId(65535, 65535), Long.MAX_VALUE, new LogId(1, 3), 1500L, new LogId(1, 2), 0L));

    @TempDir
    private Path directory;

    private final PlainDisk disk = new PlainDisk();

    @Test
    void aDirectoryWithoutTheFileKnowsNone() throws IOException {
        assertThat(KnownPositions.read(disk, directory)).isEmpty();
    }

    @Test
    void everythingComesBackExactly() throws IOException {
        KNOWN.write(disk, directory);
        assertThat(KnownPositions.read(disk, directory)).contains(KNOWN);

        KnownPositions none = new KnownPositions(false, Map.of());
        none.write(disk, directory);
        assertThat(KnownPositions.read(disk, directory)).contains(none);
    }

    @Test
    void peopleCanReadIt() throws IOException {
        KNOWN.write(disk, directory);

        assertThat(TextFile.read(disk, directory.resolve("positions")))
                .containsExactly(
                        "walreceiver positions",
                        "clean-stop yes",
                        "log 1:2 durable 0",
                        "log 1:3 durable 1500",
                        "log 65535:65535 durable 9223372036854775807");
    }

    @Test
    void everyDamageIsFound() throws IOException {
        KNOWN.write(disk, directory);

        Damage.everyKindIsFound(directory.resolve(KnownPositions.FILE), () -> KnownPositions.read(disk, directory));
    }

    @ParameterizedTest
    @CsvSource({
        "clean-stop perhaps, log 1:3 durable 4",
        "clean-stop yes, log 1:3 durable -1",
        "clean-stop yes, log 1 durable 4",
        "clean-stop yes, log 1:3 durable 4 or 5"
    })
    void aLineThatMeansNothingIsDamage(String cleanStop, String log) throws IOException {
        TextFile.write(disk, directory.resolve(KnownPositions.FILE), List.of("walreceiver positions", cleanStop, log));

        assertThatThrownBy(() -> KnownPositions.read(disk, directory)).isInstanceOf(DamagedFileException.class);
    }

    @Test
    void aPositionIsNotNegative() {
        assertThatThrownBy(() -> new KnownPositions(false, Map.of(new LogId(1, 3), -1L)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("log 1:3: position -1 must be 0 or more");
    }
}
