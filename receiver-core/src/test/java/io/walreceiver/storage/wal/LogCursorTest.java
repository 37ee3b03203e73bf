package io.walreceiver.storage.wal;

import static io.walreceiver.storage.wal.EventLog.HASHER;
import static io.walreceiver.storage.wal.EventLog.LOG;
import static io.walreceiver.storage.wal.EventLog.TIME;
import static io.walreceiver.storage.wal.EventLog.segment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walreceiver.format.EventBatch;
import io.walreceiver.format.SegmentView;
import io.walreceiver.storage.disk.Disk;
import io.walreceiver.storage.disk.DiskFile;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LogCursorTest {

    private static final int WIDE = 1 << 20;

    private final PlainDisk disk = new PlainDisk();

    private LogAppender appender(long maxFileBytes) {
        return new LogAppender(disk, PlainDisk.FOLDER, LOG, maxFileBytes, 0, Optional.empty(), HASHER);
    }

    private LogCursor cursor(long position) {
        return new LogCursor(disk, PlainDisk.FOLDER, LOG, position);
    }

    /** Checks that the piece holds what the log does, from the batch of the next event on; gives its last event. */
    private static long check(SegmentView piece, long position) {
        assertThat(piece.firstSeq()).isLessThanOrEqualTo(position + 1);
        assertThat(piece.lastSeq()).isGreaterThan(position);
        for (int b = 0; b < piece.batchCount(); b++) {
            EventBatch batch = piece.batch(b);
            for (int i = 0; i < batch.count(); i++) {
                long seq = batch.firstSeq() + i;
                assertThat(batch.entityId(i)).isEqualTo(seq);
                assertThat(batch.timestampNanos(i)).isEqualTo(TIME + seq);
            }
        }
        return piece.lastSeq();
    }

    @Test
    void readsWhatIsThereInPiecesOfAboutTheSizeAskedFor() throws IOException {
        LogAppender appender = appender(WIDE);
        appender.append(segment(1, 100, 10), 1); // ten batches of 274 bytes
        appender.sync();

        LogCursor cursor = cursor(0);
        assertThat(check(cursor.next(100, 3 * 274), 0)).isEqualTo(30);
        assertThat(check(cursor.next(100, 1), 30)).as("one batch at least").isEqualTo(40);
        assertThat(check(cursor.next(65, WIDE), 40)).as("whole batches").isEqualTo(60);
        assertThat(cursor.next(65, WIDE)).as("cut by what may be read").isNull();
        assertThat(check(cursor.next(100, WIDE), 60)).isEqualTo(100);
        assertThat(cursor.next(100, WIDE)).isNull();
    }

    @Test
    void startsWithTheBatchThatHoldsTheNextEvent() throws IOException {
        LogAppender appender = appender(500);
        for (long first = 1; first <= 200; first += 20) {
            appender.append(segment(first, first + 19, 10), first);
        }
        appender.seal();

        LogCursor cursor = cursor(0);
        for (long position = 199; position >= 0; position--) {
            cursor.seek(position);
            SegmentView piece = cursor.next(200, 1);
            assertThat(check(piece, position)).isEqualTo((position / 10 + 1) * 10);
            assertThat(piece.firstSeq()).isEqualTo(position / 10 * 10 + 1);
        }
    }

    @Test
    void followsALogThatGrowsRollsAndIsSealed() throws IOException {
        long seed = Long.getLong("cursor.seed", System.nanoTime());
        Random random = new Random(seed);
        LogAppender appender = appender(2_000);
        LogCursor cursor = cursor(0);
        long read = 0;
        long synced = 0;
        try {
            while (synced < 2_000) {
                long first = appender.position() + 1;
                appender.append(segment(first, first + random.nextInt(30), 1 + random.nextInt(12)), first);
                if (random.nextBoolean()) {
                    synced = random.nextInt(5) == 0 ? sealed(appender) : appender.sync();
                }
                for (SegmentView piece; (piece = cursor.next(synced, 1 + random.nextInt(1_000))) != null; ) {
                    read = check(piece, read);
                    assertThat(read).isLessThanOrEqualTo(synced);
                }
                assertThat(read).isEqualTo(synced);
            }
        } catch (AssertionError | IOException e) {
            throw new AssertionError("-Dcursor.seed=" + seed, e);
        }
    }

    private static long sealed(LogAppender appender) throws IOException {
        appender.seal();
        return appender.synced();
    }

    @Test
    void saysWhatIsMissing() throws IOException {
        LogAppender appender = appender(500);
        for (long first = 1; first <= 60; first += 20) {
            appender.append(segment(first, first + 19, 10), first);
        }
        appender.seal();
        LogPruning.prune(disk, LogFile.list(disk, PlainDisk.FOLDER, LOG), 20, file -> true);

        assertThatThrownBy(() -> cursor(5).next(60, WIDE))
                .isInstanceOfSatisfying(EventsMissingException.class, missing -> {
                    assertThat(missing.expected()).isEqualTo(6);
                    assertThat(missing.next()).hasValue(21);
                });
        assertThat(check(cursor(20).next(60, WIDE), 20)).isEqualTo(40);
        assertThatThrownBy(() -> cursor(60).next(61, WIDE))
                .isInstanceOfSatisfying(
                        EventsMissingException.class,
                        missing -> assertThat(missing.next()).isEmpty());
        assertThatThrownBy(() -> new LogCursor(disk, PlainDisk.FOLDER.resolve("nowhere"), LOG, 0).next(1, WIDE))
                .isInstanceOf(EventsMissingException.class);
    }

    @Test
    void whatIsPrunedWhileItIsReadIsMissing() throws IOException {
        LogAppender appender = appender(500);
        for (long first = 1; first <= 60; first += 20) {
            appender.append(segment(first, first + 19, 10), first);
        }
        appender.seal();
        LogCursor cursor = cursor(0);
        assertThat(check(cursor.next(60, 1), 0)).isEqualTo(10);

        LogPruning.prune(disk, LogFile.list(disk, PlainDisk.FOLDER, LOG), 40, file -> true);

        assertThatThrownBy(() -> cursor.next(60, 1)).isInstanceOf(EventsMissingException.class);
    }

    @Test
    void theTailCostsAReadOfItselfAndNoListing() throws IOException {
        AtomicLong lists = new AtomicLong();
        AtomicLong bytes = new AtomicLong();
        LogAppender appender = appender(64 << 20);
        appender.append(segment(1, 200_000, 1_000), 1);
        appender.sync();
        LogCursor cursor = new LogCursor(counting(disk, lists, bytes), PlainDisk.FOLDER, LOG, 0);
        for (SegmentView piece; (piece = cursor.next(200_000, WIDE)) != null; ) {
            assertThat(piece.sizeBytes()).isLessThanOrEqualTo(WIDE);
        }
        assertThat(bytes.get()).as("to catch up").isLessThan(2 * 200_000L * 22);
        lists.set(0);
        bytes.set(0);

        for (long first = 200_001; first <= 201_000; first += 10) {
            appender.append(segment(first, first + 9, 10), first);
            assertThat(cursor.next(appender.sync(), WIDE)).isNotNull();
        }

        assertThat(lists).hasValue(0);
        assertThat(bytes).as("a hundred appends of 274 bytes").hasValue(100 * 274);
    }

    private static Disk counting(Disk disk, AtomicLong lists, AtomicLong bytes) {
        return (Disk) Proxy.newProxyInstance(
                Disk.class.getClassLoader(), new Class<?>[] {Disk.class}, (proxy, method, arguments) -> {
                    try {
                        lists.addAndGet(method.getName().equals("list") ? 1 : 0);
                        Object result = method.invoke(disk, arguments);
                        return result instanceof DiskFile file ? counting(file, bytes) : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static DiskFile counting(DiskFile file, AtomicLong bytes) {
        return (DiskFile) Proxy.newProxyInstance(
                Disk.class.getClassLoader(), new Class<?>[] {DiskFile.class}, (proxy, method, arguments) -> {
                    Object result = method.invoke(file, arguments);
                    bytes.addAndGet(method.getName().equals("read") ? (int) result : 0);
                    return result;
                });
    }

    @Test
    void rotIsToldAndReadAgainWhenItWasRepaired() throws IOException {
        LogAppender appender = appender(WIDE);
        appender.append(segment(1, 40, 10), 1);
        appender.seal();
        Path file = LogFile.list(disk, PlainDisk.FOLDER, LOG).get(0).path();
        LogCursor cursor = cursor(0);
        assertThat(check(cursor.next(40, 1), 0)).isEqualTo(10);
        flip(file, 274 + 100);

        assertThatThrownBy(() -> cursor.next(40, 1))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file + ", byte " + (274 + 32))
                .hasMessageContaining("checksum");

        flip(file, 274 + 100);
        assertThat(check(cursor.next(40, 1), 10)).isEqualTo(20);
    }

    private void flip(Path path, int at) throws IOException {
        try (DiskFile file = disk.open(path)) {
            byte[] one = new byte[1];
            file.read(at, one, 0, 1);
            one[0] ^= 1;
            file.write(at, one, 0, 1);
        }
    }
}
