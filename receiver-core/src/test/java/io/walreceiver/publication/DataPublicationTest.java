package io.walreceiver.publication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.format.BatchMark;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentDecoder;
import io.walreceiver.format.SegmentEncoder;
import io.walreceiver.format.SegmentView;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.log.LogState;
import io.walreceiver.log.LogTrouble;
import io.walreceiver.schema.InvalidEventPolicy;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import io.walreceiver.schema.StoredSchema;
import io.walreceiver.storage.DataLayout;
import io.walreceiver.storage.LockedData;
import io.walreceiver.storage.StoredData;
import io.walreceiver.storage.checkpoint.CheckpointWriter;
import io.walreceiver.storage.disk.Disk;
import io.walreceiver.storage.records.Marker;
import io.walreceiver.storage.records.Skip;
import io.walreceiver.storage.records.Skips;
import io.walreceiver.storage.wal.LogAppender;
import io.walreceiver.storage.wal.LogFile;
import io.walreceiver.storage.wal.LogPruning;
import io.walreceiver.transport.Positions;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.publication.FollowerTerms;
import io.walreceiver.transport.publication.PublishedCheckpoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

class DataPublicationTest {

    private static final LogId A = new LogId(1, 0);
    private static final LogId B = new LogId(1, 1);
    private static final Duration SOON = Duration.ofMinutes(1);
    private static final Duration NOT_NOW = Duration.ofMillis(50);
    private static final FollowerTerms WIDE = new FollowerTerms(16 << 20, 64 << 20, log -> true);
    private static final StoredSchema SCHEMA = new StoredSchema(
            SignalSchema.of(SignalType.permanent(0, "view")), InvalidEventPolicy.HOLD, Duration.ofHours(1));

    @TempDir
    Path root;

    private final Disk disk = Disk.ofOperatingSystem();
    private Path data;
    private final Map<LogId, LogAppender> appenders = new ConcurrentHashMap<>();
    private final Map<LogId, Long> durable = new ConcurrentHashMap<>();
    private final Sinks.Many<LogId> advances = Sinks.many().multicast().directBestEffort();

    @BeforeEach
    void makeDirectory() throws IOException {
        data = root.resolve("data");
        Files.createDirectories(DataLayout.logs(data));
        new Marker(Marker.CURRENT, SCHEMA).write(disk, data);
    }

