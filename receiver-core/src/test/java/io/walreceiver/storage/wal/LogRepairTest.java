package io.walreceiver.storage.wal;

import static io.walreceiver.storage.wal.EventLog.LOG;
import static io.walreceiver.storage.wal.EventLog.bytes;
import static io.walreceiver.storage.wal.EventLog.join;
import static io.walreceiver.storage.wal.EventLog.open;
import static io.walreceiver.storage.wal.EventLog.read;
import static io.walreceiver.storage.wal.EventLog.sealed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.walreceiver.storage.wal.Finding.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LogRepairTest {

    private static final byte[] GARBAGE = new byte[77];

    private PlainDisk disk = new PlainDisk();
    private List<Finding> findings = new ArrayList<>();
    private List<Finding> found = new ArrayList<>();

    /** Repairs, and then again with a failure and perhaps a crash at every step, which must end in the same files. */
    private long repair(long position, long durableBound) throws IOException {
        PlainDisk before = disk.copy();
        long reached = repairOnce(disk, position, durableBound);
        findings = found;
        List<String> operations = List.copyOf(disk.operations);
        Random random = new Random(11);
        for (int failFrom = 0; failFrom < operations.size(); failFrom++) {
            for (int crash = 0; crash < 20; crash++) {
                PlainDisk again = before.copy();
                again.failFrom = failFrom;
                try {
                    repairOnce(again, position, durableBound);
                } catch (IOException e) {
                    assertThat(e).hasMessageStartingWith("injected");
                }
                again.recover();
                if (crash > 0) {
                    again.crash(random);
                }
                String at = operations.get(failFrom) + ", crash " + crash;
                assertThat(repairOnce(again, position, durableBound)).as(at).isEqualTo(reached);
                assertSameLog(again, at);
                again.crash(random);
                assertSameLog(again, at);
            }
        }
        return reached;
    }

    private void assertSameLog(PlainDisk again, String at) {
        // How the good events lie in sealed files may differ, what was set aside may not.
        assertThat(again.names()).as(at).noneMatch(name -> name.endsWith(".open") || name.endsWith(".tmp"));
        for (String name : disk.names()) {
            if (name.contains(".rotten")) {
                assertThat(again.bytes(name)).as(at).isEqualTo(disk.bytes(name));
            }
        }
        assertThat(again.names().stream().filter(name -> name.contains(".rotten")))
                .as(at)
                .containsExactlyElementsOf(disk.names().stream()
                        .filter(name -> name.contains(".rotten"))
                        .toList());
    }

    private long repairOnce(PlainDisk disk, long position, long durableBound) throws IOException {
        LogEnd end = read(disk, position);
        found = new LogRepair(disk, PlainDisk.FOLDER, LOG).repair(EventLog.files(disk), end, durableBound);
        LogEnd after = read(disk, position);
        assertThat(after.position()).isEqualTo(end.position());
        assertThat(after.broken()).isEmpty();
        assertThat(EventLog.files(disk)).noneMatch(LogFile::open);
        return after.position();
    }

    @Test
    void sealedFilesAreLeftAsTheyAre() throws IOException {
        disk.put(sealed(1), bytes(1, 10, 5));
        disk.put(sealed(11), bytes(11, 20, 5));

        assertThat(repair(0, 0)).isEqualTo(20);

        assertThat(findings).isEmpty();
        assertThat(disk.operations).containsExactly("sync directory");
    }

    @Test
    void anOpenFileIsSealedAndWhatIsNotKnownToBeDurableIsWrittenAnew() throws IOException {
        disk.put(sealed(1), bytes(1, 10, 5));
        disk.put(open(11), bytes(11, 40, 5));

        assertThat(repair(0, 22)).isEqualTo(40);

        assertThat(findings).isEmpty();
        assertThat(disk.names()).containsExactly(sealed(1), sealed(11), sealed(21));
        assertThat(disk.bytes(sealed(11))).isEqualTo(bytes(11, 20, 5));
        assertThat(disk.bytes(sealed(21))).isEqualTo(bytes(21, 40, 5));
    }

    @Test
    void anOpenFileOfWhichNothingIsKnownToBeDurableIsReplaced() throws IOException {
        disk.put(open(1), bytes(1, 10, 5));

        assertThat(repair(0, 0)).isEqualTo(10);

        assertThat(disk.names()).containsExactly(sealed(1));
        assertThat(disk.bytes(sealed(1))).isEqualTo(bytes(1, 10, 5));
        assertThat(disk.operations).contains("create " + sealed(1) + ".tmp");
    }

    @Test
    void whatOnlyThePageCacheHeldSurvivesACrashAfterTheRepair() throws IOException {
        appendedWithoutSync();
        disk.recover(); // and the process ends

        assertThat(repairOnce(disk, 0, 10)).isEqualTo(20);

        disk.crash(new Random(1));
        assertThat(read(disk, 0).position()).isEqualTo(20);
    }

    /** Events through 10 are durable, those through 20 are not, as syncs fail. */
    private LogAppender appendedWithoutSync() throws IOException {
        LogAppender appender =
                new LogAppender(disk, PlainDisk.FOLDER, LOG, 1 << 20, 0, Optional.empty(), EventLog.HASHER);
        appender.append(EventLog.segment(1, 10, 5), 1);
        appender.sync();
        appender.append(EventLog.segment(11, 20, 5), 11);
        disk.fails = operation -> operation.startsWith("sync");
        assertThatIOException().isThrownBy(appender::sync);
        return appender;
    }

    @Test
    void whatWasCutInTheCacheOnlyDoesNotComeBackAfterTheRepair() throws IOException {
        boolean cameBackOnce = false;
        for (int seed = 0; seed < 20; seed++) {
            disk = new PlainDisk(seed);
            LogAppender appender = appendedWithoutSync();
            assertThatIOException().isThrownBy(appender::abandon);
            disk.recover(); // and the process ends
            cameBackOnce |= disk.durable().bytes(open(1)).length > bytes(1, 10, 5).length;

            assertThat(repairOnce(disk, 0, 10)).isEqualTo(10);

            disk.crash(new Random(seed));
            assertThat(disk.bytes(sealed(1))).isEqualTo(bytes(1, 10, 5));
        }
        assertThat(cameBackOnce).isTrue();
    }

    /** Else it would be taken for the later and better part of what it repeats, from the next recovery on. */
    @Test
    void aDeletedFileThatACrashBroughtBackIsNotSealedAlsoWhereNothingOfItIsNeeded() throws IOException {
        disk.put(sealed(1), bytes(1, 20, 5));
        disk.put(open(11), bytes(11, 15, 5));
        disk.put(sealed(21), bytes(21, 30, 5));

        assertThat(repair(10, 0)).isEqualTo(30);

        assertThat(disk.names()).containsExactly(sealed(1), sealed(21));
    }

    @Test
    void aDeletedFileThatACrashBroughtBackDoesNotReplaceTheOneThatHasItsName() throws IOException {
        disk.put(sealed(1), bytes(1, 10, 5));
        disk.put(sealed(11), bytes(11, 20, 5));
        disk.put(open(11), bytes(11, 15, 5));
        disk.put(sealed(21), bytes(21, 30, 5));

        assertThat(repair(25, 0)).isEqualTo(30);

        assertThat(disk.names()).containsExactly(sealed(1), sealed(11), sealed(21));
        assertThat(disk.bytes(sealed(11))).isEqualTo(bytes(11, 20, 5));
    }

    @Test
    void nothingIsCutBeforeTheNameOfItsCopyIsDurable() throws IOException {
        for (int seed = 0; seed < 30; seed++) {
            disk = new PlainDisk();
            disk.put(open(1), bytes(1, 20, 5));
            disk.failFrom = 5;
            assertThatIOException().isThrownBy(() -> repairOnce(disk, 0, 10)).withMessage("injected: sync directory");
            assertThat(disk.names()).contains(sealed(11));
            disk.recover();
            disk.fails = operation -> operation.startsWith("rename");
            assertThatIOException().isThrownBy(() -> repairOnce(disk, 0, 10)).withMessageContaining("rename");
            disk.crash(new Random(seed));
            assertThat(read(disk, 0).position()).isEqualTo(20);
        }
    }

    @Test
    void aTornTailIsCutAndWhatLiesBehindItIsDeleted() throws IOException {
        byte[] good = bytes(1, 20, 5);
        disk.put(open(1), join(good, GARBAGE, bytes(21, 30, 5)));
        disk.put(open(31), bytes(31, 40, 5));
        disk.put(open(41), new byte[0]);

        assertThat(repair(0, 10)).isEqualTo(20);

        assertThat(findings).extracting(Finding::kind).containsOnly(Kind.CUT);
        assertThat(findings).extracting(Finding::fromEvent).containsExactly(21L, 31L);
        assertThat(findings.get(0).offset()).isEqualTo(good.length);
        assertThat(findings.get(0).bytes()).isEqualTo(GARBAGE.length + bytes(21, 30, 5).length);
        assertThat(findings.get(0).text()).contains("cut at byte " + good.length, "events from 21 on are needed again");
        assertThat(findings.get(1).text()).contains("deleted", "lies behind a break");
        assertThat(disk.names()).containsExactly(sealed(1), sealed(11));
    }

    @Test
    void anOpenFileWithoutAGoodBatchIsDeleted() throws IOException {
        disk.put(sealed(1), bytes(1, 10, 5));
        disk.put(open(11), GARBAGE);

        assertThat(repair(0, 10)).isEqualTo(10);

        assertThat(findings).extracting(Finding::kind).containsExactly(Kind.CUT);
        assertThat(disk.names()).containsExactly(sealed(1));
    }

    @Test
    void filesWithoutBytesAreDeleted() throws IOException {
        disk.put(sealed(1), bytes(1, 10, 5));
        disk.put(sealed(11), new byte[0]);
        disk.put(open(11), new byte[0]);

        assertThat(repair(0, 10)).isEqualTo(10);

        assertThat(findings).isEmpty();
        assertThat(disk.names()).containsExactly(sealed(1));
    }

    @Test
    void aHoleBeforeOpenFilesIsALostTail() throws IOException {
        disk.put(sealed(1), bytes(1, 10, 5));
        disk.put(open(21), bytes(21, 30, 5));

        assertThat(repair(0, 10)).isEqualTo(10);

        assertThat(findings).extracting(Finding::kind).containsExactly(Kind.CUT);
        assertThat(findings.get(0).fromEvent()).isEqualTo(11);
        assertThat(disk.names()).containsExactly(sealed(1));
    }

    @Test
    void aHoleBeforeASealedFileIsRot() throws IOException {
        disk.put(open(1), bytes(1, 10, 5));
        disk.put(open(21), bytes(21, 30, 5));
        disk.put(sealed(31), bytes(31, 40, 5));
        disk.put(open(41), bytes(41, 50, 5));

        assertThat(repair(0, 0)).isEqualTo(10);

        assertThat(findings).hasSize(3).extracting(Finding::kind).containsOnly(Kind.ROT);
        assertThat(disk.names())
                .containsExactly(sealed(1), open(21) + ".rotten", sealed(31) + ".rotten", open(41) + ".rotten");
    }

    @Test
    void aHoleAtOrBelowTheBoundIsRot() throws IOException {
        disk.put(sealed(1), bytes(1, 10, 5));
        disk.put(open(21), bytes(21, 30, 5));

        assertThat(repair(0, 11)).isEqualTo(10);

        assertThat(findings).extracting(Finding::kind).containsExactly(Kind.ROT);
        assertThat(disk.names()).containsExactly(sealed(1), open(21) + ".rotten");
    }

    @Test
    void rotInASealedFileKeepsItsGoodPartAndSetsEverythingAside() throws IOException {
        byte[] rotten = bytes(1, 20, 5);
        rotten[rotten.length - 1] ^= 1;
        disk.put(sealed(1), rotten);
        disk.put(sealed(21), bytes(21, 30, 5));
        disk.put(open(31), bytes(31, 40, 5));

        assertThat(repair(0, 0)).isEqualTo(15);

        assertThat(findings).extracting(Finding::kind).containsOnly(Kind.ROT);
        assertThat(findings.get(0).text()).contains("checksum", sealed(1) + ".rotten", "events from 16 on");
        assertThat(disk.bytes(sealed(1))).isEqualTo(bytes(1, 15, 5));
        assertThat(disk.bytes(sealed(1) + ".rotten")).isEqualTo(rotten);
        assertThat(disk.names())
                .containsExactly(sealed(1), sealed(1) + ".rotten", sealed(21) + ".rotten", open(31) + ".rotten");
    }

    @Test
    void rotInAnOpenFileAtOrBelowTheBoundIsKeptAside() throws IOException {
        byte[] rotten = bytes(1, 20, 5);
        rotten[64] ^= 1;
        disk.put(open(1), rotten);
        disk.put(sealed(1) + ".rotten", new byte[3]);
        disk.put(open(1) + ".rotten", new byte[3]);

        assertThat(repair(0, 1)).isZero();

        assertThat(findings).extracting(Finding::kind).containsExactly(Kind.ROT);
        assertThat(disk.names()).containsExactly(open(1) + ".rotten", open(1) + ".rotten-2", sealed(1) + ".rotten");
        assertThat(disk.bytes(open(1) + ".rotten-2")).isEqualTo(rotten);
    }

    @Test
    void rotInAnOpenFileBeforeASealedOneKeepsTheGoodPart() throws IOException {
        byte[] rotten = bytes(1, 20, 5);
        rotten[2 * (64 + 5 * 21)] ^= 1;
        disk.put(open(1), rotten);
        disk.put(open(21), bytes(21, 30, 5));
        disk.put(sealed(31), bytes(31, 40, 5));

        assertThat(repair(0, 0)).isEqualTo(10);

        assertThat(disk.names())
                .containsExactly(sealed(1), open(1) + ".rotten", open(21) + ".rotten", sealed(31) + ".rotten");
        assertThat(disk.bytes(sealed(1))).isEqualTo(bytes(1, 10, 5));
        assertThat(disk.bytes(open(1) + ".rotten")).isEqualTo(rotten);
    }

    @Test
    void aLogThatEndsBeforeWhatWasDurableIsRot() throws IOException {
        disk.put(sealed(1), bytes(1, 10, 5));

        assertThat(repair(0, 12)).isEqualTo(10);

        assertThat(findings).extracting(Finding::kind).containsExactly(Kind.ROT);
        assertThat(findings.get(0).text()).contains("ends with event 10, expected event 12");
        disk = new PlainDisk();
        repair(0, 12);
        assertThat(findings).extracting(Finding::file).containsExactly(PlainDisk.FOLDER);
    }

    @Test
    void filesBelowThePositionAreSealedAndAnOverlapIsCut() throws IOException {
        disk.put(open(1), join(bytes(1, 60, 10), GARBAGE));
        disk.put(sealed(51), bytes(51, 100, 10));
        byte[] rotten = bytes(101, 110, 5);
        rotten[3] ^= 1;
        disk.put(open(101), rotten);
        disk.put(open(111), bytes(111, 120, 5));

        assertThat(repair(112, 112)).isEqualTo(120);

        assertThat(findings).isEmpty();
        assertThat(disk.bytes(sealed(1))).isEqualTo(bytes(1, 50, 10));
        assertThat(disk.bytes(sealed(101))).as("not needed, and not touched").isEqualTo(rotten);
    }

    @Test
    void temporaryFilesAreDeletedAndOthersAreNot() throws IOException {
        disk.put(sealed(1) + ".tmp", GARBAGE);
        disk.put(open(1) + ".rotten.tmp", GARBAGE);
        disk.put("wal-00001-00004-00000000000000000001.seg.tmp", GARBAGE);
        disk.put("checkpoint.tmp", GARBAGE);

        repairOnce(disk, 0, 0);

        assertThat(disk.names()).containsExactly("checkpoint.tmp", "wal-00001-00004-00000000000000000001.seg.tmp");
    }
}
