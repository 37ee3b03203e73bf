package io.walreceiver.storage.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walreceiver.schema.InvalidEventPolicy;
import io.walreceiver.schema.SchemaDiff;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import io.walreceiver.schema.StoredSchema;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MarkerTest {

    private static final StoredSchema STORED = new StoredSchema(
            SignalSchema.of(
                    SignalType.exponential(3, "view", Duration.ofDays(7)),
                    SignalType.permanent(7, "  like it\n\\ 事 \uD800 "),
                    SignalType.exponential(8, "instant", Duration.ofNanos(1)),
                    SignalType.exponential(255, "eon", Duration.ofSeconds(Long.MAX_VALUE, 999_999_999))),
            InvalidEventPolicy.SKIP,
            Duration.ofMillis(1500));

    @TempDir
    private Path directory;

    private final PlainDisk disk = new PlainDisk();

    @Test
    void aDirectoryWithoutOneIsNoDataDirectory() throws IOException {
        assertThat(Marker.read(disk, directory)).isEmpty();
    }

    @Test
    void everythingComesBackExactly() throws IOException {
        new Marker(Marker.CURRENT, STORED).write(disk, directory);

        Marker read = Marker.read(disk, directory).orElseThrow();

        assertThat(read.formatVersion()).isEqualTo(1);
        assertThat(SchemaDiff.between(STORED, read.stored()).describe()).isEqualTo("no change");
    }

    @Test
    void peopleCanReadIt() throws IOException {
        new Marker(Marker.CURRENT, STORED).write(disk, directory);

        assertThat(TextFile.read(disk, directory.resolve("receiver-data")))
                .containsExactly(
                        "walreceiver data directory",
                        "format 1",
                        "invalid-events skip",
                        "max-event-lead 1500000000ns",
                        "signal 3 604800000000000ns view",
                        "signal 7 permanent   like it\\u000a\\\\ 事 \\ud800 ",
                        "signal 8 1ns instant",
                        "signal 255 9223372036854775807999999999ns eon");
    }

    @Test
    void everyDamageIsFound() throws IOException {
        new Marker(Marker.CURRENT, STORED).write(disk, directory);

        Damage.everyKindIsFound(directory.resolve(Marker.FILE), () -> Marker.read(disk, directory));
    }

    @Test
    void aNewerFormatIsRefusedWithBothNumbers() throws IOException {
        write("walreceiver data directory", "format 2", "nobody knows what stands here");

        assertThatThrownBy(() -> Marker.read(disk, directory))
                .isInstanceOfSatisfying(NewerFormatException.class, e -> {
                    assertThat(e.stored()).isEqualTo(2);
                    assertThat(e.known()).isEqualTo(1);
                })
                .hasMessage(
                        directory.resolve("receiver-data") + ": written by a later version: expected format 1 or lower,"
                                + " found format 2; use the version that wrote it, or a later one");
    }

    @ParameterizedTest
    @ValueSource(strings = {"format 0", "format -1", "format x", "format", "version 1", "format 99999999999"})
    void aFormatThatNeverWasIsDamage(String format) throws IOException {
        write("walreceiver data directory", format);

        assertThatThrownBy(() -> Marker.read(disk, directory))
                .isInstanceOf(DamagedFileException.class)
                .hasMessageContaining("line 2: expected format NUMBER, found '" + format + "'");
    }

    /** Sealed, but by somebody who did not know what to write. */
    @ParameterizedTest
    @CsvSource({
        "signal 3 604800000000000 view",
        "signal 3 view",
        "signal 256 permanent view",
        "signal 3 0ns view",
        "signal 3 permanent \\x",
        "signal 0 permanent like",
        "signal 3 permanent first",
        "something else",
    })
    void aLineThatMeansNothingIsDamage(String line) throws IOException {
        write(
                "walreceiver data directory",
                "format 1",
                "invalid-events hold",
                "max-event-lead 0ns",
                "signal 0 permanent first",
                line);

        assertThatThrownBy(() -> Marker.read(disk, directory)).isInstanceOf(DamagedFileException.class);
    }

    @Test
    void anotherFileIsNoMarker() throws IOException {
        write("walreceiver skips");

        assertThatThrownBy(() -> Marker.read(disk, directory))
                .hasMessageContaining("line 1: expected walreceiver data directory, found 'walreceiver skips'");
    }

    private void write(String... lines) throws IOException {
        TextFile.write(disk, directory.resolve(Marker.FILE), List.of(lines));
    }
}
