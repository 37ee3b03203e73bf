package io.walreceiver.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walreceiver.ReceiverOptions;
import io.walreceiver.SegmentReceiver;
import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.directory.DirectoryTransport;
import io.walreceiver.transport.inprocess.InProcessLeader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/** A receiver behind each transport: whatever is sent, each event is applied once and in order, or its log ends before it. */
class ReceiverOverTransportsTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final SignalSchema SCHEMA = SignalSchema.of(IntStream.range(0, 4)
            .mapToObj(type -> SignalType.permanent(type, "type" + type))
            .toList());
    /** Room for so little that segments are let go all the time. */
    private static final ReceiverOptions TIGHT = ReceiverOptions.builder()
            .maxSegmentBytes(4_096)
            .maxInFlightBytes(12_288)
            .maxHeldBytesPerLog(2_048)
            .patience(Duration.ofMillis(5))
            .minResendDelay(Duration.ofMillis(5))
            .maxResendDelay(Duration.ofMillis(50))
            .build();

    @TempDir
    Path directory;

    private final RecordingLedger ledger = RecordingLedger.create();
    private final Map<LogId, Segments> logs = new LinkedHashMap<>();

    private List<List<WalSegmentPayload>> write(int count, int segments) {
        List<List<WalSegmentPayload>> written = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Segments log = Segments.of(new LogId(1, i)).seed(i);
            logs.put(new LogId(1, i), log);
            written.add(log.next(segments, 20));
        }
        return written;
    }

    private void put(WalSegmentPayload segment) {
        try {
            Path file = directory.resolve(segment.id().fileName());
            Path temporary = directory.resolve(file.getFileName() + ".tmp");
            Files.write(temporary, segment.bytes());
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void receiveAll(Transport transport) {
        SegmentReceiver.create(transport, ledger, SCHEMA, TIGHT)
                .receive()
                .then()
                .block(SOON);
    }

    private void assertEverythingApplied() {
        logs.forEach((id, log) -> assertThat(ledger.events(id)).isEqualTo(log.events()));
    }

    @Test
    void aDirectoryLargerThanTheRoomIsAppliedInFull() {
        write(5, 60).forEach(log -> log.forEach(this::put));
        receiveAll(DirectoryTransport.of(directory));
        assertEverythingApplied();
    }

    @Test
    void aCorruptFileEndsItsLogAndNoOther() {
        List<List<WalSegmentPayload>> written = write(3, 60);
        written.forEach(log -> log.forEach(this::put));
        put(Segments.corrupt(written.get(1).get(20)));
        receiveAll(DirectoryTransport.of(directory));
        assertThat(ledger.position(new LogId(1, 1))).isEqualTo(20 * 20);
        logs.remove(new LogId(1, 1));
        assertEverythingApplied();
    }

    @Test
    void aMissingFileEndsItsLogAndNoOther() throws IOException {
        List<List<WalSegmentPayload>> written = write(3, 60);
        written.forEach(log -> log.forEach(this::put));
        Files.delete(directory.resolve(written.get(2).get(30).id().fileName()));
        receiveAll(DirectoryTransport.of(directory));
        assertThat(ledger.position(new LogId(1, 2))).isEqualTo(30 * 20);
        logs.remove(new LogId(1, 2));
        assertEverythingApplied();
    }

    @Test
    void aDirectoryThatIsFollowedHealsAndFills() {
        List<List<WalSegmentPayload>> written = write(2, 30);
        List<WalSegmentPayload> first = written.get(0);
        List<WalSegmentPayload> second = written.get(1);
        first.forEach(this::put);
        put(Segments.corrupt(first.get(7)));
        second.subList(0, 10).forEach(this::put);
        second.subList(15, 30).forEach(this::put);
        DirectoryTransport transport = DirectoryTransport.builder()
                .directory(directory)
                .follow(true)
                .rescanInterval(Duration.ofMillis(20))
                .build();
        SegmentReceiver receiver = SegmentReceiver.create(transport, ledger, SCHEMA, TIGHT);
        Disposable run = receiver.receive().subscribe();
        await().atMost(SOON).until(() -> ledger.position(first.get(0).log()) == 7 * 20);
        await().atMost(SOON).until(() -> ledger.position(second.get(0).log()) == 10 * 20);
        put(first.get(7));
        second.subList(10, 15).forEach(this::put);
        receiver.awaitApplied(first.get(0).log(), 600, SOON).block();
        receiver.awaitApplied(second.get(0).log(), 600, SOON).block();
        run.dispose();
        assertEverythingApplied();
    }

    @Test
    void whateverAnInProcessLeaderSendsIsAppliedOnce() {
        for (int seed = 0; seed < 10; seed++) {
            RecordingLedger recorded = RecordingLedger.create();
            Random random = new Random(seed);
            InProcessLeader leader = InProcessLeader.builder()
                    .windowBytesPerLog(1_000 + random.nextInt(8_000))
                    .build();
            Transport follower = leader.follower();
            List<Segments> written = new ArrayList<>();
            List<Flux<Void>> sends = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Segments log = Segments.of(new LogId(1, i)).seed(seed * 10L + i);
                written.add(log);
                List<WalSegmentPayload> sent = new ArrayList<>();
                log.next(40, 20).forEach(segment -> sent.addAll(mistreated(random, log, segment)));
                sends.add(Flux.fromIterable(sent).flatMapSequential(leader::send, 8));
            }
            Flux.merge(sends).doOnComplete(leader::complete).subscribe();
            SegmentReceiver.create(follower, recorded, SCHEMA, TIGHT)
                    .receive()
                    .then()
                    .block(SOON);
            for (Segments log : written) {
                LogId id = log.cut(1, 1).log();
                assertThat(recorded.events(id)).as("seed %s, log %s", seed, id).isEqualTo(log.events());
            }
        }
    }

    /** The segment, with duplicates, corrupt copies and other cuts around it. */
    private static List<WalSegmentPayload> mistreated(Random random, Segments log, WalSegmentPayload segment) {
        List<WalSegmentPayload> sent = new ArrayList<>();
        if (random.nextInt(5) == 0) {
            sent.add(Segments.corrupt(segment));
        }
        if (random.nextInt(5) == 0) {
            sent.add(Segments.claiming(segment, random.nextLong()));
        }
        if (random.nextInt(5) == 0) {
            sent.add(log.cut(Math.max(1, segment.id().seqno() - random.nextInt(30)), segment.claimedLastSeq()));
        }
        sent.add(segment);
        if (random.nextInt(5) == 0) {
            sent.add(segment);
        }
        return sent;
    }
}
