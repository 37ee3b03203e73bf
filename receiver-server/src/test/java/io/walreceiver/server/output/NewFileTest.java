package io.walreceiver.server.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NewFileTest {

    @TempDir
    private Path directory;

    @Test
    void fileIsReplacedAsAWhole() throws IOException {
        Path file = Files.writeString(directory.resolve("a"), "old and long");

        NewFile.write(file, out -> {
            out.write('n');
            assertThat(file).hasContent("old and long");
        });

        assertThat(file).hasContent("n");
        assertThat(names()).containsExactly("a");
    }

    @Test
    void failureLeavesTheOldFileAndNothingElse() throws IOException {
        Path file = Files.writeString(directory.resolve("a"), "old");

        assertThatThrownBy(() -> NewFile.write(file, out -> {
                    out.write('n');
                    throw new IOException("disk full");
                }))
                .hasMessage(directory.resolve("a") + ": disk full");

        assertThat(file).hasContent("old");
        assertThat(names()).containsExactly("a");
    }

    @Test
    void linkStaysALink() throws IOException {
        Path file = Files.writeString(directory.resolve("a"), "old");
        Path link = Files.createSymbolicLink(directory.resolve("b"), file);

        NewFile.write(link, out -> out.write('n'));

        assertThat(link).isSymbolicLink();
        assertThat(file).hasContent("n");
    }

    private Stream<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList().stream();
        }
    }
}
