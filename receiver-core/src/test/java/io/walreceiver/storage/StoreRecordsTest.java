package io.walreceiver.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.format.BatchMark;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentDecoder;
import io.walreceiver.format.SegmentEncoder;
import io.walreceiver.format.SegmentView;
import io.walreceiver.ledger.ImageReader;
import io.walreceiver.schema.InvalidEventPolicy;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import io.walreceiver.schema.StoredSchema;
import io.walreceiver.storage.disk.SimulatedCrash;
import io.walreceiver.storage.disk.SimulatedDisk;
import io.walreceiver.storage.records.Epoch;
import io.walreceiver.storage.records.Skip;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Schedulers;

/** What a log's store keeps beside events: its last batch, the epoch that it follows, the holes that it passed over while it ran. */
class StoreRecordsTest {

    private static final Path DATA = SimulatedDisk.ROOT.resolve("data");
    private static final LogId LOG = new LogId(1, 3);
    private static final BatchHasher HASHER = BatchHasher.fastest();
    private static final StoredSchema SCHEMA = new StoredSchema(
            SignalSchema.of(SignalType.permanent(0, "view")), InvalidEventPolicy.HOLD, Duration.ofHours(1));
    private static final Skip HOLE = new Skip(101, 150, Instant.EPOCH, "the leader lost them");

    private final long seed = Long.getLong("records.seed", System.nanoTime());
    private SimulatedDisk disk = new SimulatedDisk(seed);

    private interface Use {
        void of(LogStore store) throws IOException;
    }

    @Test
    void theLastBatchIsTheOneThatASyncCovers() throws IOException {
        withStore(store -> {
            assertThat(store.lastDurableBatch(1_000)).isEmpty();
            SegmentView segment = segment(1, 40, 100);
            store.append(segment, 1);
            store.sync().block();
            assertThat(mark(store)).contains(segment.mark(1));
            assertThat(store.lastDurableBatch(99)).isEmpty();
        });
        withStore(store -> assertThat(mark(store)).contains(segment(1, 40, 100).mark(1)));
    }

    @Test
    void aBatchThatWasCutIsNamedAsItLiesThere() throws IOException {
        SegmentView straddles = segment(1, 90, 200);
        withStore(store -> {
            store.append(single(1, 100), 1);
            store.append(straddles, 101);
            store.sync().block();
            BatchMark cut = mark(store).orElseThrow();
            assertThat(cut.firstSeq()).isEqualTo(101);
            assertThat(cut.lastSeq()).isEqualTo(200);
            assertThat(cut).isEqualTo(single(101, 200).mark(0)).isNotEqualTo(straddles.mark(1));
        });
        withStore(store -> assertThat(mark(store)).contains(single(101, 200).mark(0)));
    }

    @Test
    void theLastBatchIsKnownThoughNothingLiesBehindTheCheckpoint() throws IOException {
        withStore(store -> {
            store.append(segment(1, 40, 100), 1);
            try (CheckpointInProgress checkpoint = store.beginCheckpoint()) {
                checkpoint.finish();
            }
            store.skip(HOLE);
        });
        withStore(store -> {
            assertThat(store.written()).isEqualTo(150);
            assertThat(mark(store)).contains(segment(1, 40, 100).mark(1));
            assertThat(store.lastDurableBatch(150).orElseThrow().timestampNanos())
                    .isEqualTo(1_100);
        });
    }

    @Test
    void aBatchThatHasRottenBelowTheCheckpointIsNotNamed() throws IOException {
        withStore(store -> {
            store.append(segment(1, 40, 100), 1);
            try (CheckpointInProgress checkpoint = store.beginCheckpoint()) {
                checkpoint.finish();
            }
        });
        Path file = StoredData.in(disk, DATA).log(LOG).files().get(0).path();
        disk.flipBit(file, 8L * disk.content(file).length - 1);

        withStore(store -> {
            assertThat(store.written()).isEqualTo(100);
            assertThat(mark(store)).isEmpty();
        });
    }

