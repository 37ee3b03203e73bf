package io.walreceiver.storage.wal;

import static io.walreceiver.storage.wal.EventLog.HASHER;
import static io.walreceiver.storage.wal.EventLog.LOG;
import static io.walreceiver.storage.wal.EventLog.bytes;
import static io.walreceiver.storage.wal.EventLog.join;
import static io.walreceiver.storage.wal.EventLog.open;
import static io.walreceiver.storage.wal.EventLog.read;
import static io.walreceiver.storage.wal.EventLog.sealed;
import static io.walreceiver.storage.wal.EventLog.segment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentView;
import java.io.IOException;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class LogAppenderTest {

    private final PlainDisk disk = new PlainDisk();
    private LogAppender appender = appender(1 << 20, 0);

    private LogAppender appender(long maxFileBytes, long position) {
        return new LogAppender(disk, PlainDisk.FOLDER, LOG, maxFileBytes, position, Optional.empty(), HASHER);
    }

    private void append(long first, long last) throws IOException {
        appender.append(segment(first, last, 4), appender.position() + 1);
    }

    @Test
    void batchesAreAppendedByteForByteAndOnlyOneThatStraddlesIsEncodedAnew() throws IOException {
        append(1, 10);
        append(1, 20); // batches 1..4, 5..8, 9..12 and so on: 11 and 12 are new
        append(21, 22);
        append(13, 24); // 13..16, 17..20, 21..24

        assertThat(appender.position()).isEqualTo(24);
        assertThat(disk.names()).containsExactly(open(1));
        byte[] all = disk.bytes(open(1));
        assertThat(all)
                .startsWith(bytes(1, 10, 4))
                .hasSize(join(bytes(1, 10, 4), bytes(11, 12, 4), bytes(13, 20, 4), bytes(21, 22, 4), bytes(23, 24, 4))
                        .length);
        assertThat(read(disk, 0).position()).isEqualTo(24);
        assertThat(disk.operations)
                .filteredOn(operation -> operation.startsWith("write"))
                .hasSize(5);
    }

    @Test
    void anyCutsGiveTheSameEvents() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        appender = appender(3_000, 0);
        while (appender.position() < 3_000) {
            long position = appender.position();
            long first = Math.max(1, position + 1 - random.nextInt(50));
            long last = position + 1 + random.nextInt(100);
            appender.append(segment(first, last, 1 + random.nextInt(40)), position + 1);
            if (random.nextInt(3) == 0) {
                appender.sync();
            }
        }
        appender.seal();

        assertThat(disk.names()).as("seed %d", seed).hasSizeGreaterThan(5).allMatch(name -> name.endsWith(".seg"));
        assertThat(read(disk, 0).position()).as("seed %d", seed).isEqualTo(appender.position());
        assertThat(read(disk, 0).broken()).isEmpty();
    }

    @Test
    void onlyWhatFollowsIsAppended() throws IOException {
        append(1, 10);
        SegmentView next = segment(5, 15, 4);
        for (long from : new long[] {0, 10, 12}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> appender.append(next, from))
                    .withMessageContaining("expects event 11");
        }
        assertThatIllegalArgumentException().isThrownBy(() -> appender.append(segment(12, 15, 4), 11));
        assertThatIllegalArgumentException().isThrownBy(() -> appender.append(segment(1, 10, 4), 11));
        assertThatIllegalArgumentException().isThrownBy(() -> appender.append(segment(new LogId(1, 4), 11, 15, 4), 11));
        assertThatIllegalArgumentException().isThrownBy(() -> appender.skipTo(10));
        assertThatIllegalArgumentException().isThrownBy(() -> appender(0, 0));
    }

    @Test
    void syncSealsFullFilesInOrderAndTouchesOnlyWhatIsDirty() throws IOException {
        appender = appender(100, 0);
        append(1, 10);
        append(11, 20);
        append(21, 30);
        disk.operations.clear();

        assertThat(appender.synced()).isZero();
        assertThat(appender.sync()).isEqualTo(30);

        assertThat(disk.operations)
                .containsExactly(
                        "sync " + open(1),
                        "sync " + open(11),
                        "sync " + open(21),
                        "sync directory",
                        "rename " + open(1) + " " + sealed(1),
                        "rename " + open(11) + " " + sealed(11),
                        "sync directory");
        assertThat(appender.synced()).isEqualTo(30);
        disk.operations.clear();
        appender.sync();
        assertThat(disk.operations).isEmpty();

        append(31, 40);
        appender.sync();
        assertThat(disk.operations)
                .containsExactly(
                        "create " + open(31),
                        "write " + open(31),
                        "sync " + open(21),
                        "sync " + open(31),
                        "rename " + open(21) + " " + sealed(21),
                        "sync directory");
    }

    @Test
    void aFileThatHasItsNameNeedsNoSyncOfTheFolder() throws IOException {
        append(1, 10);
        appender.sync();
        append(11, 20);
        disk.operations.clear();

        appender.sync();

        assertThat(disk.operations).containsExactly("sync " + open(1));
    }

    @Test
    void nothingCountsBeforeTheFolderIsSynced() throws IOException {
        append(1, 10);
        disk.fails = operation -> operation.equals("sync directory");

        assertThatIOException().isThrownBy(appender::sync);

        assertThat(appender.synced()).isZero();
        assertThat(appender.isBroken()).isTrue();
    }

    @Test
    void aFileThatWasSyncedWithoutBytesKeepsItsName() throws IOException {
        disk.fails = operation -> operation.startsWith("write");
        assertThatIOException().isThrownBy(() -> append(1, 10));
        disk.recover();
        appender.sync();
        append(1, 10);
        appender.sync();

        assertThat(disk.operations).containsSubsequence("sync directory", "write " + open(1), "sync " + open(1));
    }

    @Test
    void sealLeavesSealedFilesOnly() throws IOException {
        append(1, 10);
        appender.seal();
        assertThat(disk.names()).containsExactly(sealed(1));
        assertThat(appender.synced()).isEqualTo(10);
        disk.operations.clear();
        appender.seal();
        assertThat(disk.operations).isEmpty();

        append(11, 20);
        appender.close();
        assertThat(disk.names()).containsExactly(sealed(1), open(11));
        assertThatIOException().isThrownBy(() -> append(21, 30)).withMessageContaining("is closed");
    }

    @Test
    void aFileWithoutBytesIsNotSealed() throws IOException {
        disk.fails = operation -> operation.startsWith("write");
        assertThatIOException().isThrownBy(() -> append(1, 10));
        disk.recover();
        assertThat(disk.names()).containsExactly(open(1));

        appender.seal();

        assertThat(disk.names()).isEmpty();
    }

    @Test
    void behindASkipANewFileBegins() throws IOException {
        append(1, 10);
        appender.skipTo(15);
        assertThat(appender.position()).isEqualTo(15);
        append(16, 20);
        assertThat(appender.sync()).isEqualTo(20);

        assertThat(disk.names()).containsExactly(sealed(1), open(16));
        assertThat(read(disk, 0, at -> at == 10 ? 15 : at).position()).isEqualTo(20);
    }

    @Test
    void aFailedWriteIsTakenBackAndMayBeRepeated() throws IOException {
        append(1, 10);
        disk.fails = operation -> operation.startsWith("write");
        assertThatIOException().isThrownBy(() -> append(9, 20));
        disk.recover();

        assertThat(appender.isBroken()).isFalse();
        assertThat(appender.position()).isEqualTo(10);
        assertThat(disk.bytes(open(1))).isEqualTo(bytes(1, 10, 4));
        append(9, 20);
        appender.seal();
        assertThat(read(disk, 0).position()).isEqualTo(20);
    }

    @Test
    void aFailedWriteThatCannotBeTakenBackBreaksIt() throws IOException {
        append(1, 10);
        appender.sync();
        disk.failFrom = 0;
        assertThatIOException()
                .isThrownBy(() -> append(11, 20))
                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));

        assertThat(appender.isBroken()).isTrue();
        disk.recover();
        assertThatIOException().isThrownBy(() -> append(11, 20)).withMessageContaining("abandoned at event 10");
        assertThatIOException().isThrownBy(appender::sync);
        appender.abandon();
        assertThat(disk.bytes(sealed(1))).isEqualTo(bytes(1, 10, 4));
    }

    @Test
    void whateverFailsInASyncAndAfterItIsAbandonedAtWhatIsDurable() throws IOException {
        Random random = new Random(7);
        int failures = 0;
        for (int failFrom = 0; failFrom <= 6; failFrom++) {
            for (int again = 0; again < 12; again++) {
                for (boolean crash : new boolean[] {false, true}) {
                    PlainDisk disk = new PlainDisk();
                    LogAppender appender =
                            new LogAppender(disk, PlainDisk.FOLDER, LOG, 500, 0, Optional.empty(), HASHER);
                    appender.append(segment(1, 10, 4), 1);
                    appender.sync();
                    appender.append(segment(11, 20, 4), 11);
                    appender.append(segment(21, 30, 4), 21);
                    appender.append(segment(31, 40, 4), 31);
                    disk.operations.clear();
                    disk.failFrom = failFrom;
                    try {
                        appender.sync();
                        continue;
                    } catch (IOException e) {
                        failures++;
                    }
                    assertThat(appender.isBroken()).isTrue();
                    assertThat(appender.synced()).isEqualTo(10);
                    assertThatIOException().isThrownBy(() -> appender.append(segment(41, 50, 4), 41));
                    disk.recover();
                    disk.failFrom = again;
                    try {
                        appender.abandon();
                    } catch (IOException e) {
                        disk.recover();
                        if (!crash) {
                            appender.abandon();
                        }
                    }
                    if (crash) {
                        disk.crash(random);
                        LogEnd end = read(disk, 0);
                        assertThat(end.position()).isGreaterThanOrEqualTo(10);
                        assertThat(new LogRepair(disk, PlainDisk.FOLDER, LOG).repair(EventLog.files(disk), end, 10))
                                .noneMatch(finding -> finding.kind() == Finding.Kind.ROT);
                    } else {
                        disk.recover();
                        assertThat(appender.position()).isEqualTo(10);
                        assertThat(disk.names()).containsExactly(sealed(1));
                        assertThat(disk.bytes(sealed(1))).isEqualTo(bytes(1, 10, 4));
                        LogAppender next =
                                new LogAppender(disk, PlainDisk.FOLDER, LOG, 500, 10, Optional.empty(), HASHER);
                        next.append(segment(9, 50, 4), 11);
                        next.seal();
                        disk.crash(random);
                        assertThat(read(disk, 0).position()).isEqualTo(50);
                        assertThat(read(disk, 0).broken()).isEmpty();
                    }
                }
            }
        }
        assertThat(failures).isGreaterThan(90);
    }

    @Test
    void appendingGoesOnWhileASyncRuns() throws Exception {
        append(1, 10);
        CountDownLatch syncing = new CountDownLatch(1);
        CountDownLatch appended = new CountDownLatch(1);
        disk.onSync = () -> {
            syncing.countDown();
            try {
                appended.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        };
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            Future<Long> synced = other.submit(appender::sync);
            syncing.await();
            append(11, 20);
            assertThat(appender.position()).isEqualTo(20);
            assertThat(appender.synced()).isZero();
            appended.countDown();
            assertThat(synced.get()).isEqualTo(10);
            assertThat(appender.sync()).isEqualTo(20);
        } finally {
            other.shutdown();
        }
    }

    @Test
    void whatASyncBesideAppendingCountsSurvivesACrash() throws Exception {
        long seed = System.nanoTime();
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            appender = appender(2_000, 0);
            Future<?> syncing = other.submit(() -> {
                while (appender.synced() < 2_000) {
                    appender.sync();
                }
                return null;
            });
            Random random = new Random(seed);
            while (appender.position() < 2_000) {
                long next = appender.position() + 1;
                appender.append(segment(next, next + random.nextInt(30), 4), next);
            }
            syncing.get();
            disk.crash(random);
            assertThat(read(disk, 0).position()).as("seed %d", seed).isGreaterThanOrEqualTo(appender.synced());
        } finally {
            other.shutdown();
        }
    }
}
