package io.walreceiver.examples.postgres;

import io.walreceiver.SegmentReceiver;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentDecoder;
import io.walreceiver.format.SegmentView;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.ledger.LedgerPart;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import io.walreceiver.test.Segments;
import io.walreceiver.transport.directory.DirectoryTransport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** What the tables must agree with: the built-in ledger. */
final class Model {

    /** That of the test vectors. */
    static final SignalSchema SCHEMA = SignalSchema.of(
            SignalType.exponential(0, "view", Duration.ofDays(7)),
            SignalType.exponential(1, "like", Duration.ofDays(30)),
            SignalType.exponential(2, "share", Duration.ofDays(1)),
            SignalType.exponential(3, "skip", Duration.ofHours(1)));

    private Model() {}

    /** A directory of segment files, replayed. */
    static InMemorySignalLedger of(Path wal) {
        InMemorySignalLedger ledger = InMemorySignalLedger.create(SCHEMA);
        SegmentReceiver.create(DirectoryTransport.of(wal), ledger, SCHEMA)
                .receive()
                .blockLast();
        return ledger;
    }

    /** Logs, each applied through a position. */
    static InMemorySignalLedger of(Map<LogId, Segments> logs, Map<LogId, Long> positions) {
        InMemorySignalLedger ledger = InMemorySignalLedger.create(SCHEMA);
        positions.forEach((log, through) -> {
            SegmentView all = SegmentDecoder.decode(logs.get(log).cut(1, through));
            LedgerPart part = ledger.open(log);
            for (int i = 0; i < all.batchCount(); i++) {
                part.apply(all.batch(i), all.batch(i).lastSeq());
            }
        });
        return ledger;
    }

    /** Writes random segments to a directory. */
    static Segments write(LogId log, long seed, int segments, int eventsEach, Path wal) throws IOException {
        Segments made = Segments.of(log).seed(seed).entities(500).eventsPerBatch(20);
        for (int i = 0; i < segments; i++) {
            WalSegmentPayload segment = made.next(eventsEach);
            Files.write(wal.resolve(segment.id().fileName()), segment.bytes());
        }
        return made;
    }
}