    @Test
    void anEpochIsFollowedUntilAHigherOneComes() throws IOException {
        withStore(store -> {
            assertThat(store.epoch()).isEmpty();
            store.adopt(new Epoch(7, 12));
            store.adopt(new Epoch(7, 13)); // said again
            assertThat(store.epoch()).contains(new Epoch(7, 12));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> store.adopt(new Epoch(6, 20)))
                    .withMessageContaining("log 1:3: expected a leader of epoch 7")
                    .withMessageContaining("found epoch 6");
        });
        withStore(store -> {
            assertThat(store.epoch()).contains(new Epoch(7, 12));
            store.adopt(new Epoch(9, 40));
            assertThat(store.epoch()).contains(new Epoch(9, 40));
        });
        try (LockedData locked = LockedData.take(disk, DATA, Clock.systemUTC())) {
            locked.drop(LOG);
        }
        withStore(store -> assertThat(store.epoch()).isEmpty());
    }

    @Test
    void anEpochIsOnRecordBeforeAnythingIsRecovered() throws IOException {
        withStore(store -> store.adopt(new Epoch(7, 12)));
        OpenStorage open = open();
        LogStore store = open.log(LOG); // of a part that keeps its own position: it is not recovered
        assertThatIllegalArgumentException().isThrownBy(() -> store.adopt(new Epoch(6, 20)));
        assertThat(store.epoch()).contains(new Epoch(7, 12));
        open.close(true);
    }

    @Test
    void anAdoptedEpochIsThereWhateverCrashes() throws IOException {
        everyCrash(
                store -> store.adopt(new Epoch(7, 100)),
                store -> {
                    assertThat(store.written()).isEqualTo(100);
                    assertThat(store.epoch()).isIn(Optional.empty(), Optional.of(new Epoch(7, 100)));
                },
                store -> assertThat(store.epoch()).contains(new Epoch(7, 100)));
    }

    @Test
    void aHoleIsPassedOverInFullOrNotAtAllWhateverCrashes() throws IOException {
        everyCrash(
                store -> {
                    store.skip(HOLE);
                    assertThat(store.written()).isEqualTo(150);
                    assertThat(store.durable()).isEqualTo(150);
                    assertThat(store.skips()).containsExactly(HOLE);
                },
                store -> assertThat(store.written()).isEqualTo(store.skips().isEmpty() ? 100 : 150),
                store -> {
                    assertThat(store.skips()).containsExactly(HOLE);
                    assertThat(store.written()).isEqualTo(150);
                    store.append(single(151, 200), 151);
                    store.sync().block();
                    assertThat(store.durable()).isEqualTo(200);
                });
    }

    /** The same files as an operator's skip at rest leaves. */
    @Test
    void aHoleThatIsPassedOverWhileTheLogRunsIsTheSameAsOneAtRest() throws IOException {
        withStore(store -> {
            store.append(segment(1, 40, 100), 1); // not synced: the skip sees to it
            store.skip(HOLE);
            store.append(single(151, 200), 151);
            store.sync().block();
        });
        String running = listing();

        disk = new SimulatedDisk(seed);
        withStore(store -> {
            store.append(segment(1, 40, 100), 1);
            store.sync().block();
        });
        Clock epoch = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
        try (LockedData locked = LockedData.take(disk, DATA, epoch)) {
            assertThat(locked.skip(LOG, 150, HOLE.reason())).isEqualTo(HOLE);
        }
        withStore(store -> {
            store.append(single(151, 200), 151);
            store.sync().block();
        });
        assertThat(running).isEqualTo(listing());
    }

    private String listing() throws IOException {
        StringBuilder files = new StringBuilder();
        Path folder = DataLayout.log(DATA, LOG);
        for (String name : disk.list(folder).stream().sorted().toList()) {
            files.append(name)
                    .append(' ')
                    .append(HexFormat.of().formatHex(disk.content(folder.resolve(name))))
                    .append('\n');
        }
        return files.toString();
    }

    /** A log of 100 events, of which 60 are durable, and a change that crashes at each step. */
    private void everyCrash(Use change, Use afterCrash, Use done) throws IOException {
        for (long step = 1; ; step++) {
            disk = new SimulatedDisk(seed + step);
            OpenStorage open = open();
            LogStore store = open.log(LOG);
            store.recover(new Nothing());
            store.append(segment(1, 40, 60), 1);
            store.sync().block();
            store.append(single(61, 100), 61);
            disk.crashAt(disk.operations() + step);
            try {
                change.of(store);
            } catch (SimulatedCrash crash) {
                disk = disk.afterPowerLoss(new Random(seed + step));
                try {
                    withStore(recovered -> {
                        if (recovered.written() >= 100) { // else the tail was not durable, so nothing was begun
                            afterCrash.of(recovered);
                        } else {
                            assertThat(recovered.written()).isEqualTo(60);
                            assertThat(recovered.skips()).isEmpty();
                        }
                    });
                } catch (AssertionError | RuntimeException e) {
                    throw new AssertionError("-Drecords.seed=" + seed + ", step " + step, e);
                }
                continue;
            }
            assertThat(step).isGreaterThan(4);
            disk.crashAt(Long.MAX_VALUE);
            disk = disk.afterPowerLoss(new Random(seed + step));
            withStore(done);
            return;
        }
    }

    private OpenStorage open() {
        return DirectoryStorage.builder(DATA).disk(disk).build().open(SCHEMA, Runnable::run, Schedulers.immediate());
    }

    private void withStore(Use use) throws IOException {
        OpenStorage open = open();
        LogStore store = open.log(LOG);
        store.recover(new Nothing());
        use.of(store);
        store.close();
        open.close(true);
    }

    private static Optional<BatchMark> mark(LogStore store) {
        return store.lastDurableBatch(store.durable()).map(batch -> batch.mark());
    }

    /** Two batches, the second one from {@code middle + 1} on. */
    private static SegmentView segment(long first, long middle, long last) {
        SegmentEncoder encoder = new SegmentEncoder(LOG, 2, HASHER);
        batch(encoder, first, middle);
        batch(encoder, middle + 1, last);
        return SegmentDecoder.decode(encoder.finish());
    }

    private static SegmentView single(long first, long last) {
        SegmentEncoder encoder = new SegmentEncoder(LOG, 2, HASHER);
        batch(encoder, first, last);
        return SegmentDecoder.decode(encoder.finish());
    }

    private static void batch(SegmentEncoder encoder, long first, long last) {
        encoder.beginBatch(first, 1_000 + last);
        for (long seq = first; seq <= last; seq++) {
            encoder.event(seq, 0, 1, 1_000 + seq);
        }
        encoder.endBatch();
    }

    private static final class Nothing implements RecoveryTarget {

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
