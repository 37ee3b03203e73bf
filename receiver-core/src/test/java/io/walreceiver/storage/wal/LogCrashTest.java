package io.walreceiver.storage.wal;

import static io.walreceiver.storage.wal.EventLog.HASHER;
import static io.walreceiver.storage.wal.EventLog.LOG;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A log that is appended to, synced, skipped, pruned, fails, crashes and is recovered, over and over. */
class LogCrashTest {

    private static final int RUNS = Integer.getInteger("wal.crashRuns", 250);
    private static final int LIVES = 12;

    @Test
    @Timeout(36_000)
    void nothingDurableIsLostAndNothingIsTakenForRot() throws IOException {
        long seed = Long.getLong("wal.crashSeed", System.nanoTime());
        int failures = 0;
        for (int run = 0; run < RUNS; run++) {
            try {
                failures += new Life(new Random(seed + run)).live();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("-Dwal.crashRuns=1 -Dwal.crashSeed=" + (seed + run), e);
            }
        }
        assertThat(failures).as("seed %d", seed).isGreaterThan(RUNS);
    }

    private static final class Life {

        private final Random random;
        private final PlainDisk disk = new PlainDisk();
        /** What was durable by what the appender said; the bound that a receiver keeps lags behind it. */
        private long durable;

        private long bound;
        private long checkpoint;
        private long skipFrom = -1;
        private long skipThrough;
        private int failures;

        /**
         * Whether a sync within a recovery may have failed. A file that was cut can then have its old tail back after a loss of power,
         * sealed: a false alarm, about once in thousands of such lives, that loses nothing.
         */
        private boolean syncFailed;

        Life(Random random) {
            this.random = random;
        }

        int live() throws IOException {
            for (int life = 0; life < LIVES; life++) {
                long position = recover();
                run(new LogAppender(
                        disk, PlainDisk.FOLDER, LOG, 100 + random.nextInt(2_000), position, Optional.empty(), HASHER));
                disk.recover();
                if (random.nextInt(3) > 0) {
                    disk.crash(random);
                }
            }
            return failures;
        }

        /** Recovery, which may fail or be cut short by a crash any number of times. */
        private long recover() throws IOException {
            for (int attempt = 0; ; attempt++) {
                LogEnd end = EventLog.read(disk, checkpoint, this::skipped);
                assertThat(end.position()).isGreaterThanOrEqualTo(durable);
                disk.recover();
                disk.failFrom = attempt < 3 ? random.nextInt(12) : Integer.MAX_VALUE;
                try {
                    assertThat(new LogRepair(disk, PlainDisk.FOLDER, LOG).repair(EventLog.files(disk), end, bound))
                            .allMatch(finding -> finding.fromEvent() > durable)
                            .allMatch(finding -> finding.kind() == Finding.Kind.ROT
                                    || finding.text().contains("not known to be durable"))
                            .filteredOn(finding -> finding.kind() == Finding.Kind.ROT)
                            .hasSizeLessThanOrEqualTo(syncFailed ? 1 : 0);
                    durable = end.position();
                    disk.recover();
                    assertThat(EventLog.files(disk)).noneMatch(LogFile::open);
                    return durable;
                } catch (IOException e) {
                    failures++;
                    syncFailed = true;
                    disk.recover();
                    if (random.nextBoolean()) {
                        disk.crash(random);
                    }
                }
            }
        }

        private void run(LogAppender appender) throws IOException {
            if (random.nextBoolean()) {
                disk.failFrom = disk.operations.size() + random.nextInt(60);
            }
            for (int step = random.nextInt(40); step > 0; step--) {
                try {
                    step(appender);
                } catch (IOException e) {
                    failures++;
                    if (appender.isBroken()) {
                        if (abandoned(appender)) {
                            assertThat(EventLog.read(disk, checkpoint, this::skipped)
                                            .broken())
                                    .isEmpty();
                            appender = new LogAppender(
                                    disk, PlainDisk.FOLDER, LOG, 1_000, appender.synced(), Optional.empty(), HASHER);
                        } else {
                            return;
                        }
                    }
                }
                assertThat(appender.synced()).isGreaterThanOrEqualTo(durable);
                durable = appender.synced();
            }
            if (!appender.isBroken() && random.nextInt(4) == 0) {
                try {
                    appender.seal();
                    durable = appender.synced();
                } catch (IOException e) {
                    failures++;
                }
            }
        }

        private boolean abandoned(LogAppender appender) {
            for (int attempt = 0; attempt < 4; attempt++) {
                try {
                    disk.recover();
                    disk.failFrom = random.nextInt(8);
                    appender.abandon();
                    disk.recover();
                    return true;
                } catch (IOException e) {
                    failures++;
                }
            }
            return false;
        }

        private void step(LogAppender appender) throws IOException {
            long next = appender.position() + 1;
            switch (random.nextInt(8)) {
                case 0 -> appender.sync();
                case 1 -> {
                    bound = Math.max(bound, durable - random.nextInt(50));
                    if (random.nextInt(4) == 0) {
                        checkpoint = bound;
                    }
                }
                case 2 -> {
                    if (skipFrom < 0 && durable == appender.position() && random.nextInt(4) == 0) {
                        skipFrom = durable;
                        skipThrough = durable + 20;
                        appender.skipTo(skipThrough);
                    } else {
                        LogPruning.prune(disk, EventLog.files(disk), checkpoint, file -> random.nextInt(3) > 0);
                    }
                }
                default ->
                    appender.append(
                            EventLog.segment(
                                    Math.max(1, next - random.nextInt(10)),
                                    next + random.nextInt(30),
                                    1 + random.nextInt(12)),
                            next);
            }
        }

        private long skipped(long position) {
            return skipFrom >= 0 && position >= skipFrom && position < skipThrough ? skipThrough : position;
        }
    }
}
