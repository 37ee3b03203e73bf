package io.walreceiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walreceiver.format.BatchMark;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentView;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.ledger.SignalReading;
import io.walreceiver.log.LogState;
import io.walreceiver.publication.DataPublication;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import io.walreceiver.storage.Bootstrap;
import io.walreceiver.storage.CheckpointSource;
import io.walreceiver.storage.DirectoryStorage;
import io.walreceiver.storage.LockedData;
import io.walreceiver.storage.StoredData;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.directory.DirectoryPublication;
import io.walreceiver.transport.directory.DirectoryTransport;
import io.walreceiver.transport.publication.FollowerTerms;
import io.walreceiver.transport.publication.Publication;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;

/** Leader, follower, follower of the follower: bit for bit the same, however the one in between came by it and what it has dropped. */
class PublicationChainTest {

    private static final Duration SOON = Duration.ofMinutes(1);
    private static final FollowerTerms TERMS = new FollowerTerms(1 << 20, 64 << 20, log -> true);

    enum DataSet {
        GENERATED("generated", Schemas.FOUR_TYPES),
        REACTOR_CORE_HISTORY(
                "reactor-core-history",
                SignalSchema.of(
                        SignalType.exponential(0, "touch", Duration.ofDays(7)),
                        SignalType.exponential(1, "churn", Duration.ofDays(30))));

        private final Path folder;
        private final SignalSchema schema;

        DataSet(String folder, SignalSchema schema) {
            this.folder = Path.of(System.getProperty("vectors"), folder, "wal");
            this.schema = schema;
        }

        List<Path> files() throws IOException {
            try (Stream<Path> files = Files.list(folder)) {
                return files.sorted(Comparator.comparing(PublicationChainTest::seqno))
                        .toList();
            }
        }
    }

    @TempDir
    Path root;

    private Path archive;

    @BeforeEach
    void makeArchive() throws IOException {
        archive = Files.createDirectory(root.resolve("archive"));
    }

