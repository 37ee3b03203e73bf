package io.walreceiver.storage.wal;

import static io.walreceiver.storage.wal.EventLog.LOG;
import static io.walreceiver.storage.wal.EventLog.bytes;
import static io.walreceiver.storage.wal.EventLog.join;
import static io.walreceiver.storage.wal.EventLog.open;
import static io.walreceiver.storage.wal.EventLog.read;
import static io.walreceiver.storage.wal.EventLog.sealed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentView;
import io.walreceiver.storage.wal.LogEnd.Break;
import io.walreceiver.storage.wal.LogEnd.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogReaderTest {

    private final PlainDisk disk = new PlainDisk();

    @Test
    void filesAreListedInOrderAndOthersAreIgnored() throws IOException {
        disk.put(open(1), new byte[3]);
        disk.put(sealed(1), new byte[2]);
        disk.put(sealed(11), new byte[1]);
        disk.put("wal-00001-00004-00000000000000000001.seg", new byte[1]);
        disk.put("wal-00000000000000000001.seg", new byte[1]);
        disk.put("wal-00001-00003-00000000000000000000.seg", new byte[1]);
        disk.put("wal-00001-00003-09223372036854775808.seg", new byte[1]);
        disk.put(sealed(1) + ".rotten", new byte[1]);
        disk.put(sealed(1) + ".tmp", new byte[1]);
        disk.put("checkpoint", new byte[1]);

        assertThat(EventLog.files(disk))
                .extracting(file -> file.path().getFileName().toString(), LogFile::open, LogFile::sizeBytes)
                .containsExactly(tuple(sealed(1), false, 2L), tuple(open(1), true, 3L), tuple(sealed(11), false, 1L));
        assertThat(LogFile.list(disk, Path.of("elsewhere"), LOG)).isEmpty();
        assertThat(LogFile.list(disk, PlainDisk.FOLDER, new LogId(0, 0))).isEmpty();
    }

    @Test
    void readingStartsAfterAnyPositionAndHandsOutEachEventOnce() throws IOException {
        disk.put(sealed(1), bytes(1, 20, 7));
        disk.put(sealed(21), bytes(21, 50, 30));
        disk.put(open(51), bytes(51, 60, 3));
        disk.put(open(61), new byte[0]);

        for (long position = 0; position <= 65; position++) {
            LogEnd end = read(disk, position);
            assertThat(end.position()).isEqualTo(Math.max(60, position));
            assertThat(end.broken()).isEmpty();
        }
        assertThat(read(disk, 20).read()).hasSize(2);
    }

    @Test
    void everyTruncationOfTheLastFileIsFound() throws IOException {
        byte[] whole = bytes(11, 20, 4);
        disk.put(sealed(1), bytes(1, 10, 10));
        for (int size = 0; size <= whole.length; size++) {
            disk.put(open(11), Arrays.copyOf(whole, size));
            Batch last = batchAt(whole, 11, size);

            LogEnd end = read(disk, 0);

            assertThat(end.position()).isEqualTo(last.first - 1);
            assertThat(end.broken().isEmpty()).isEqualTo(last.start == size);
            end.broken().ifPresent(broken -> assertBreak(broken, Kind.BAD_BATCH, open(11), last.start, last.first));
        }
    }

    @Test
    void everyTruncationInTheMiddleIsABadBatchOrAHole() throws IOException {
        byte[] whole = bytes(1, 10, 4);
        disk.put(sealed(11), bytes(11, 20, 5));
        for (int size = 1; size < whole.length; size++) {
            disk.put(sealed(1), Arrays.copyOf(whole, size));
            Batch last = batchAt(whole, 1, size);

            Break broken = read(disk, 0).broken().orElseThrow();

            if (last.start == size) {
                assertBreak(broken, Kind.HOLE, sealed(11), 0, last.first);
            } else {
                assertBreak(broken, Kind.BAD_BATCH, sealed(1), last.start, last.first);
            }
        }
    }

    @Test
    void everyFlippedBitIsFoundAndWhatLiesBeforeItIsRead() throws IOException {
        disk.put(sealed(1), bytes(1, 5, 2));
        disk.put(open(6), bytes(6, 10, 3));
        for (LogFile file : EventLog.files(disk)) {
            String name = file.path().getFileName().toString();
            byte[] good = disk.bytes(name);
            for (int bit = 0; bit < 8 * good.length; bit++) {
                byte[] bad = good.clone();
                bad[bit / 8] ^= (byte) (1 << bit % 8);
                disk.put(name, bad);
                Batch at = batchAt(good, file.firstSeq(), bit / 8);

                LogEnd end = read(disk, 0);

                assertThat(end.position()).isEqualTo(at.first - 1);
                assertBreak(end.broken().orElseThrow(), Kind.BAD_BATCH, name, at.start, at.first);
            }
            disk.put(name, good);
        }
    }

    @Test
    void whatIsNoBatchOfThisLogOrDoesNotFollowIsABadBatch() throws IOException {
        byte[] good = bytes(1, 10, 10);
        List<byte[]> bad = List.of(
                new byte[1],
                new byte[64],
                new byte[5_000_000],
                "TIDL and some text".getBytes(StandardCharsets.US_ASCII),
                EventLog.segment(new LogId(1, 4), 11, 13, 1).bytes(),
                bytes(12, 13, 2),
                bytes(10, 13, 4));
        for (byte[] tail : bad) {
            disk.put(open(1), join(good, tail));
            LogEnd end = read(disk, 0);
            assertThat(end.position()).isEqualTo(10);
            assertBreak(end.broken().orElseThrow(), Kind.BAD_BATCH, open(1), good.length, 11);
            assertThat(end.read().get(0).goodBytes()).isEqualTo(good.length);
        }
    }

    @Test
    void theFaultIsNamedWithItsPlaceInTheFile() throws IOException {
        byte[] bytes = bytes(1, 10, 5);
        bytes[bytes.length - 1] ^= 1;
        disk.put(sealed(1), bytes);

        assertThat(read(disk, 0).broken().orElseThrow().text())
                .startsWith(
                        PlainDisk.FOLDER.resolve(sealed(1)) + ", byte " + (64 + 5 * 21 + 32) + ": checksum: expected ")
                .contains(", found ");
    }

    @Test
    void rotBelowThePositionDoesNoHarm() throws IOException {
        byte[] bytes = bytes(1, 10, 5);
        bytes[64] ^= 1;
        disk.put(sealed(1), bytes);

        assertThat(read(disk, 5).broken()).isEmpty();
        assertThat(read(disk, 5).position()).isEqualTo(10);
        assertThat(read(disk, 4).position()).isEqualTo(4);
    }

    @Test
    void whereFilesOverlapTheLaterOneCounts() throws IOException {
        byte[] torn = Arrays.copyOf(bytes(61, 100, 10), 300);
        disk.put(open(1), join(bytes(1, 60, 10), torn));
        disk.put(sealed(51), bytes(51, 100, 10));
        disk.put(sealed(101), bytes(101, 105, 10));

        for (long position = 0; position <= 105; position++) {
            LogEnd end = read(disk, position);
            assertThat(end.position()).isEqualTo(105);
            assertThat(end.broken()).isEmpty();
        }
    }

    @Test
    void onlyRecordedSkipsCoverHoles() throws IOException {
        disk.put(sealed(1), bytes(1, 10, 5));
        disk.put(sealed(21), bytes(21, 30, 5));

        LogEnd end = read(disk, 0);
        assertThat(end.position()).isEqualTo(10);
        assertBreak(end.broken().orElseThrow(), Kind.HOLE, sealed(21), 0, 11);
        assertThat(end.broken().orElseThrow().text()).contains("begins with event 21, expected event 11");

        assertThat(read(disk, 0, at -> at == 10 ? 19 : at).broken()).isPresent();
        assertThat(read(disk, 0, at -> at == 10 ? 15 : at == 15 ? 20 : at).position())
                .isEqualTo(30);
        assertThat(read(disk, 0, at -> at == 10 ? 25 : at).position()).isEqualTo(30);
        assertThat(read(disk, 0, at -> at == 10 ? 20 : at == 30 ? 40 : at == 40 ? 41 : at)
                        .position())
                .isEqualTo(41);
    }

    @Test
    void whatAnOperatorSkippedNeedNotBeGood() throws IOException {
        disk.put(open(1), join(bytes(1, 10, 5), new byte[70]));
        disk.put(sealed(21), bytes(21, 30, 5));

        LogEnd end = read(disk, 0, at -> at == 10 ? 20 : at);

        assertThat(end.broken()).isEmpty();
        assertThat(end.position()).isEqualTo(30);
    }

    @Test
    void largeFilesAreReadInPieces() throws IOException {
        disk.put(sealed(1), join(bytes(1, 8 * 65_535, 65_535), bytes(8 * 65_535 + 1, 8 * 65_535 + 10, 1)));
        List<SegmentView> pieces = new ArrayList<>();
        long[] bytesRead = {0};

        LogEnd end = new LogReader(disk, LOG, EventLog.HASHER)
                .read(EventLog.files(disk), 70_000, at -> at, pieces::add, bytes -> bytesRead[0] += bytes);

        assertThat(end.position()).isEqualTo(8 * 65_535 + 10);
        assertThat(pieces).hasSizeGreaterThan(2).allMatch(piece -> piece.sizeBytes() <= 4 << 20);
        assertThat(pieces.get(0).firstSeq()).isEqualTo(65_536);
        assertThat(bytesRead[0]).isGreaterThanOrEqualTo(disk.bytes(sealed(1)).length);
        assertThat(read(disk, 0).broken()).isEmpty();
    }

    @Test
    void aFileThatWasSealedSinceItWasListedIsRead() throws IOException {
        disk.put(open(1), bytes(1, 10, 5));
        List<LogFile> files = EventLog.files(disk);
        disk.rename(PlainDisk.FOLDER.resolve(open(1)), PlainDisk.FOLDER.resolve(sealed(1)));

        LogEnd end = new LogReader(disk, LOG, EventLog.HASHER).read(files, 0, at -> at, segment -> {}, bytes -> {});

        assertThat(end.position()).isEqualTo(10);
    }

    private static void assertBreak(Break broken, Kind kind, String file, long offset, long expected) {
        assertThat(broken.kind()).isEqualTo(kind);
        assertThat(broken.file().path().getFileName()).hasToString(file);
        assertThat(broken.offset()).isEqualTo(offset);
        assertThat(broken.expected()).isEqualTo(expected);
        assertThat(broken.text()).contains(file).contains("expected").doesNotContain("\n");
    }

    /** The batch that a byte lies in, or that would start there. */
    private static Batch batchAt(byte[] bytes, long first, int at) {
        Batch batch = new Batch(0, first);
        while (batch.start < bytes.length) {
            int events = Byte.toUnsignedInt(bytes[batch.start + 6]);
            if (batch.start + 64 + 21 * events > at) {
                break;
            }
            batch = new Batch(batch.start + 64 + 21 * events, batch.first + events);
        }
        return batch;
    }

    private record Batch(int start, long first) {}
}
