package io.walreceiver.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.SegmentReceiver;
import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.ledger.SignalReading;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import io.walreceiver.storage.Storage;
import io.walreceiver.transport.directory.DirectoryTransport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The quickstart of the README: compiled and run here, and the same text there. */
class QuickstartTest {

    static void quickstart(Path wal, Path data) {
        // quickstart
        SignalSchema schema = SignalSchema.of(
                SignalType.exponential(0, "view", Duration.ofDays(7)), SignalType.permanent(1, "purchase"));
        InMemorySignalLedger ledger = InMemorySignalLedger.create(schema);
        SegmentReceiver receiver =
                SegmentReceiver.create(DirectoryTransport.of(wal), ledger, schema, Storage.directory(data));

        receiver.receive()
                .ofType(SegmentOutcome.Refused.class)
                .doOnNext(refused -> System.err.println(refused.fault().describe()))
                .blockLast();

        long now = ledger.newestEventNanos();
        for (SignalReading hot : ledger.topByScore(0, 10, now)) {
            String entity = Long.toUnsignedString(hot.entityId());
            System.out.printf("%s: %.3f, %d in the last day%n", entity, hot.score(), hot.lastDay());
        }
        // end
        assertThat(ledger.pairs()).isPositive();
    }

    @Test
    void itRunsAndRunsAgain(@TempDir Path wal, @TempDir Path elsewhere) throws IOException {
        WalSegmentPayload segment = Segments.of(new LogId(1, 3)).signalTypes(2).next(100);
        Files.write(wal.resolve(segment.id().fileName()), segment.bytes());
        quickstart(wal, elsewhere.resolve("data"));
        quickstart(wal, elsewhere.resolve("data"));
    }

    @Test
    void theReadmeShowsWhatIsCompiledHere() throws IOException {
        Path root = Path.of(System.getProperty("vectors")).getParent();
        String source =
                Files.readString(root.resolve("receiver-test/src/test/java/io/walreceiver/test/QuickstartTest.java"));
        String snippet = source.substring(
                source.indexOf("// quickstart\n") + "// quickstart\n".length(), source.indexOf("        // end"));
        String unindented =
                snippet.lines().map(line -> line.replaceFirst("^ {8}", "")).collect(Collectors.joining("\n"));

        assertThat(Files.readString(root.resolve("README.md"))).contains("```java\n" + unindented.strip() + "\n```");
    }
}
