package io.walreceiver.server.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {

    @TempDir
    private Path directory;

    private static AuditEntry entry(String reason) {
        return AuditEntry.begins(Instant.EPOCH, "op", "here", "skip", Map.of("through", 7L, "reason", reason));
    }

    @Test
    void linesAreAddedAndComeBackTheLastFirst() throws IOException {
        AuditLog audit = new AuditLog(directory);
        AuditEntry begun = entry("lost\nfor \u00e4ver \"<img>\"");
        AuditEntry done = begun.ends(Instant.EPOCH, AuditEntry.DONE, null);
        audit.write(begun);
        audit.write(done);
        assertThat(audit.latest(10).toString()).isEqualTo(List.of(done, begun).toString());
        assertThat(audit.latest(1)).hasSize(1);
        assertThat(Files.readAllLines(directory.resolve("audit.log"))).hasSize(2);
        assertThat(new AuditLog(directory).latest(5)).hasSize(2);
    }

    @Test
    void aLineThatACrashCutShortSpoilsNoOther() throws IOException {
        AuditLog audit = new AuditLog(directory);
        audit.write(entry("first"));
        Path file = directory.resolve("audit.log");
        Files.writeString(file, "{\"id\": \"torn", StandardOpenOption.APPEND);
        audit.write(entry("second"));
        assertThat(audit.latest(10))
                .extracting(entry -> entry.parameters().get("reason"))
                .containsExactly("second", "first");
    }

    @Test
    void filesAreBoundedAndTheOldestGoes() throws IOException {
        AuditLog audit = new AuditLog(directory, 1_000, 3);
        for (int i = 0; i < 50; i++) {
            audit.write(entry("number " + i));
        }
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files)
                    .extracting(file -> file.getFileName().toString())
                    .containsExactlyInAnyOrder("audit.log", "audit.log.1", "audit.log.2");
        }
        assertThat(audit.latest(1_000))
                .extracting(entry -> entry.parameters().get("reason"))
                .startsWith("number 49", "number 48", "number 47", "number 46", "number 45");
    }

    @Test
    void textsAreBounded() throws IOException {
        AuditLog audit = new AuditLog(directory);
        audit.write(entry("x".repeat(100_000)));
        assertThat(Files.size(directory.resolve("audit.log"))).isLessThan(1_500);
    }

    @Test
    void whatCannotBeWrittenFails() throws IOException {
        Files.createDirectory(directory.resolve("audit.log"));
        assertThatThrownBy(() -> new AuditLog(directory).write(entry("x"))).isInstanceOf(IOException.class);
    }
}
