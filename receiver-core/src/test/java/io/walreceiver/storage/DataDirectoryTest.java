package io.walreceiver.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentEncoder;
import io.walreceiver.format.SegmentView;
import io.walreceiver.ledger.ImageReader;
import io.walreceiver.schema.InvalidEventPolicy;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import io.walreceiver.schema.StoredSchema;
import io.walreceiver.storage.disk.Disk;
import io.walreceiver.storage.disk.SimulatedDisk;
import io.walreceiver.storage.records.Marker;
import io.walreceiver.verify.SegmentVerifier;
import io.walreceiver.verify.VerificationResult.Verified;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Schedulers;

class DataDirectoryTest {

    private static final Path DATA = SimulatedDisk.ROOT.resolve("data");
    private static final LogId LOG = new LogId(1, 3);
    private static final StoredSchema SCHEMA = new StoredSchema(
            SignalSchema.of(SignalType.exponential(0, "view", Duration.ofDays(7))),
            InvalidEventPolicy.HOLD,
            Duration.ofHours(1));

    private final SimulatedDisk disk = new SimulatedDisk(1);

    @Test
    void whereTheMarkerIsGoneNobodyGuessesUnderWhichSchemaTheLogsWereApplied() throws IOException {
        open(disk).close(true);
        disk.delete(DATA.resolve(Marker.FILE));

        assertThatThrownBy(() -> open(disk))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining(Marker.FILE)
                .extracting(e -> ((StorageException) e).reason())
                .isEqualTo(StorageException.Reason.DAMAGED);
    }

    @Test
    void aLogWhoseFolderIsGoneIsMissed() throws IOException {
        OpenStorage first = open(disk);
        LogStore store = first.log(LOG);
        store.recover(new Nowhere());
        store.append(segment(1, 10), 1);
        store.sync().block();
        store.close();
        first.close(true);
        LogDrop.drop(disk, DATA, LOG);

        OpenStorage second = open(disk);
        assertThat(second.logs()).containsExactly(LOG);
        assertThat(second.log(LOG).recover(new Nowhere()).rotten()).isTrue();
    }

    /** As Linux has it: after a sync of a directory that failed, a later one succeeds and says nothing of the names made before. */
    @Test
    void aFolderWhoseNameCouldNotBeSyncedIsMadeAnewBeforeAnythingInItCounts() throws IOException {
        for (int seed = 0; seed < 50; seed++) {
            SimulatedDisk fails = new SimulatedDisk(seed);
            LogStore store = open(fails).log(LOG);
            store.recover(new Nowhere());
            fails.failSyncs(DATA.resolve("logs")::equals);
            assertThatThrownBy(() -> store.append(segment(1, 10), 1)).isInstanceOf(IOException.class);
            fails.repair();
            store.append(segment(1, 10), 1);
            store.sync().block();
            assertThat(store.durable()).isEqualTo(10);

            SimulatedDisk left = fails.afterPowerLoss(new Random(seed));
            assertThat(open(left).log(LOG).recover(new Nowhere()).position())
                    .as("seed %d", seed)
                    .isEqualTo(10);
        }
    }

    private static OpenStorage open(Disk disk) {
        return DirectoryStorage.builder(DATA).disk(disk).build().open(SCHEMA, Runnable::run, Schedulers.immediate());
    }

    private static SegmentView segment(long first, long last) {
        SegmentEncoder encoder = new SegmentEncoder(LOG, 2, BatchHasher.fastest());
        encoder.beginBatch(first, 1_000);
        for (long seq = first; seq <= last; seq++) {
            encoder.event(seq, 0, 1, 1_000);
        }
        encoder.endBatch();
        return ((Verified) new SegmentVerifier(BatchHasher.fastest()).verify(encoder.finish())).segment();
    }

    private static final class Nowhere implements RecoveryTarget {

        @Override
        public boolean takesImages() {
            return true;
        }

        @Override
        public void restore(ImageReader image) {}

        @Override
        public void replay(SegmentView events, long from) {}

        @Override
        public void done(long bytes) {}

        @Override
        public void expect(long bytes) {}
    }
}
