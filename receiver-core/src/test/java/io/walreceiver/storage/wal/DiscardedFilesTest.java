package io.walreceiver.storage.wal;

import static io.walreceiver.storage.wal.EventLog.HASHER;
import static io.walreceiver.storage.wal.EventLog.LOG;
import static io.walreceiver.storage.wal.EventLog.segment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.walreceiver.storage.disk.SimulatedDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a sync of the folder that failed has left in doubt does not come back once the log has gone on without it. */
class DiscardedFilesTest {

    private static final Path FOLDER = SimulatedDisk.ROOT.resolve("log");
    private static final int LOSSES = 100;

    private final long seed = Long.getLong("discard.seed", System.nanoTime());
    private final SimulatedDisk disk = new SimulatedDisk(seed);
    private int folderSyncs;

    /** The files are renamed when the sync fails. */
    @Test
    void filesThatWereGivenUpAfterTheirRenameDoNotComeBack() throws IOException {
        disk.createDirectory(FOLDER);
        disk.syncDirectory(SimulatedDisk.ROOT);
        LogAppender first = appender(0);
        append(first, 1, 8);
        append(first, 9, 20);
        append(first, 21, 28);
        disk.failSyncs(file -> file.equals(FOLDER) && ++folderSyncs == 2);
        assertThatIOException().isThrownBy(first::sync);
        assertThat(disk.list(FOLDER)).anyMatch(name -> name.endsWith(".seg"));
        first.abandon();

        LogAppender second = appender(first.synced());
        append(second, 1, 4);
        append(second, 5, 12);
        append(second, 13, 16);
        second.seal();
        assertThat(second.synced()).isEqualTo(16);

        for (int loss = 0; loss < LOSSES; loss++) {
            SimulatedDisk left = disk.afterPowerLoss(new Random(seed + loss));
            List<LogFile> files = LogFile.list(left, FOLDER, LOG);
            LogEnd end = read(left, files);
            assertThat(end.position())
                    .as("-Ddiscard.seed=%d, loss %d", seed, loss)
                    .isGreaterThanOrEqualTo(16);
            assertThat(new LogRepair(left, FOLDER, LOG).repair(files, end, 16)).isEmpty();
            LogEnd repaired = read(left, LogFile.list(left, FOLDER, LOG));
            assertThat(repaired.broken()).isEmpty();
            assertThat(repaired.position())
                    .as("-Ddiscard.seed=%d, loss %d", seed, loss)
                    .isEqualTo(end.position());
        }
    }

    private LogAppender appender(long position) {
        return new LogAppender(disk, FOLDER, LOG, 1, position, Optional.empty(), HASHER);
    }

    private static void append(LogAppender appender, long first, long last) throws IOException {
        appender.append(segment(first, last, 4), appender.position() + 1);
    }

    private static LogEnd read(SimulatedDisk disk, List<LogFile> files) throws IOException {
        return EventLog.read(disk, files, 0, at -> at);
    }
}