    private void ship(List<Path> files) throws IOException {
        for (Path file : files) {
            Path temporary = Files.copy(file, archive.resolve(file.getFileName() + ".tmp"));
            Files.move(temporary, archive.resolve(file.getFileName()), StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** A receiver with its ledger and directory, as they are in one process. */
    private final class Node implements AutoCloseable {

        final Path data;
        final InMemorySignalLedger ledger;
        final SegmentReceiver receiver;

        Node(String name, Transport from, SignalSchema schema) {
            data = root.resolve(name);
            ledger = InMemorySignalLedger.create(schema);
            receiver = SegmentReceiver.create(
                    from,
                    ledger,
                    schema,
                    DirectoryStorage.builder(data).maxFileBytes(20_000).build(),
                    ReceiverOptions.defaults());
            receiver.receive().subscribe();
        }

        /** What is told here now and then, {@code SegmentReceiver} tells when it is durable. */
        DataPublication publication() {
            return DataPublication.live(
                    StoredData.in(data),
                    log -> receiver.status().log(log).map(LogStatus::durable).orElse(0L),
                    Flux.interval(Duration.ofMillis(5))
                            .onBackpressureDrop()
                            .concatMapIterable(tick -> receiver.status().logs())
                            .map(LogStatus::log),
                    log -> Optional.empty());
        }

        Map<LogId, Long> durable() {
            Map<LogId, Long> durable = new TreeMap<>();
            receiver.status().logs().forEach(log -> durable.put(log.log(), log.durable()));
            return durable;
        }

        void awaitDurable(Map<LogId, Long> positions) {
            await().atMost(SOON).untilAsserted(() -> assertThat(durable()).isEqualTo(positions));
        }

        @Override
        public void close() {
            receiver.stop(SOON).block(SOON);
        }
    }

    /** What the archive comes to, applied by itself. */
    private static InMemorySignalLedger model(Path archive, SignalSchema schema, Map<LogId, Long> positions) {
        InMemorySignalLedger model = InMemorySignalLedger.create(schema);
        SegmentReceiver receiver = SegmentReceiver.create(DirectoryTransport.of(archive), model, schema);
        receiver.receive().blockLast(SOON);
        receiver.status().logs().forEach(log -> positions.put(log.log(), log.applied()));
        return model;
    }

    private static void assertSame(InMemorySignalLedger ledger, InMemorySignalLedger model) {
        assertThat(model.pairs()).isPositive();
        assertThat(readings(ledger, model.newestEventNanos())).isEqualTo(readings(model, model.newestEventNanos()));
    }

    private static Map<String, SignalReading> readings(InMemorySignalLedger ledger, long now) {
        Map<String, SignalReading> readings = new TreeMap<>();
        ledger.forEach(now, reading -> readings.put(reading.entityId() + "/" + reading.signalType(), reading));
        return readings;
    }

    @ParameterizedTest
    @EnumSource
    void aChainAgreesWithItsLeaderWhileItGrows(DataSet data) throws IOException {
        List<Path> files = data.files();
        Map<LogId, Long> positions = new TreeMap<>();
        InMemorySignalLedger model = model(data.folder, data.schema, positions);
        Publication leader = DirectoryPublication.builder(archive).build();
        ship(files.subList(0, files.size() / 2));
        try (Node first = new Node("first", leader.follower(TERMS), data.schema)) {
            await().atMost(SOON).until(() -> Files.exists(first.data.resolve("logs")));
            try (DataPublication passedOn = first.publication();
                    Node second = new Node("second", passedOn.follower(TERMS), data.schema)) {
                ship(files.subList(files.size() / 2, files.size()));

                second.awaitDurable(positions);

                assertSame(first.ledger, model);
                assertSame(second.ledger, model);
                for (LogId log : positions.keySet()) {
                    BatchMark last = lastBatch(second.data, log, positions.get(log));
                    assertThat(passedOn.holds(log, last)).contains(true);
                    assertThat(leader.holds(log, last)).contains(true);
                }
            }
        }
    }

    private static BatchMark lastBatch(Path data, LogId log, long position) throws IOException {
        List<SegmentView> pieces = StoredData.in(data).log(log).events(position - 1, Long.MAX_VALUE);
        SegmentView last = pieces.get(pieces.size() - 1);
        int batch = last.batchCount() - 1;
        int checksum = last.checksumOffset(batch);
        return new BatchMark(
                last.batch(batch).firstSeq(),
                last.batch(batch).count(),
                Arrays.copyOfRange(last.bytes(), checksum, checksum + BatchMark.CHECKSUM_BYTES));
    }

    @ParameterizedTest
    @EnumSource
    void aFollowerOfOneThatHasDroppedItsFilesStartsFromItsCheckpoints(DataSet data) throws IOException {
        List<Path> files = data.files();
        Map<LogId, Long> positions = new TreeMap<>();
        InMemorySignalLedger model = model(data.folder, data.schema, positions);
        Publication leader = DirectoryPublication.builder(archive).build();
        try (Node first = new Node("first", leader.follower(TERMS), data.schema)) {
            for (int third = 0; third < 2; third++) { // two checkpoints, and what the older one covers is dropped
                ship(files.subList(third * files.size() / 3, (third + 1) * files.size() / 3));
                first.awaitDurable(heads());
                first.receiver.checkpoint().block(SOON);
            }
            LogId log = first.durable().keySet().stream()
                    .filter(any -> pruned(first.data, any))
                    .findFirst()
                    .orElseThrow();
            try (DataPublication passedOn = first.publication()) {
                Transport refused = passedOn.follower(TERMS);
                try (Node late = new Node("late", refused, data.schema)) {
                    await().atMost(SOON).until(() -> refused.trouble(log).isPresent());
                    assertThat(refused.trouble(log).get().state()).isEqualTo(LogState.PRUNED);
                    assertThat(late.durable().getOrDefault(log, 0L)).isZero();
                }

                Bootstrap.into(root.resolve("late")).build().from(CheckpointSource.of(StoredData.in(first.data)));
                try (Node late = new Node("late", passedOn.follower(TERMS), data.schema)) {
                    ship(files.subList(2 * files.size() / 3, files.size()));
                    late.awaitDurable(positions);
                    assertSame(late.ledger, model);
                }
            }
        }
        try (LockedData locked = LockedData.take(root.resolve("late"));
                DataPublication atRest = DataPublication.atRest(locked, true, log -> Optional.empty())) {
            positions.forEach((id, position) -> assertThat(atRest.head(id)).hasValue(position));
        }
    }

    private static long seqno(Path file) {
        return WalSegmentId.ofFileName(file.getFileName().toString())
                .orElseThrow()
                .seqno();
    }

    /** As a publication sees them that looks for the first time: others know what was there a moment ago. */
    private Map<LogId, Long> heads() throws IOException {
        Publication leader = DirectoryPublication.builder(archive).build();
        Map<LogId, Long> heads = new TreeMap<>();
        for (LogId log : leader.logs()) {
            heads.put(log, leader.head(log).orElseThrow());
        }
        return heads;
    }

    private static boolean pruned(Path data, LogId log) {
        try {
            return StoredData.in(data).log(log).files().stream().allMatch(file -> file.firstSeq() > 1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
