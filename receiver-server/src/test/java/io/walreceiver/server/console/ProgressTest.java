package io.walreceiver.server.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void withoutTerminalThereIsAPlainLineNowAndThen() {
        AtomicLong clock = new AtomicLong();
        Console console = Console.of(out, err, Terminal.NONE);
        try (Progress progress = new LineProgress(console, "replaying", "events", 1, 3000, clock::get)) {
            progress.advance(1000);
            clock.set(TimeUnit.SECONDS.toNanos(5));
            progress.advance(1000);
            progress.advance(1000);
        }

        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualToNormalizingNewlines("replaying: 2,000 of 3,000 events, about 2.50 s left\n");
        assertThat(out.size()).isZero();
    }

    @Test
    void onATerminalThereIsABarThatIsWipedAway() {
        Console console = Console.of(out, err, new Terminal(true, true, true, 80));
        try (Progress progress = Progress.on(console, "replaying", "events", 1, 3000)) {
            progress.advance(3000);
        }

        assertThat(err.toString(StandardCharsets.UTF_8)).contains("3000/3000").endsWith("\r\u001b[K");
        assertThat(out.size()).isZero();
    }
}
