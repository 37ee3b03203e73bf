package io.walreceiver.storage.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextFileTest {

    private static final List<String> OLD = List.of("an old line");
    private static final List<String> NEW = List.of("a new line", "", " blanks stay ", "größer");

    @TempDir
    private Path directory;

    private final PlainDisk disk = new PlainDisk();
    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = directory.resolve("some");
    }

    @Test
    void linesAreReadAsTheyWereWritten() throws IOException {
        TextFile.write(disk, file, NEW);

        assertThat(TextFile.read(disk, file)).isEqualTo(NEW);
    }

    @Test
    void noLinesAreLinesToo() throws IOException {
        TextFile.write(disk, file, List.of());

        assertThat(TextFile.read(disk, file)).isEmpty();
        assertThat(file).hasContent("blake3 af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262\n");
    }

    @Test
    void everyDamageIsFound() throws IOException {
        TextFile.write(disk, file, NEW);

        Damage.everyKindIsFound(file, () -> TextFile.read(disk, file));
    }

    @Test
    void damageIsToldInFull() throws IOException {
        TextFile.write(disk, file, List.of("one"));
        Files.writeString(file, Files.readString(file).replace("one", "two"));

        assertThatThrownBy(() -> TextFile.read(disk, file))
                .isInstanceOfSatisfying(
                        DamagedFileException.class, e -> assertThat(e.file()).isEqualTo(file))
                .hasMessageStartingWith(file + ": last line, at offset 4: expected 'blake3 ")
                .hasMessageContaining("', found 'blake3 ")
                .hasMessageEndingWith("; restore the file from a backup");
    }

    @Test
    void nothingDependsOnTheNameBeforeTheBytesAreDurable() throws IOException {
        TextFile.write(disk, file, NEW);

        assertThat(disk.changes())
                .containsExactly(
                        "create some.tmp", "write some.tmp", "sync some.tmp", "rename some.tmp some", "syncDirectory");
    }

    @Test
    void afterAFailureAnywhereTheFileIsOldOrNew() throws IOException {
        TextFile.write(disk, file, OLD);
        int failures = 0;
        while (failsAt(failures + 1)) {
            failures++;
            disk.heal();
            assertThat(TextFile.read(disk, file))
                    .as("change %d failed", failures)
                    .isIn(OLD, NEW);
            TextFile.write(disk, file, OLD);
        }
        assertThat(TextFile.read(disk, file)).isEqualTo(NEW);
        assertThat(failures).isGreaterThanOrEqualTo(5);
        assertThat(disk.list(directory)).containsExactly("some");
    }

    private boolean failsAt(int change) {
        disk.failFrom(change);
        try {
            TextFile.write(disk, file, NEW);
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void aLineBreakWithinALineIsRefused() {
        assertThatThrownBy(() -> TextFile.write(disk, file, List.of("a\nb")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(file + ": a line break in 'a\\u000ab'");
        assertThat(disk.changes()).isEmpty();
    }

    @Test
    void sizeHasABound() throws IOException {
        assertThatThrownBy(() -> TextFile.write(disk, file, List.of("x".repeat(TextFile.MAX_BYTES))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(file + ": 16777217 bytes of text; the limit is 16777144");
        Files.write(file, new byte[TextFile.MAX_BYTES + 1]);
        assertThatThrownBy(() -> TextFile.read(disk, file))
                .isInstanceOf(DamagedFileException.class)
                .hasMessageContaining("size: expected at most 16777216 bytes, found 16777217 bytes");
    }

    @Test
    void aFileThatIsNotThereIsNotDamaged() {
        assertThatThrownBy(() -> TextFile.read(disk, file)).isInstanceOf(NoSuchFileException.class);
    }
}
