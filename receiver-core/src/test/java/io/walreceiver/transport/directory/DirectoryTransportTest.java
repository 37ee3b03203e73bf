package io.walreceiver.transport.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentEncoder;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.transport.Positions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

class DirectoryTransportTest {

    private static final LogId A = new LogId(1, 0);
    private static final LogId B = new LogId(1, 1);
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Duration NOT_NOW = Duration.ofMillis(50);
    /** Bytes of a segment of ten events in one batch. */
    private static final long TENS = 64 + 210;

    @TempDir
    Path directory;

    @AfterEach
    void noThreadIsLeft() {
        await().atMost(SOON)
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith("wal-directory")));
    }

    private static WalSegmentPayload segment(LogId log, long first, int events) {
        SegmentEncoder encoder = new SegmentEncoder(log, 2, BatchHasher.bouncyCastle());
        encoder.beginBatch(first, 1);
        for (int i = 0; i < events; i++) {
            encoder.event(i, 0, 1, 1);
        }
        encoder.endBatch();
        return encoder.finish();
    }

    private Path file(LogId log, long first) {
        return directory.resolve(new WalSegmentId(log, first).fileName());
    }

    private void write(LogId log, long first, int events) {
        move(segment(log, first, events).bytes(), file(log, first));
    }

    private void tens(LogId log, long... firsts) {
        for (long first : firsts) {
            write(log, first, 10);
        }
    }

    private static void move(byte[] bytes, Path to) {
        try {
            Path temporary = to.resolveSibling(to.getFileName() + ".tmp");
            Files.write(temporary, bytes);
            Files.move(temporary, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Flux<String> ids(DirectoryTransport transport, Positions positions) {
        return transport.segments(positions).map(segment -> segment.id().toString());
    }

    private DirectoryTransport following() {
        return DirectoryTransport.builder()
                .directory(directory)
                .follow(true)
                .rescanInterval(Duration.ofMillis(20))
                .build();
    }

    @Test
    void filesComeInLogOrderAndLogsInTurns() {
        tens(A, 1, 11, 21);
        tens(B, 1, 11);
        StepVerifier.create(ids(DirectoryTransport.of(directory), Positions.NONE))
                .expectNext("1:0:1", "1:1:1", "1:0:11", "1:1:11", "1:0:21")
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void theOrderIsThatOfTheNumbersNotOfTheNames() {
        move(segment(new LogId(0, 0), 1, 10).bytes(), directory.resolve("wal-00000000000000000001.seg"));
        move(segment(new LogId(0, 0), 11, 10).bytes(), directory.resolve("wal-00000-00000-00000000000000000011.seg"));
        move(segment(new LogId(0, 0), 21, 10).bytes(), directory.resolve("wal-00000000000000000021.seg"));
        StepVerifier.create(ids(DirectoryTransport.of(directory), Positions.NONE))
                .expectNext("0:0:1", "0:0:11", "0:0:21")
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void realSegmentsArriveAsTheyAreWithTheirCount() {
        Path wal = Path.of(System.getProperty("vectors"), "generated", "wal");
        StepVerifier.create(DirectoryTransport.of(wal)
                        .segments(Positions.NONE)
                        .doOnNext(segment ->
                                assertThat(wal.resolve(segment.id().fileName())).hasBinaryContent(segment.bytes()))
                        .reduce(0L, (sum, segment) -> sum + segment.eventCount()))
                .expectNext(27_687L)
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void otherNamesAreNeverRead() throws IOException {
        tens(A, 1);
        String name = new WalSegmentId(A, 11).fileName();
        for (String other : new String[] {name + ".open", name + ".tmp", "." + name, "x" + name, "README"}) {
            Files.write(directory.resolve(other), segment(A, 11, 10).bytes());
        }
        Files.createDirectory(directory.resolve(new WalSegmentId(A, 21).fileName()));
        StepVerifier.create(ids(DirectoryTransport.of(directory), Positions.NONE))
                .expectNext("1:0:1")
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void anEmptyDirectoryCompletes() {
        StepVerifier.create(DirectoryTransport.of(directory).segments(Positions.NONE))
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void aMissingDirectoryIsAnErrorThatSaysWhatToDo() {
        Path missing = directory.resolve("missing");
        for (boolean follow : new boolean[] {false, true}) {
            StepVerifier.create(DirectoryTransport.builder()
                            .directory(missing)
                            .follow(follow)
                            .build()
                            .segments(Positions.NONE))
                    .expectErrorSatisfies(error -> assertThat(error)
                            .isInstanceOf(SegmentReadException.class)
                            .hasMessage(
                                    "segment directory " + missing + ": expected a readable directory, found nothing"
                                            + " by that name; create it or correct the path or its permissions, then subscribe"
                                            + " again"))
                    .verify(SOON);
        }
    }

    @Test
    void aFileInPlaceOfADirectoryIsAnError() throws IOException {
        Path path = Files.createFile(directory.resolve("x"));
        StepVerifier.create(DirectoryTransport.of(path).segments(Positions.NONE))
                .expectErrorSatisfies(error -> assertThat(error).hasMessageContaining("found a file"))
                .verify(SOON);
    }

    @Test
    void whatThePositionsCoverIsSkipped() {
        tens(A, 1, 11, 21, 31);
        for (long position = 0; position <= 45; position++) {
            long through = position;
            assertThat(ids(DirectoryTransport.of(directory), () -> Map.of(A, through))
                            .count()
                            .block(SOON))
                    .as("position %s", position)
                    .isEqualTo(Math.max(0, 4 - position / 10));
        }
    }

    @Test
    void aSkippedFileMayHoldAnything() {
        tens(A, 11);
        move(new byte[(int) TENS], file(A, 1));
        StepVerifier.create(ids(DirectoryTransport.of(directory), () -> Map.of(A, 10L)))
                .expectNext("1:0:11")
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void anOverlappingFileIsReadThoughItsSuccessorStartsEarly() {
        write(A, 1, 60);
        tens(A, 11, 21);
        StepVerifier.create(ids(DirectoryTransport.of(directory), () -> Map.of(A, 30L)))
                .expectNext("1:0:1")
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void aLastFileThatIsCutShortIsNotTakenForCovered() throws IOException {
        tens(A, 1);
        write(A, 11, 50);
        byte[] whole = Files.readAllBytes(file(A, 11));
        move(Arrays.copyOf(whole, 100), file(A, 11));
        StepVerifier.create(ids(DirectoryTransport.of(directory), () -> Map.of(A, 20L)))
                .expectNext("1:0:11")
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void severalDirectoriesAreOneOrderAndCopiesFollowEachOther() throws IOException {
        Path second = Files.createDirectory(directory.resolve("second"));
        tens(A, 1, 21);
        move(segment(A, 11, 10).bytes(), second.resolve(new WalSegmentId(A, 11).fileName()));
        move(segment(A, 21, 10).bytes(), second.resolve(new WalSegmentId(A, 21).fileName()));
        StepVerifier.create(ids(DirectoryTransport.of(directory, second), Positions.NONE))
                .expectNext("1:0:1", "1:0:11", "1:0:21", "1:0:21")
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void demandIsHonouredAndFilesAreReadOnlyThen() throws IOException {
        tens(A, 1, 11, 21);
        StepVerifier.create(ids(DirectoryTransport.of(directory), Positions.NONE), 0)
                .expectSubscription()
                .expectNoEvent(NOT_NOW)
                .thenRequest(1)
                .expectNext("1:0:1")
                .expectNoEvent(NOT_NOW)
                .then(() -> move(new byte[] {7}, file(A, 21)))
                .thenRequest(1)
                .expectNext("1:0:11")
                .thenCancel()
                .verify(SOON);
    }

    @Test
    void aLogAtItsWindowWaitsForAcknowledgementsAndStopsNoOther() {
        tens(A, 1, 11, 21, 31);
        tens(B, 1, 11, 21, 31);
        DirectoryTransport transport = DirectoryTransport.builder()
                .directory(directory)
                .windowBytesPerLog(2 * TENS)
                .build();
        StepVerifier.create(ids(transport, Positions.NONE))
                .expectNext("1:0:1", "1:1:1", "1:0:11", "1:1:11")
                .expectNoEvent(NOT_NOW)
                .then(() -> transport.acknowledge(B, 20))
                .expectNext("1:1:21", "1:1:31")
                .then(() -> transport.acknowledge(B, 20))
                .then(() -> transport.acknowledge(B, 5))
                .expectNoEvent(NOT_NOW)
                .then(() -> transport.acknowledge(A, 19))
                .expectNext("1:0:21")
                .expectNoEvent(NOT_NOW)
                .then(() -> transport.acknowledge(A, 20))
                .expectNext("1:0:31")
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void aSegmentLargerThanTheWindowGoesAlone() {
        tens(A, 1, 11);
        DirectoryTransport transport = DirectoryTransport.builder()
                .directory(directory)
                .windowBytesPerLog(1)
                .build();
        StepVerifier.create(ids(transport, Positions.NONE))
                .expectNext("1:0:1")
                .expectNoEvent(NOT_NOW)
                .then(() -> transport.acknowledge(A, 10))
                .expectNext("1:0:11")
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void whatWasLetGoIsSentAgainBeforeTheEnd() {
        tens(A, 1, 11, 21, 31);
        DirectoryTransport transport = DirectoryTransport.of(directory);
        StepVerifier.create(ids(transport, Positions.NONE), 3)
                .expectNext("1:0:1", "1:0:11", "1:0:21")
                .then(() -> transport.hold(A, 11))
                .thenRequest(Long.MAX_VALUE)
                .expectNoEvent(NOT_NOW)
                .then(() -> transport.request(A, 15))
                .expectNext("1:0:11", "1:0:21", "1:0:31")
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void aRequestThatCannotHelpEndsTheLogInsteadOfGoingRoundForEver() {
        tens(A, 1, 21, 31); // 11..20 is not there
        DirectoryTransport transport = DirectoryTransport.of(directory);
        StepVerifier.create(ids(transport, Positions.NONE), 2)
                .expectNext("1:0:1", "1:0:21")
                .then(() -> transport.hold(A, 31))
                .then(() -> transport.request(A, 11))
                .then(() -> transport.hold(A, 31))
                .then(() -> transport.request(A, 11))
                .thenRequest(10)
                .thenConsumeWhile(id -> true)
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void aCorruptFileThatWasReplacedIsSentAgainOnRequest() throws IOException {
        tens(A, 1, 21);
        byte[] good = segment(A, 11, 10).bytes();
        byte[] bad = good.clone();
        bad[100] ^= 1;
        move(bad, file(A, 11));
        DirectoryTransport transport = DirectoryTransport.builder()
                .directory(directory)
                .windowBytesPerLog(TENS)
                .build();
        StepVerifier.create(transport.segments(Positions.NONE))
                .assertNext(first -> assertThat(first.id().seqno()).isEqualTo(1))
                .then(() -> transport.acknowledge(A, 10))
                .assertNext(corrupt -> assertThat(corrupt.bytes()).isEqualTo(bad))
                .then(() -> move(good, file(A, 11)))
                .then(() -> transport.request(A, 11))
                .assertNext(healed -> assertThat(healed.bytes()).isEqualTo(good))
                .then(() -> transport.acknowledge(A, 20))
                .assertNext(last -> assertThat(last.id().seqno()).isEqualTo(21))
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void aFileThatVanishedStopsItsLogAndIsReportedAtTheEnd() {
        tens(A, 1, 11, 21);
        tens(B, 1, 11, 21);
        StepVerifier.create(ids(DirectoryTransport.of(directory), Positions.NONE), 2)
                .expectNext("1:0:1", "1:1:1")
                .then(() -> assertThat(file(A, 11).toFile().delete()).isTrue())
                .thenRequest(10)
                .expectNext("1:1:11", "1:1:21")
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(SegmentReadException.class)
                        .hasMessageContaining(file(A, 11).toString())
                        .hasMessageContaining("vanished")
                        .hasMessageContaining("expected segment 1:0:11 (274 bytes when it was listed)")
                        .hasMessageContaining("put it back")
                        .extracting(e -> ((SegmentReadException) e).path())
                        .isEqualTo(file(A, 11)))
                .verify(SOON);
    }

    @Test
    void aFileThatCannotBeReadIsReportedAtTheEnd() {
        tens(A, 1, 11);
        StepVerifier.create(ids(DirectoryTransport.of(directory), Positions.NONE), 1)
                .expectNext("1:0:1")
                .then(() -> {
                    try {
                        Files.delete(file(A, 11));
                        Files.createDirectory(file(A, 11));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .thenRequest(10)
                .expectErrorSatisfies(error -> assertThat(error)
                        .hasMessageContaining(file(A, 11) + ": cannot be read")
                        .hasMessageContaining("make it readable"))
                .verify(SOON);
    }

    @Test
    void aDirectoryThatVanishesWhileItIsFollowedIsAnError() throws IOException {
        Path inbox = Files.createDirectory(directory.resolve("inbox"));
        DirectoryTransport transport = DirectoryTransport.builder()
                .directory(inbox)
                .follow(true)
                .rescanInterval(Duration.ofMillis(20))
                .build();
        StepVerifier.create(transport.segments(Positions.NONE))
                .expectSubscription()
                .expectNoEvent(NOT_NOW)
                .then(() -> assertThat(inbox.toFile().delete()).isTrue())
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(SegmentReadException.class)
                        .hasMessageContaining("segment directory " + inbox))
                .verify(SOON);
    }

    @Test
    void aFileThatIsTooLargeIsNotRead() {
        tens(A, 1);
        write(A, 11, 11);
        tens(B, 1);
        DirectoryTransport transport = DirectoryTransport.builder()
                .directory(directory)
                .maxSegmentBytes((int) TENS)
                .build();
        StepVerifier.create(ids(transport, Positions.NONE))
                .expectNext("1:0:1", "1:1:1")
                .expectErrorSatisfies(error -> assertThat(error)
                        .hasMessageContaining(file(A, 11).toString())
                        .hasMessageContaining("expected at most 274 bytes (maxSegmentBytes), found 295"))
                .verify(SOON);
    }

    @Test
    void everyFileThatFailedIsNamed() {
        tens(A, 1);
        tens(B, 1);
        DirectoryTransport transport = DirectoryTransport.builder()
                .directory(directory)
                .maxSegmentBytes(100)
                .build();
        StepVerifier.create(ids(transport, Positions.NONE))
                .expectErrorSatisfies(error -> assertThat(error.getSuppressed()).hasSize(1))
                .verify(SOON);
    }

    @Test
    void headIsKnownOnceTheLastFileWasRead() {
        tens(A, 1, 11);
        DirectoryTransport transport = DirectoryTransport.of(directory);
        StepVerifier.create(ids(transport, Positions.NONE), 1)
                .expectNext("1:0:1")
                .then(() -> assertThat(transport.head(A)).isEmpty())
                .thenRequest(1)
                .expectNext("1:0:11")
                .expectComplete()
                .verify(SOON);
        assertThat(transport.head(A)).hasValue(20);
        assertThat(transport.head(B)).isEmpty();
    }

    @Test
    void followingFindsWhatIsRenamedIntoPlaceAndNothingElse() {
        tens(A, 1);
        StepVerifier.create(ids(following(), Positions.NONE))
                .expectNext("1:0:1")
                .then(() -> tens(A, 11))
                .expectNext("1:0:11")
                .then(() -> tens(B, 1))
                .expectNext("1:1:1")
                .then(() -> {
                    try {
                        Files.write(directory.resolve(new WalSegmentId(A, 21).fileName() + ".open"), new byte[100]);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .expectNoEvent(Duration.ofMillis(100))
                .then(() -> tens(A, 21))
                .expectNext("1:0:21")
                .thenCancel()
                .verify(SOON);
    }

    /** While a directory is listed two files are written, of which the listing has the later one alone. */
    @Test
    void whatIsWrittenWhileADirectoryIsListedComesInOrderToo() {
        AtomicBoolean written = new AtomicBoolean();
        DirectoryTransport transport = DirectoryTransport.builder()
                .directory(directory)
                .follow(true)
                .rescanInterval(Duration.ofMillis(20))
                .logs(log -> {
                    if (written.compareAndSet(false, true)) {
                        tens(A, 1, 11, 31);
                    }
                    return true;
                })
                .build();
        tens(A, 21);
        StepVerifier.create(ids(transport, Positions.NONE))
                .expectNext("1:0:1", "1:0:11", "1:0:21", "1:0:31")
                .thenCancel()
                .verify(SOON);
    }

    @Test
    void followingFindsFilesByRescanAloneInVirtualTime() {
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        DirectoryTransport transport = DirectoryTransport.builder()
                .directory(directory)
                .follow(true)
                .scheduler(time)
                .rescanInterval(Duration.ofHours(1))
                .build();
        ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
        Disposable run = ids(transport, Positions.NONE).subscribe(seen::add);
        await().atMost(SOON).until(() -> time.getScheduledTaskCount() > 0);
        tens(A, 1);
        time.advanceTimeBy(Duration.ofHours(1));
        await().atMost(SOON).until(() -> seen.contains("1:0:1"));
        run.dispose();
        time.dispose();
    }

    @Test
    void followingFillsAGapAndHealsAReplacedFileUnasked() {
        byte[] good = segment(A, 11, 10).bytes();
        byte[] bad = good.clone();
        bad[100] ^= 1;
        tens(A, 1, 31);
        move(bad, file(A, 11));
        DirectoryTransport transport = following();
        StepVerifier.create(ids(transport, Positions.NONE))
                .expectNext("1:0:1", "1:0:11", "1:0:31")
                .then(() -> transport.acknowledge(A, 10))
                .then(() -> tens(A, 21))
                .expectNext("1:0:21")
                .then(() -> move(good, file(A, 11)))
                .expectNext("1:0:11")
                .expectNoEvent(NOT_NOW)
                .thenCancel()
                .verify(SOON);
    }

    @Test
    void followingTriesAnUnreadableFileAgain() {
        tens(A, 1);
        write(A, 11, 11);
        DirectoryTransport transport = DirectoryTransport.builder()
                .directory(directory)
                .follow(true)
                .rescanInterval(Duration.ofMillis(20))
                .maxSegmentBytes((int) TENS)
                .build();
        StepVerifier.create(ids(transport, Positions.NONE))
                .expectNext("1:0:1")
                .expectNoEvent(NOT_NOW)
                .then(() -> tens(A, 11))
                .expectNext("1:0:11")
                .thenCancel()
                .verify(SOON);
    }

    @Test
    void cancellingAnywhereLeavesNoThreadAndLosesNothing() {
        for (long first = 1; first < 1000; first += 10) {
            tens(A, first);
        }
        DirectoryTransport transport = DirectoryTransport.of(directory);
        AtomicLong position = new AtomicLong();
        for (int round = 0; position.get() < 1000; round++) {
            transport
                    .segments(() -> Map.of(A, position.get()))
                    .take(1 + round % 7)
                    .doOnNext(segment -> assertThat(segment.id().seqno()).isEqualTo(position.getAndAdd(10) + 1))
                    .blockLast(SOON);
        }
        StepVerifier.create(transport.segments(() -> Map.of(A, 1000L)))
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void cancellingAtAnyTimeLeavesNoThread() {
        tens(A, 1, 11, 21);
        DirectoryTransport transport = following();
        for (int i = 0; i < 100; i++) {
            Disposable run = transport.segments(Positions.NONE).subscribe();
            for (int spin = 0; spin < i * 1000; spin++) {
                Thread.onSpinWait();
            }
            run.dispose();
        }
    }

    @Test
    void nothingIsReadOnTheThreadOfTheSubscriber() {
        tens(A, 1, 11);
        ConcurrentLinkedQueue<String> threads = new ConcurrentLinkedQueue<>();
        DirectoryTransport.of(directory)
                .segments(() -> {
                    threads.add(Thread.currentThread().getName());
                    return Map.of();
                })
                .doOnNext(segment -> threads.add(Thread.currentThread().getName()))
                .subscribeOn(Schedulers.parallel())
                .blockLast(SOON);
        assertThat(threads).hasSize(3).allMatch(name -> name.startsWith("wal-directory-read-"));
    }

    @Test
    void aSecondSubscriberIsRefused() {
        DirectoryTransport transport = following();
        Disposable run = transport.segments(Positions.NONE).subscribe();
        StepVerifier.create(transport.segments(Positions.NONE))
                .expectErrorSatisfies(error -> assertThat(error).hasMessageContaining("it has a subscriber"))
                .verify(SOON);
        run.dispose();
    }

    @Test
    void callsWithoutASubscriptionDoNothing() {
        DirectoryTransport transport = DirectoryTransport.of(directory);
        transport.acknowledge(A, 1);
        transport.hold(A, 1);
        transport.request(A, 1);
        assertThat(transport.canSendAgain()).isTrue();
    }

    @Test
    void optionsAreChecked() {
        assertThatThrownBy(() -> DirectoryTransport.builder().build())
                .hasMessage("directory: expected at least one, found none");
        assertThatThrownBy(() -> DirectoryTransport.builder()
                        .directory(directory)
                        .windowBytesPerLog(0)
                        .build())
                .hasMessage("windowBytesPerLog: expected 1 or more, found 0");
        assertThatThrownBy(() -> DirectoryTransport.builder()
                        .directory(directory)
                        .maxSegmentBytes(0)
                        .build())
                .hasMessageContaining("maxSegmentBytes");
        assertThatThrownBy(() -> DirectoryTransport.builder()
                        .directory(directory)
                        .rescanInterval(Duration.ZERO)
                        .build())
                .hasMessageContaining("rescanInterval");
    }
}
