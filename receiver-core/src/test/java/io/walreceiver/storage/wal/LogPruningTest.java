package io.walreceiver.storage.wal;

import static io.walreceiver.storage.wal.EventLog.bytes;
import static io.walreceiver.storage.wal.EventLog.open;
import static io.walreceiver.storage.wal.EventLog.sealed;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogPruningTest {

    private final PlainDisk disk = new PlainDisk();

    @BeforeEach
    void fourFiles() {
        disk.put(sealed(1), bytes(1, 10, 5));
        disk.put(sealed(11), bytes(11, 20, 5));
        disk.put(sealed(21), bytes(21, 30, 5));
        disk.put(open(31), bytes(31, 40, 5));
    }

    private long prune(long through) throws IOException {
        return LogPruning.prune(disk, EventLog.files(disk), through, file -> true);
    }

    @Test
    void onlyWholeFilesAtOrBelowThePositionGo() throws IOException {
        assertThat(prune(9)).isZero();
        assertThat(prune(10)).isEqualTo(bytes(1, 10, 5).length);
        assertThat(disk.names()).containsExactly(sealed(11), sealed(21), open(31));
        assertThat(prune(29)).isEqualTo(bytes(11, 20, 5).length);
        disk.crash(new Random(1));
        assertThat(disk.names()).containsExactly(sealed(21), open(31));
    }

    @Test
    void theLastFileAndAnOpenOneStay() throws IOException {
        prune(Long.MAX_VALUE);
        assertThat(disk.names()).containsExactly(open(31));
        disk.put(sealed(51), bytes(51, 60, 5));
        assertThat(prune(Long.MAX_VALUE)).isZero();
        disk.delete(PlainDisk.FOLDER.resolve(open(31)));
        assertThat(prune(Long.MAX_VALUE)).isZero();
        assertThat(disk.names()).containsExactly(sealed(51));
    }

    @Test
    void theFirstFileThatIsRetainedKeepsAllAfterIt() throws IOException {
        LogPruning.prune(disk, EventLog.files(disk), 40, file -> file.firstSeq() != 11);
        assertThat(disk.names()).containsExactly(sealed(11), sealed(21), open(31));
    }
}