    @AfterEach
    void noThreadIsLeft() {
        await().atMost(SOON)
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith("wal-publication")));
    }

    private static SegmentView segment(LogId log, long first, long last, float weight) {
        SegmentEncoder encoder = new SegmentEncoder(log, 2, BatchHasher.bouncyCastle());
        for (long from = first; from <= last; from += 10) {
            encoder.beginBatch(from, 7_000 + from);
            for (long seq = from; seq <= Math.min(last, from + 9); seq++) {
                encoder.event(seq, 0, weight, seq);
            }
            encoder.endBatch();
        }
        return SegmentDecoder.decode(encoder.finish());
    }

    /** Appends and makes durable, as a receiver does, through an event. */
    private SegmentView append(LogId log, long through) throws IOException {
        LogAppender appender = appender(log, 0);
        SegmentView segment = segment(log, appender.position() + 1, through, 1);
        appender.append(segment, segment.firstSeq());
        durable.put(log, appender.sync());
        advances.tryEmitNext(log);
        return segment;
    }

    private LogAppender appender(LogId log, long position) {
        return appenders.computeIfAbsent(log, any -> {
            Path folder = DataLayout.log(data, log);
            folder.toFile().mkdir();
            return new LogAppender(disk, folder, log, 1_000, position, Optional.empty(), BatchHasher.fastest());
        });
    }

    private void prune(LogId log, long through) throws IOException {
        LogPruning.prune(disk, LogFile.list(disk, DataLayout.log(data, log), log), through, file -> true);
    }

    private DataPublication live() {
        return DataPublication.live(
                StoredData.in(data), log -> durable.getOrDefault(log, 0L), advances.asFlux(), log -> Optional.empty());
    }

    private static BatchMark mark(SegmentView segment, int batch) {
        int checksum = segment.checksumOffset(batch);
        return new BatchMark(
                segment.batch(batch).firstSeq(),
                segment.batch(batch).count(),
                Arrays.copyOfRange(segment.bytes(), checksum, checksum + BatchMark.CHECKSUM_BYTES));
    }

    private static BatchMark cut(SegmentView segment, int batch, long from) {
        byte[] bytes = SegmentEncoder.recut(segment, batch, from, BatchHasher.commonsCodec());
        return mark(
                SegmentDecoder.decode(new WalSegmentPayload(
                        new WalSegmentId(segment.log(), from), bytes, SegmentDecoder.countEvents(bytes))),
                0);
    }

    @Test
    void saysWhatThereIs() throws IOException {
        append(A, 200);
        prune(A, 100);
        DataPublication publication = live();

        assertThat(publication.isOrigin()).isFalse();
        assertThat(publication.logs()).containsExactly(A);
        assertThat(publication.head(A)).hasValue(200);
        assertThat(publication.earliest(A).getAsLong()).isBetween(1L, 101L);
        assertThat(publication.head(B)).isEmpty();
        assertThat(publication.earliest(B)).isEmpty();
        assertThat(publication.skips(A)).isEmpty();
        assertThat(publication.checkpoint(A)).isEmpty();
        assertThat(publication.marker())
                .hasValueSatisfying(bytes -> assertThat(bytes).isEqualTo(read(data.resolve(Marker.FILE))));
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aLogOfWhichOnlyACheckpointIsLeftCanBeSentFromThereOn() throws IOException {
        appender(A, 500);
        durable.put(A, 500L);

        assertThat(live().earliest(A)).hasValue(501);
        assertThat(live().head(A)).hasValue(500);
        assertThat(live().holds(A, mark(segment(A, 491, 500, 1), 0))).isEmpty();
    }

    @Test
    void everyBatchIsHeldAndEveryEndOfOneAndNoOther() throws IOException {
        SegmentView segment = append(A, 95);
        SegmentView other = segment(A, 1, 95, 2);
        DataPublication publication = live();
        for (int batch = 0; batch < segment.batchCount(); batch++) {
            assertThat(publication.holds(A, mark(segment, batch))).contains(true);
            assertThat(publication.holds(A, mark(other, batch))).contains(false);
            for (long from = segment.batch(batch).firstSeq();
                    from <= segment.batch(batch).lastSeq();
                    from++) {
                assertThat(publication.holds(A, cut(segment, batch, from))).contains(true);
                assertThat(publication.holds(A, cut(other, batch, from))).contains(false);
            }
        }
        assertThat(publication.holds(A, mark(segment(A, 5, 14, 1), 0)))
                .as("cut elsewhere")
                .contains(false);
        assertThat(publication.holds(A, mark(segment(A, 96, 99, 1), 0)))
                .as("beyond the head")
                .contains(false);
    }

    @Test
    void whatWasPrunedCannotBeTold() throws IOException {
        SegmentView first = append(A, 60);
        append(A, 120);
        append(A, 130);
        prune(A, 110);

        assertThat(live().earliest(A)).hasValue(61);
        assertThat(live().holds(A, mark(first, 5))).isEmpty();
        assertThat(live().holds(A, mark(segment(A, 111, 120, 1), 0))).contains(true);
    }

    @Test
    void theTailIsSentAsItBecomesDurableAndNotBefore() throws IOException {
        append(A, 20);
        try (DataPublication publication = live()) {
            List<WalSegmentPayload> sent = new CopyOnWriteArrayList<>();
            Transport follower = publication.follower(WIDE);
            Disposable subscription = follower.segments(Positions.NONE).subscribe(sent::add);
            await().atMost(SOON).until(() -> through(sent, A) == 20);

            LogAppender appender = appender(A, 0);
            appender.append(segment(A, 21, 40, 1), 21);
            advances.tryEmitNext(A);
            StepVerifier.create(follower.changes())
                    .expectSubscription()
                    .expectNoEvent(NOT_NOW)
                    .thenCancel()
                    .verify(SOON);
            assertThat(through(sent, A)).isEqualTo(20);

            durable.put(A, appender.sync());
            advances.tryEmitNext(A);
            await().atMost(SOON).until(() -> through(sent, A) == 40);
            append(B, 7);
            await().atMost(SOON).until(() -> through(sent, B) == 7);
            assertThat(follower.head(A)).hasValue(40);
            subscription.dispose();
        }
    }

    private static long through(List<WalSegmentPayload> sent, LogId log) {
        long through = 0;
        for (WalSegmentPayload segment : sent) {
            if (segment.log().equals(log)) {
                assertThat(segment.id().seqno()).isEqualTo(through + 1);
                through = SegmentDecoder.decode(segment).lastSeq();
            }
        }
        return through;
    }

    @Test
    void aBatchThatIsNotDurableInFullWaits() throws IOException {
        append(A, 30);
        durable.put(A, 25L);
        try (DataPublication publication = live()) {
            List<WalSegmentPayload> sent = new CopyOnWriteArrayList<>();
            Disposable subscription =
                    publication.follower(WIDE).segments(Positions.NONE).subscribe(sent::add);
            await().atMost(SOON).until(() -> through(sent, A) == 20);
            durable.put(A, 30L);
            advances.tryEmitNext(A);
            await().atMost(SOON).until(() -> through(sent, A) == 30);
            subscription.dispose();
        }
    }

    @Test
    void whatAFollowerMayNotReadIsNotSent() throws IOException {
        append(A, 10);
        append(B, 10);
        try (DataPublication publication = live()) {
            List<WalSegmentPayload> sent = new CopyOnWriteArrayList<>();
            Transport follower = publication.follower(new FollowerTerms(1 << 20, 1 << 20, B::equals));
            Disposable subscription = follower.segments(Positions.NONE).subscribe(sent::add);
            append(A, 20);
            append(B, 20);
            await().atMost(SOON).until(() -> through(sent, B) == 20);
            assertThat(sent).allMatch(segment -> segment.log().equals(B));
            assertThat(follower.head(A)).isEmpty();
            subscription.dispose();
        }
    }

    @Test
    void piecesAreNoLargerThanTheFollowerTakesAndABatchThatIsStopsItsLog() throws IOException {
        append(A, 100);
        append(B, 5); // a batch of 169 bytes
        try (DataPublication publication = live()) {
            List<WalSegmentPayload> sent = new CopyOnWriteArrayList<>();
            Transport follower = publication.follower(new FollowerTerms(1 << 20, 273, log -> true));
            Disposable subscription = follower.segments(Positions.NONE).subscribe(sent::add);
            await().atMost(SOON).until(() -> follower.trouble(A).isPresent() && through(sent, B) == 5);
            assertThat(through(sent, A)).isZero();
            assertThat(follower.trouble(A))
                    .hasValueSatisfying(
                            trouble -> assertThat(trouble.cause())
                                    .contains(
                                            "events 1..10 has 274 bytes, expected at most 273, the follower's maxSegmentBytes"));
            subscription.dispose();

            sent.clear();
            publication
                    .follower(new FollowerTerms(1 << 20, 600, A::equals))
                    .segments(Positions.NONE)
                    .doOnNext(sent::add)
                    .takeUntil(segment -> SegmentDecoder.decode(segment).lastSeq() == 100)
                    .blockLast(SOON);
            assertThat(sent).hasSize(5).allMatch(segment -> segment.bytes().length <= 600);
        }
    }

    @Test
    void whatWasPrunedIsToldAndTheLogGoesOnWhereTheFollowerAsks() throws IOException {
        append(A, 60);
        append(A, 120);
        append(A, 130);
        prune(A, 110);
        try (DataPublication publication = live()) {
            Transport follower = publication.follower(WIDE);
            List<WalSegmentPayload> sent = new CopyOnWriteArrayList<>();
            List<LogId> changes = new CopyOnWriteArrayList<>();
            Disposable watching = follower.changes().subscribe(changes::add);
            Disposable subscription = follower.segments(Positions.NONE).subscribe(sent::add);
            await().atMost(SOON).until(() -> follower.trouble(A).isPresent());
            LogTrouble trouble = follower.trouble(A).get();
            assertThat(trouble.state()).isEqualTo(LogState.PRUNED);
            assertThat(trouble.cause()).contains("event 1 is in no file; the next one that is there is 61");
            assertThat(changes).containsExactly(A);
            assertThat(sent).isEmpty();

            follower.acknowledge(A, 80); // bootstrapped meanwhile
            follower.request(A, 81);
            await().atMost(SOON)
                    .until(() -> !sent.isEmpty() && follower.trouble(A).isEmpty());
            assertThat(sent.get(0).id().seqno()).isEqualTo(81);
            subscription.dispose();
            watching.dispose();
        }
    }

    @Test
    void aHoleThatAnOperatorAcceptedIsPassedOver() throws IOException {
        append(A, 20);
        LogAppender appender = appender(A, 0);
        appender.skipTo(35);
        new Skips(List.of(new Skip(21, 35, Instant.EPOCH, "lost"))).write(disk, DataLayout.log(data, A));
        SegmentView behind = segment(A, 36, 40, 1);
        appender.append(behind, 36);
        durable.put(A, appender.sync());
        try (DataPublication publication = live()) {
            List<WalSegmentId> sent = publication
                    .follower(WIDE)
                    .segments(Positions.NONE)
                    .map(WalSegmentPayload::id)
                    .take(2)
                    .collectList()
                    .block(SOON);
            assertThat(sent).containsExactly(new WalSegmentId(A, 1), new WalSegmentId(A, 36));
            assertThat(publication.skips(A)).singleElement().satisfies(skip -> {
                assertThat(skip.from()).isEqualTo(21);
                assertThat(skip.through()).isEqualTo(35);
                assertThat(skip.reason()).isEqualTo("lost");
            });
            assertThat(publication.holds(A, mark(segment(A, 21, 30, 1), 0))).isEmpty();
        }
    }

    @Test
    void atRestAFluxCompletesIfItIsToEnd() throws IOException {
        append(A, 95);
        append(B, 10);
        appenders.get(A).seal();
        try (LockedData locked = LockedData.take(data);
                DataPublication publication = DataPublication.atRest(locked, true, log -> Optional.empty())) {
            assertThat(publication.head(A)).hasValue(95);
            assertThat(publication.head(B)).hasValue(10);
            List<WalSegmentPayload> sent = publication
                    .follower(WIDE)
                    .segments(() -> Map.of(A, 40L))
                    .filter(segment -> segment.log().equals(A))
                    .collectList()
                    .block(SOON);
            assertThat(sent.get(0).id().seqno()).isEqualTo(41);
            assertThat(sent.stream().mapToLong(WalSegmentPayload::eventCount).sum())
                    .isEqualTo(55);
        }
    }

    @Test
    void closingEndsFollowersAndThoseThatComeLater() throws IOException {
        append(A, 20);
        DataPublication publication = live();
        StepVerifier.create(publication.follower(WIDE).segments(Positions.NONE))
                .expectNextCount(1)
                .then(publication::close)
                .expectComplete()
                .verify(SOON);
        StepVerifier.create(publication.follower(WIDE).segments(Positions.NONE).then())
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void theNewestCheckpointThatIsWholeIsOffered() throws IOException {
        appender(A, 0);
        Path folder = DataLayout.log(data, A);
        for (int number = 1; number <= 3; number++) {
            try (CheckpointWriter writer =
                    CheckpointWriter.begin(disk, folder, A, 100L * number, number, Skips.NONE, Instant.EPOCH)) {
                writer.write(new byte[] {1, 2, 3}, 3);
                writer.finish();
            }
        }
        Path newest = folder.resolve("checkpoint-00000000000000000300-00000003.ckpt");
        byte[] bytes = Files.readAllBytes(newest);
        PublishedCheckpoint offered = live().checkpoint(A).get();
        assertThat(offered.name()).isEqualTo(newest.getFileName().toString());
        assertThat(offered.position()).isEqualTo(300);
        assertThat(offered.sizeBytes()).isEqualTo(bytes.length);
        for (int from : new int[] {0, 17, bytes.length}) {
            try (InputStream in = offered.content().open(from)) {
                assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(bytes, from, bytes.length));
            }
        }

        bytes[bytes.length / 2] ^= 1;
        Files.write(newest, bytes);
        assertThat(live().checkpoint(A).get().position()).isEqualTo(200);
    }

    @Test
    void manyFollowersEachAtItsOwnPace() throws IOException {
        append(A, 2_000);
        try (DataPublication publication = live()) {
            List<Long> events = Flux.range(1, 20)
                    .flatMap(
                            i -> {
                                Transport follower =
                                        publication.follower(new FollowerTerms(300L * i, 1 << 20, log -> true));
                                return follower.segments(Positions.NONE)
                                        .doOnNext(segment -> follower.acknowledge(A, segment.claimedLastSeq()))
                                        .map(WalSegmentPayload::claimedLastSeq)
                                        .takeUntil(last -> last == 2_000)
                                        .last();
                            },
                            20)
                    .collectList()
                    .block(SOON);
            assertThat(events).hasSize(20).containsOnly(2_000L);
        }
    }
}
