package io.walreceiver.transport.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.format.BatchMark;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentDecoder;
import io.walreceiver.format.SegmentEncoder;
import io.walreceiver.format.SegmentView;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.transport.LeaderEpoch;
import io.walreceiver.transport.Positions;
import io.walreceiver.transport.publication.FollowerTerms;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryPublicationTest {

    private static final LogId A = new LogId(1, 0);
    private static final LogId B = new LogId(1, 1);
    private static final Duration SOON = Duration.ofMinutes(1);

    @TempDir
    Path directory;

    @AfterEach
    void noThreadIsLeft() {
        await().atMost(SOON)
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith("wal-directory")));
    }

    /** Batches of ten events; the weight says whose history it is. */
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

    private SegmentView write(LogId log, long first, long last) throws IOException {
        SegmentView segment = segment(log, first, last, 1);
        Files.write(directory.resolve(segment.id().fileName()), segment.bytes());
        return segment;
    }

    private static BatchMark mark(SegmentView segment, int batch) {
        int checksum = segment.checksumOffset(batch);
        return new BatchMark(
                segment.batch(batch).firstSeq(),
                segment.batch(batch).count(),
                Arrays.copyOfRange(segment.bytes(), checksum, checksum + BatchMark.CHECKSUM_BYTES));
    }

    /** As a follower holds a batch of which it had the first events before. */
    private static BatchMark cut(SegmentView segment, int batch, long from) {
        byte[] bytes = SegmentEncoder.recut(segment, batch, from, BatchHasher.commonsCodec());
        return mark(
                SegmentDecoder.decode(new WalSegmentPayload(
                        new WalSegmentId(segment.log(), from), bytes, SegmentDecoder.countEvents(bytes))),
                0);
    }

    private DirectoryPublication publication() throws IOException {
        return DirectoryPublication.builder(directory).build();
    }

    @Test
    void saysWhereLogsBeginAndEnd() throws IOException {
        write(A, 21, 50);
        write(A, 51, 63);
        write(B, 1, 7);
        Files.writeString(directory.resolve("notes.txt"), "no log");

        DirectoryPublication publication = publication();

        assertThat(publication.isOrigin()).isTrue();
        assertThat(publication.logs()).containsExactlyInAnyOrder(A, B);
        assertThat(publication.earliest(A)).hasValue(21);
        assertThat(publication.head(A)).hasValue(63);
        assertThat(publication.earliest(B)).hasValue(1);
        assertThat(publication.head(B)).hasValue(7);
        assertThat(publication.earliest(new LogId(9, 9))).isEmpty();
        assertThat(publication.head(new LogId(9, 9))).isEmpty();
        assertThat(publication.epoch(A)).isEmpty();
        assertThat(publication.skips(A)).isEmpty();
        assertThat(publication.checkpoint(A)).isEmpty();
    }

    @Test
    void headGrowsWithTheDirectoryThoughNobodyAsksForAnythingElse() throws IOException {
        write(A, 1, 10);
        DirectoryPublication publication = publication();
        assertThat(publication.head(A)).hasValue(10);

        write(A, 11, 30);

        await().atMost(SOON).untilAsserted(() -> assertThat(publication.head(A)).hasValue(30));
    }

    @Test
    void headOfATornFileIsItsLastWholeBatch() throws IOException {
        SegmentView whole = write(A, 1, 30);
        byte[] torn = Arrays.copyOf(whole.bytes(), whole.sizeBytes() - 1);
        Files.write(directory.resolve(whole.id().fileName()), torn);

        assertThat(publication().head(A)).hasValue(20);
    }

    @Test
    void headOfAFileOfManyBatchesIsItsLast() throws IOException {
        write(A, 1, 12_345);

        assertThat(publication().head(A)).hasValue(12_345);
    }

    @Test
    void everyBatchIsHeldAndEveryEndOfOne() throws IOException {
        for (SegmentView segment : List.of(write(A, 1, 40), write(A, 41, 75))) {
            DirectoryPublication publication = publication();
            for (int batch = 0; batch < segment.batchCount(); batch++) {
                assertThat(publication.holds(A, mark(segment, batch))).contains(true);
                for (long from = segment.batch(batch).firstSeq();
                        from <= segment.batch(batch).lastSeq();
                        from++) {
                    assertThat(publication.holds(A, cut(segment, batch, from))).contains(true);
                }
            }
        }
    }

    @Test
    void anotherHistoryIsNotHeld() throws IOException {
        write(A, 1, 40);
        SegmentView other = segment(A, 1, 40, 2);
        DirectoryPublication publication = publication();

        for (int batch = 0; batch < other.batchCount(); batch++) {
            assertThat(publication.holds(A, mark(other, batch))).contains(false);
            assertThat(publication.holds(A, cut(other, batch, 10 * batch + 4))).contains(false);
        }
        assertThat(publication.holds(A, mark(segment(A, 1, 8, 1), 0)))
                .as("the first events of a batch are no batch")
                .contains(false);
        assertThat(publication.holds(A, mark(segment(A, 5, 14, 1), 0)))
                .as("cut elsewhere")
                .contains(false);
    }

    @Test
    void aTailThatTheLeaderLostIsNotHeld() throws IOException {
        write(A, 1, 40);

        assertThat(publication().holds(A, mark(segment(A, 41, 50, 1), 0))).contains(false);
    }

    @Test
    void whatWasPrunedCannotBeTold() throws IOException {
        write(A, 41, 80);
        DirectoryPublication publication = publication();

        assertThat(publication.holds(A, mark(segment(A, 31, 40, 1), 0))).isEmpty();
        assertThat(publication.holds(A, mark(segment(A, 1, 10, 2), 0))).isEmpty();
    }

    @Test
    void whatHasJustComeIsHeld() throws IOException {
        DirectoryPublication publication = publication();
        for (long first = 1; first < 200; first += 10) {
            SegmentView segment = write(A, first, first + 9);
            assertThat(publication.holds(A, mark(segment, 0))).contains(true);
        }
    }

    @Test
    void oneOfTwoFilesThatOverlapIsEnough() throws IOException {
        SegmentView one = write(A, 1, 40);
        SegmentView other = write(A, 15, 44);
        DirectoryPublication publication = publication();

        assertThat(publication.holds(A, mark(one, 2))).contains(true);
        assertThat(publication.holds(A, mark(other, 1))).contains(true);
        assertThat(publication.holds(A, mark(segment(A, 25, 34, 3), 0))).contains(false);
    }

    @Test
    void aCorruptBatchTellsNothing() throws IOException {
        SegmentView whole = write(A, 1, 40);
        byte[] bytes = whole.bytes().clone();
        bytes[whole.batchOffset(2) + 70] ^= 4;
        Path file = directory.resolve(whole.id().fileName());
        Files.write(file, bytes);
        DirectoryPublication publication = publication();

        assertThat(publication.holds(A, mark(whole, 1))).contains(true);
        assertThat(publication.holds(A, mark(whole, 3))).contains(true);
        assertThatThrownBy(() -> publication.holds(A, mark(whole, 2)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("events 21..30")
                .hasMessageContaining("put an intact copy there");

        bytes[whole.batchOffset(2)] ^= 4;
        Files.write(file, bytes);
        assertThatThrownBy(() -> publication.holds(A, mark(whole, 3)))
                .hasMessageContaining("expected a batch from event 21 at byte " + whole.batchOffset(2));
    }

    @Test
    void theEpochIsReadFromTheDirectory() throws IOException {
        write(A, 1, 10);
        Path file = directory.resolve("leader-epoch");
        Files.writeString(file, "# taken over after the fire\nepoch 7\n\nlog 1:0 start 12000\n");
        DirectoryPublication publication = publication();

        assertThat(publication.epoch(A)).contains(new LeaderEpoch(7, 12_000));
        assertThat(publication.epoch(B)).contains(new LeaderEpoch(7, 0));

        Files.writeString(file, "epoch 8\nlog 1:0 start 13000\n");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(publication.epoch(A)).contains(new LeaderEpoch(8, 13_000)));
    }

    @Test
    void anEpochThatIsGivenIsNotLookedFor() throws IOException {
        Files.writeString(directory.resolve("leader-epoch"), "nonsense");
        DirectoryPublication publication = DirectoryPublication.builder(directory)
                .epoch(new LeaderEpoch(3, 0))
                .epoch(B, new LeaderEpoch(4, 17))
                .build();

        assertThat(publication.epoch(A)).contains(new LeaderEpoch(3, 0));
        assertThat(publication.epoch(B)).contains(new LeaderEpoch(4, 17));
    }

    @Test
    void anEpochFileThatCannotBeReadSaysWhatToDo() throws IOException {
        Path file = directory.resolve("leader-epoch");
        for (String text : List.of(
                "",
                "epoch",
                "epoch 0",
                "epoch x",
                "log 1:0 start 4",
                "epoch 7\nlog 1-0 start 4",
                "epoch 7\nlog 1:0 start -1",
                "epoch 7\nepoch 8",
                "epoch 7\nlog 1:0 begin 4")) {
            Files.writeString(file, text);
            assertThatThrownBy(this::publication)
                    .as(text)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(file + ", line ")
                    .hasMessageContaining("expected 'epoch NUMBER'")
                    .hasMessageContaining("correct the file, or remove it");
        }
    }

    @Test
    void aDirectoryThatIsMissingSaysSo() {
        assertThatThrownBy(() -> DirectoryPublication.builder(directory.resolve("nowhere"))
                        .build())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("found nothing by that name");
    }

    @Test
    void aFollowerIsSentWhatItWantsAndNothingElse() throws IOException {
        SegmentView one = write(A, 1, 20);
        SegmentView two = write(A, 21, 30);
        write(B, 1, 10);
        DirectoryPublication publication =
                DirectoryPublication.builder(directory).follow(false).build();

        List<WalSegmentId> sent = publication
                .follower(new FollowerTerms(1 << 20, 1 << 20, A::equals))
                .segments(Positions.NONE)
                .map(WalSegmentPayload::id)
                .collectList()
                .block(SOON);

        assertThat(sent).isEqualTo(Stream.of(one, two).map(SegmentView::id).toList());
    }

    @Test
    void aFollowerIsSentWhatComesLater() throws IOException {
        write(A, 1, 20);
        DirectoryPublication publication = publication();

        publication
                .follower(new FollowerTerms(1 << 20, 1 << 20, log -> true))
                .segments(Positions.NONE)
                .doOnNext(segment -> {
                    if (segment.log().equals(A)) {
                        writeUnchecked();
                    }
                })
                .filter(segment -> segment.log().equals(B))
                .blockFirst(SOON);
        await().atMost(SOON).untilAsserted(() -> assertThat(publication.logs()).contains(B));
        assertThat(publication.holds(B, mark(segment(B, 1, 10, 1), 0))).isEqualTo(Optional.of(true));
        assertThat(publication.earliest(B)).isEqualTo(OptionalLong.of(1));
    }

    private void writeUnchecked() {
        try {
            SegmentView segment = segment(B, 1, 10, 1);
            Path temporary = directory.resolve("b.tmp");
            Files.write(temporary, segment.bytes());
            Files.move(temporary, directory.resolve(segment.id().fileName()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
