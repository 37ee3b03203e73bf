package io.walreceiver.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.server.console.Console;
import io.walreceiver.server.console.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReceiverCommandTest {

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"demo", "replay", "top", "verify", "inspect", "generate", "certs"})
    void everyCommandHasHelpExitCodesAndJson(String command) {
        Run run = Run.of(command, "--help");

        assertThat(run.exit()).isEqualTo(Exit.OK);
        assertThat(run.out()).contains("Usage: receiver " + command, "--json", "Exit codes:", "With --json");
        assertThat(run.err()).isEmpty();
        assertThat(Run.of("--help").out()).contains("  " + command + " ");
    }

    @Test
    void withoutCommandItSaysWhatToDo() {
        Run run = Run.of();

        assertThat(run.exit()).isEqualTo(Exit.USAGE);
        assertThat(run.err()).contains("a command is missing").contains("next: see receiver --help");
    }

    @Test
    void helpIsACommandToo() {
        assertThat(Run.of("help").out()).contains("Usage: receiver", "  replay ");
        assertThat(Run.of("help", "replay").out())
                .isEqualTo(Run.of("replay", "--help").out());
        assertThat(Run.of("help", "nothing").exit()).isEqualTo(Exit.USAGE);
    }

    @Test
    void heapThatIsTooSmallIsToldOnce() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = Console.of(new ByteArrayOutputStream(), err, Terminal.NONE);

        assertThat(ReceiverCommand.died(console, new OutOfMemoryError())).isEqualTo(Exit.FAILED);
        assertThat(ReceiverCommand.died(console, new OutOfMemoryError())).isEqualTo(Exit.FAILED);

        assertThat(err.toString(StandardCharsets.UTF_8))
                .containsOnlyOnce("error: ")
                .containsOnlyOnce("next: ");
    }

    @Test
    void unknownOptionIsAUsageError() {
        Run run = Run.of("verify", "--no-such-option");

        assertThat(run.exit()).isEqualTo(Exit.USAGE);
        assertThat(run.err()).contains("--no-such-option").contains("next: see receiver verify --help");
    }

    @Test
    void mistakesOfASchemaAreToldWithoutStackTrace() throws IOException {
        Path schema = Files.writeString(directory.resolve("s.yaml"), "signals: 7\n");

        Run run = Run.of("verify", Run.VECTORS.resolve("generated/wal"), "--schema", schema);

        assertThat(run.exit()).isEqualTo(Exit.USAGE);
        assertThat(run.err())
                .contains("s.yaml:1:10: signals: found \"7\"")
                .contains("next: correct")
                .doesNotContain("\tat ");
    }

    @Test
    void debugShowsTheStackTrace() {
        assertThat(Run.of("inspect", "nowhere", "--debug").err()).contains("\tat ");
        assertThat(Run.of("inspect", "nowhere").err()).doesNotContain("\tat ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"verify", "verify --json", "inspect --events", "inspect --events --json"})
    void readerThatHasGoneEndsTheCommandQuietly(String command) {
        Run run = intoFailing(new IOException("Broken pipe"), command);

        assertThat(run.exit()).isEqualTo(Exit.BROKEN_PIPE);
        assertThat(run.err()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"verify", "verify --json", "inspect --events", "inspect --events --json", "inspect --help"})
    void fullDiskIsAnError(String command) {
        Run run = intoFailing(new IOException("No space left on device"), command);

        assertThat(run.exit()).isEqualTo(Exit.FAILED);
        assertThat(run.err())
                .contains("error: the result cannot be written: No space left on device")
                .contains("next: ")
                .doesNotContain("\tat ");
    }

    private static Run intoFailing(IOException failure, String command) {
        OutputStream failing = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw failure;
            }
        };
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Path file = Run.VECTORS.resolve("verdicts/ok-largest-batch.seg");
        String[] args = Stream.concat(Stream.of(command.split(" ")), Stream.of(file.toString()))
                .toArray(String[]::new);
        int exit = ReceiverCommand.run(Console.of(failing, err, Terminal.NONE), args);
        return new Run(exit, "", err.toString(StandardCharsets.UTF_8));
    }
}
