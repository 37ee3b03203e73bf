package io.walreceiver.storage.records;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnerTest {

    private static final Owner OWNER = new Owner(
            4711,
            "db 7",
            Instant.parse("2025-03-01T12:00:00Z"),
            "java -jar receiver.jar\n--data 'my dir'",
            Optional.empty());

    @TempDir
    private Path directory;

    private final PlainDisk disk = new PlainDisk();

    @Test
    void everythingComesBackExactly() throws IOException {
        OWNER.write(disk, directory);

        assertThat(Owner.read(disk, directory)).contains(OWNER);
    }

    @Test
    void whereItAnswersIsALineMoreAndWhoeverTakesTheLockNextBeginsWithoutIt() throws IOException {
        Owner answering = OWNER.answeringAt("https://db-7:7400");
        answering.write(disk, directory);
        assertThat(Owner.read(disk, directory)).contains(answering);
        assertThat(TextFile.read(disk, directory.resolve("owner")))
                .endsWith("web https://db-7:7400")
                .hasSize(6);

        OWNER.write(disk, directory);
        assertThat(Owner.read(disk, directory)).contains(OWNER);
    }

    @Test
    void whatCannotBeReadIsNobody() throws IOException {
        Path file = directory.resolve("owner");
        assertThat(Owner.read(disk, directory)).isEmpty();

        OWNER.write(disk, directory);
        Files.writeString(file, Files.readString(file).replace("4711", "4712"));
        assertThat(Owner.read(disk, directory)).isEmpty();

        TextFile.write(disk, file, List.of("walreceiver owner", "pid 1", "host a", "since then", "command c"));
        assertThat(Owner.read(disk, directory)).isEmpty();

        Files.delete(file);
        Files.createDirectory(file);
        assertThat(Owner.read(disk, directory)).isEmpty();
    }
}
