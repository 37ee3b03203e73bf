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
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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
        store.recover(new Nowhere(true));
        store.append(segment(1, 10), 1);
        store.sync().block();
        store.close();
        first.close(true);
        disk.rename(DataLayout.log(DATA, LOG), DataLayout.dropped(DATA, LOG)); // by somebody who did not say so

        OpenStorage second = open(disk);
        assertThat(second.logs()).containsExactly(LOG);
        assertThat(second.log(LOG).recover(new Nowhere(true)).rotten()).isTrue();
    }

    /** As Linux has it: after a sync of a directory that failed, a later one succeeds and says nothing of the names made before. */
    @Test
    void aFolderWhoseNameCouldNotBeSyncedIsMadeAnewBeforeAnythingInItCounts() throws IOException {
        for (int seed = 0; seed < 50; seed++) {
            SimulatedDisk fails = new SimulatedDisk(seed);
            LogStore store = open(fails).log(LOG);
            store.recover(new Nowhere(true));
            fails.failSyncs(DATA.resolve("logs")::equals);
            assertThatThrownBy(() -> store.append(segment(1, 10), 1)).isInstanceOf(IOException.class);
            fails.repair();
            store.append(segment(1, 10), 1);
            store.sync().block();
            assertThat(store.durable()).isEqualTo(10);

            SimulatedDisk left = fails.afterPowerLoss(new Random(seed));
            assertThat(open(left).log(LOG).recover(new Nowhere(true)).position())
                    .as("seed %d", seed)
                    .isEqualTo(10);
        }
    }

    /** Else the sync of the log that comes next would vouch for the name of a file that a loss of power takes. */
    @Test
    void aFileThatWasMadeBeforeACheckpointCouldNotSyncItsFolderIsNotCountedOn() throws IOException {
        for (int seed = 0; seed < 50; seed++) {
            SimulatedDisk fails = new SimulatedDisk(seed);
            LogStore store = DirectoryStorage.builder(DATA)
                    .disk(fails)
                    .maxFileBytes(1)
                    .build()
                    .open(SCHEMA, task -> {}, Schedulers.immediate())
                    .log(LOG);
            store.recover(new Nowhere(true));
            store.append(segment(1, 10), 1);
            CheckpointInProgress checkpoint = store.beginCheckpoint();
            checkpoint.image().write(new byte[10], 10);
            fails.failSyncs(path -> {
                if (path.toString().endsWith(".ckpt.tmp")) {
                    append(store, segment(11, 20)); // to another file, while the checkpoint is being finished
                }
                return path.equals(DataLayout.log(DATA, LOG)) && store.written() == 20;
            });
            assertThatThrownBy(checkpoint::finish).isInstanceOf(IOException.class);
            fails.repair();
            sync(store);
            long durable = store.durable();

            SimulatedDisk left = fails.afterPowerLoss(new Random(seed));
            assertThat(open(left).log(LOG).recover(new Nowhere(true)).position())
                    .as("seed %d", seed)
                    .isGreaterThanOrEqualTo(durable);
        }
    }

    @Test
    void aLedgerThatTakesNoImagesDoesNotTurnALogThatWasPrunedIntoRot() throws IOException {
        OpenStorage first = open(disk);
        LogStore store = first.log(LOG);
        store.recover(new Nowhere(true));
        for (long from = 1; from <= 41; from += 10) {
            store.append(segment(from, from + 9), from);
            store.sync().block();
            try (CheckpointInProgress checkpoint = store.beginCheckpoint()) {
                checkpoint.image().write(new byte[10], 10);
                checkpoint.finish();
            }
        }
        store.close();
        first.close(true);

        OpenStorage second = open(disk);
        List<String> files = disk.list(DataLayout.log(DATA, LOG));
        assertThatThrownBy(() -> second.log(LOG).recover(new Nowhere(false)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("SnapshottingPart");
        assertThat(disk.list(DataLayout.log(DATA, LOG))).isEqualTo(files);
        assertThat(second.log(LOG).recover(new Nowhere(true)).position()).isEqualTo(50);
    }

    private static void append(LogStore store, SegmentView segment) {
        try {
            store.append(segment, segment.firstSeq());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As the store's own threads do it: a failure is the store's. */
    private static void sync(LogStore store) {
        try {
            ((DirectoryLogStore) store).syncNow();
        } catch (IOException e) {
            assertThat(store.failed()).isTrue();
        }
    }

    private static OpenStorage open(Disk disk) {
        return DirectoryStorage.builder(DATA)
                .disk(disk)
                .maxFileBytes(1)
                .build()
                .open(SCHEMA, Runnable::run, Schedulers.immediate());
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

    private record Nowhere(boolean takesImages) implements RecoveryTarget {

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
