package io.walreceiver.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentDecoder;
import io.walreceiver.format.SegmentEncoder;
import io.walreceiver.format.SegmentView;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.ledger.ImageReader;
import io.walreceiver.schema.InvalidEventPolicy;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import io.walreceiver.schema.StoredSchema;
import io.walreceiver.storage.StorageException.Reason;
import io.walreceiver.storage.disk.SimulatedCrash;
import io.walreceiver.storage.disk.SimulatedDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Schedulers;

/** What operators change in a data directory, and how it is looked at, on a disk that may crash at any step. */
class LockedDataTest {

    private static final Path DATA = SimulatedDisk.ROOT.resolve("data");
    private static final LogId LOG = new LogId(1, 3);
    private static final LogId OTHER = new LogId(1, 4);
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC);
    private static final StoredSchema SCHEMA = new StoredSchema(
            SignalSchema.of(SignalType.permanent(0, "view")), InvalidEventPolicy.HOLD, Duration.ofHours(1));

    private final long seed = Long.getLong("locked.seed", System.nanoTime());
    private final SimulatedDisk disk = new SimulatedDisk(seed);

    @Test
    void skipIsRecoveredFromAndTheLogGoesOnBehindIt() throws Exception {
        store(disk, LOG, 100);
        try (LockedData locked = LockedData.take(disk, DATA, CLOCK)) {
            assertThat(locked.skip(LOG, 150, "lost").from()).isEqualTo(101);
        }

        assertThat(recover(disk, LOG)).isEqualTo(150);
        append(disk, LOG, 151, 200);
        assertThat(recover(disk, LOG)).isEqualTo(200);
        StoredLog stored = StoredData.in(disk, DATA).log(LOG);
        assertThat(stored.read().skips().records())
                .singleElement()
                .satisfies(skip -> assertThat(skip.reason()).isEqualTo("lost"));
        assertThat(stored.read().findings()).isEmpty();
    }

    @Test
    void skipOfALogThatWasNeverSeenStartsIt() throws Exception {
        store(disk, LOG, 100);
        try (LockedData locked = LockedData.take(disk, DATA, CLOCK)) {
            locked.skip(OTHER, 7, "began late");
        }

        assertThat(recover(disk, OTHER)).isEqualTo(7);
        append(disk, OTHER, 8, 20);
        assertThat(recover(disk, OTHER)).isEqualTo(20);
    }

    @Test
    void whatTheLogHoldsIsNotSkippedNorWithoutAReason() throws Exception {
        store(disk, LOG, 100);
        try (LockedData locked = LockedData.take(disk, DATA, CLOCK)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> locked.skip(LOG, 100, "lost"))
                    .withMessage("log 1:3 holds its events through 100: expected a position beyond it, found 100");
            assertThatIllegalArgumentException().isThrownBy(() -> locked.skip(LOG, 101, " "));
        }
        assertThat(StoredData.in(disk, DATA).log(LOG).skips().records()).isEmpty();
    }

    @Test
    void skipIsThereInFullOrNotAtAllWhateverCrashes() throws Exception {
        everyCrash(locked -> locked.skip(LOG, 150, "lost"), List.of(100L, 150L));
    }

    /** Its name can be read, and a later sync of the folder succeeds without making it durable. */
    @Test
    void skipWhoseSyncFailedIsDurableOnceALogWasRecoveredWithIt() throws Exception {
        store(disk, LOG, 100);
        Path folder = DataLayout.log(DATA, LOG);
        try (LockedData locked = LockedData.take(disk, DATA, CLOCK)) {
            disk.failSyncs(folder::equals);
            assertThatIOException().isThrownBy(() -> locked.skip(LOG, 150, "lost"));
        }
        disk.repair();
        SimulatedDisk restarted = disk.afterProcessKill();

        assertThat(recover(restarted, LOG)).isEqualTo(150);
        append(restarted, LOG, 151, 200);

        for (int loss = 0; loss < 20; loss++) {
            assertThat(recover(restarted.afterPowerLoss(new Random(seed + loss)), LOG))
                    .as("loss %d, seed %d", loss, seed)
                    .isEqualTo(200);
        }
    }

    @Test
    void logIsDroppedInFullOrNotAtAllWhateverCrashes() throws Exception {
        everyCrash(locked -> locked.drop(LOG), List.of(100L, 0L));
    }

    private interface Change {
        void apply(LockedData locked) throws IOException;
    }

    private void everyCrash(Change change, List<Long> allowed) throws Exception {
        for (long step = 1; ; step++) {
            SimulatedDisk crashing = new SimulatedDisk(seed + step);
            store(crashing, LOG, 100);
            store(crashing, OTHER, 50);
            LockedData locked = LockedData.take(crashing, DATA, CLOCK);
            crashing.crashAt(crashing.operations() + step);
            try {
                change.apply(locked);
                assertThat(step).as("steps, seed %d", seed).isGreaterThan(5);
                locked.close();
                assertThat(recover(crashing, LOG)).isEqualTo(allowed.get(1));
                return;
            } catch (SimulatedCrash crash) {
                SimulatedDisk survivor = crashing.afterPowerLoss(new Random(seed + step));
                assertThat(recover(survivor, LOG))
                        .as("step %d, seed %d", step, seed)
                        .isIn(allowed);
                assertThat(recover(survivor, OTHER)).isEqualTo(50);
                assertThat(survivor.list(DataLayout.logs(DATA))).noneMatch(name -> name.startsWith("dropped-"));
            }
        }
    }

    @Test
    void readingStopsAtAPositionEvenWithinABatch() throws Exception {
        store(disk, LOG, 100);
        Storage upTo = StoredData.in(disk, DATA).readOnly(LOG, 77, finding -> {});
        OpenStorage open = upTo.open(SCHEMA, Runnable::run, Schedulers.immediate());
        Positions target = new Positions();

        assertThat(open.log(LOG).recover(target).position()).isEqualTo(77);
        assertThat(target.last).isEqualTo(77);
        assertThatThrownBy(() -> open.log(LOG).append(segment(LOG, 78, 80), 78)).hasMessageContaining("only read");
    }

    @Test
    void readingChangesNothingBesideAReceiverThatWorks() throws Exception {
        store(disk, LOG, 100);
        OpenStorage working = storage(disk).open(SCHEMA, Runnable::run, Schedulers.immediate());
        LogStore store = working.log(LOG);
        store.recover(new Positions());
        store.append(segment(LOG, 101, 150), 101);
        long operations = disk.operations();

        StoredData stored = StoredData.in(disk, DATA);
        assertThat(stored.log(LOG).read().position()).isEqualTo(150);
        assertThat(stored.log(LOG).events(120, 1 << 20))
                .singleElement()
                .satisfies(piece -> assertThat(piece.lastSeq()).isEqualTo(150));
        assertThat(disk.operations()).isEqualTo(operations);
        assertThatThrownBy(() -> LockedData.take(disk, DATA, CLOCK))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.LOCKED));
    }

    @Test
    void whatWasDurableAndIsGoneIsAFinding() throws Exception {
        store(disk, LOG, 100);
        Path file = StoredData.in(disk, DATA).log(LOG).files().get(0).path();
        disk.flipBit(file, 8L * (64 + 30));

        StoredLog.Reading reading = StoredData.in(disk, DATA).log(LOG).read();

        assertThat(reading.position()).isZero();
        assertThat(reading.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.kind()).isEqualTo(RecoveryFinding.Kind.ROT);
            assertThat(finding.text()).contains(file + ", byte ", "checksum", "events from 1 on are left out");
        });
    }

    @Test
    void directoriesThatHoldNoDataAreTold() throws Exception {
        disk.createDirectory(DATA);
        assertThat(disk.list(DATA)).isEmpty();

        assertThatThrownBy(() -> LockedData.take(disk, DATA, CLOCK))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NOT_A_DATA_DIRECTORY));
        assertThatThrownBy(() -> LockedData.take(disk, DATA.resolve("none"), CLOCK))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.MISSING));
        assertThat(disk.list(DATA)).isEmpty();
    }

    private static Storage storage(SimulatedDisk disk) {
        return DirectoryStorage.builder(DATA).disk(disk).clock(CLOCK).build();
    }

    /** Stores the first events of a log, and that they are durable. */
    private static void store(SimulatedDisk disk, LogId log, int events) throws Exception {
        append(disk, log, 1, events);
    }

    private static void append(SimulatedDisk disk, LogId log, long from, long through) throws Exception {
        OpenStorage open = storage(disk).open(SCHEMA, Runnable::run, Schedulers.immediate());
        try {
            LogStore store = open.log(log);
            assertThat(store.recover(new Positions()).position()).isEqualTo(from - 1);
            store.append(segment(log, from, through), from);
            store.sync().block();
            assertThat(store.durable()).isEqualTo(through);
            store.close();
        } finally {
            open.close(true);
        }
    }

    private static long recover(SimulatedDisk disk, LogId log) throws Exception {
        OpenStorage open = storage(disk).open(SCHEMA, Runnable::run, Schedulers.immediate());
        try {
            LogStore store = open.log(log);
            Recovered recovered = store.recover(new Positions());
            assertThat(recovered.findings()).isEmpty();
            assertThat(recovered.rotten()).isFalse();
            store.close();
            return recovered.position();
        } finally {
            open.close(true);
        }
    }

    private static SegmentView segment(LogId log, long from, long through) {
        SegmentEncoder encoder = new SegmentEncoder(log, 2, BatchHasher.fastest()).beginBatch(from, 1_000);
        for (long seq = from; seq <= through; seq++) {
            encoder.event(seq, 0, 1, 1_000 + seq);
        }
        WalSegmentPayload payload = encoder.endBatch().finish();
        assertThat(payload.id()).isEqualTo(new WalSegmentId(log, from));
        return SegmentDecoder.decode(payload);
    }

    private static final class Positions implements RecoveryTarget {

        private long last;

        @Override
        public boolean takesImages() {
            return true;
        }

        @Override
        public void restore(ImageReader image) {}

        @Override
        public void replay(SegmentView events, long from) {
            last = events.lastSeq();
        }

        @Override
        public void done(long bytes) {}

        @Override
        public void expect(long bytes) {}
    }
}
