package io.walreceiver;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.ledger.SignalReading;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import io.walreceiver.storage.Storage;
import io.walreceiver.transport.directory.DirectoryTransport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A receiver with a data directory, on real data: what it holds is the same whether it ran through, stopped, or started over. */
class DurableReceiverTest {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Path HISTORY = Path.of(System.getProperty("vectors"), "reactor-core-history", "wal");
    private static final SignalSchema SCHEMA = SignalSchema.of(
            SignalType.exponential(0, "touch", Duration.ofDays(7)),
            SignalType.exponential(1, "churn", Duration.ofDays(30)));
    private static final long NOW = 1_784_794_900_000_000_000L;

    @TempDir
    Path directory;

    @Test
    void whatWasReplayedOnceIsThereAfterARestartAndNotReplayedAgain() {
        InMemorySignalLedger plain = InMemorySignalLedger.create(SCHEMA);
        replay(plain, Storage.inMemory());

        Storage storage = Storage.directory(directory.resolve("data"));
        InMemorySignalLedger first = InMemorySignalLedger.create(SCHEMA);
        StopReport report = replay(first, storage);
        assertThat(report.complete()).isTrue();
        assertThat(report.status().logs())
                .hasSize(4)
                .allSatisfy(log -> assertThat(log.acknowledged()).isEqualTo(log.applied()))
                .allSatisfy(log -> assertThat(log.durable()).isEqualTo(log.written()));
        assertThat(readings(first)).isEqualTo(readings(plain));

        InMemorySignalLedger second = InMemorySignalLedger.create(SCHEMA);
        StopReport again = replay(second, storage);
        assertThat(again.outcomes().appliedEvents()).isZero();
        assertThat(again.status().logs())
                .hasSize(4)
                .allSatisfy(log -> assertThat(log.applied())
                        .isEqualTo(report.status().log(log.log()).orElseThrow().applied()));
        assertThat(readings(second)).isEqualTo(readings(plain));
    }

    private StopReport replay(InMemorySignalLedger ledger, Storage storage) {
        SegmentReceiver receiver = SegmentReceiver.create(DirectoryTransport.of(HISTORY), ledger, SCHEMA, storage);
        List<SegmentOutcome> outcomes = receiver.receive().collectList().block(SOON);
        assertThat(outcomes).isNotNull();
        return receiver.stop(Duration.ZERO).block(SOON);
    }

    private static List<SignalReading> readings(InMemorySignalLedger ledger) {
        List<SignalReading> readings = new ArrayList<>();
        ledger.forEach(NOW, readings::add);
        return readings;
    }
}
