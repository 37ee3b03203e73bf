package io.walreceiver.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentDecoder;
import io.walreceiver.format.SegmentEncoder;
import io.walreceiver.format.SegmentView;
import io.walreceiver.ledger.ImageReader;
import io.walreceiver.schema.InvalidEventPolicy;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import io.walreceiver.schema.StoredSchema;
import io.walreceiver.storage.Bootstrap.Installed;
import io.walreceiver.storage.checkpoint.CheckpointWriter;
import io.walreceiver.storage.disk.SimulatedCrash;
import io.walreceiver.storage.disk.SimulatedDisk;
import io.walreceiver.storage.records.Epoch;
import io.walreceiver.storage.records.Marker;
import io.walreceiver.storage.records.Skip;
import io.walreceiver.storage.records.Skips;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Schedulers;

class BootstrapTest {

    private static final Path DATA = SimulatedDisk.ROOT.resolve("data");
    private static final LogId LOG = new LogId(1, 3);
    private static final LogId OTHER = new LogId(1, 4);
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC);
    private static final StoredSchema SCHEMA = new StoredSchema(
            SignalSchema.of(SignalType.permanent(0, "view")), InvalidEventPolicy.HOLD, Duration.ofHours(1));
    private static final Skip SKIP = new Skip(101, 150, Instant.EPOCH, "lost");

    private final long seed = Long.getLong("bootstrap.seed", System.nanoTime());
    private final SimulatedDisk sourceDisk = new SimulatedDisk(1);
    private SimulatedDisk disk = new SimulatedDisk(seed);

    /** What the source's log is an image of. */
    private final byte[] image = new byte[100_000];

    @BeforeEach
    void fillSource() throws Exception {
        new Random(7).nextBytes(image);
        store(sourceDisk, LOG, 1, 100);
        store(sourceDisk, OTHER, 1, 60);
        checkpoint(500, 1);
    }

    private void checkpoint(long position, long number) throws IOException {
        Path folder = DataLayout.log(DATA, LOG);
        try (CheckpointWriter writer = CheckpointWriter.begin(
                sourceDisk, folder, LOG, position, number, new Skips(List.of(SKIP)), Instant.EPOCH)) {
            writer.write(image, image.length);
            writer.finish();
        }
    }

    private CheckpointSource source() {
        return CheckpointSource.of(StoredData.in(sourceDisk, DATA));
    }

    private Bootstrap.Builder bootstrap() {
        return Bootstrap.into(DATA).disk(disk).clock(CLOCK);
    }

    @Test
    void startsANewDirectoryWhereTheCheckpointIs() throws Exception {
        List<Long> progress = new ArrayList<>();
        List<Installed> installed = bootstrap()
                .onProgress((log, bytes, total) -> {
                    assertThat(log).isEqualTo(LOG);
                    assertThat(total).isGreaterThan(image.length);
                    progress.add(total - bytes);
                })
                .build()
                .from(source());

        assertThat(installed).singleElement().satisfies(one -> {
            assertThat(one.log()).isEqualTo(LOG);
            assertThat(one.position()).isEqualTo(500);
            assertThat(one.replaced()).isEmpty();
        });
        assertThat(progress).startsWith((long) size()).endsWith(0L);
        StoredData data = StoredData.in(disk, DATA);
        assertThat(data.log(LOG).knownDurable()).isEqualTo(500);
        assertThat(data.log(LOG).skips().records()).containsExactly(SKIP);
        assertThat(disk.content(DATA.resolve(Marker.FILE))).isEqualTo(sourceDisk.content(DATA.resolve(Marker.FILE)));
        assertThat(disk.openFiles()).isZero();

        Target target = new Target();
        assertThat(recover(disk, LOG, target)).isEqualTo(500);
        assertThat(target.image).isEqualTo(image);
        store(disk, LOG, 501, 510);
        assertThat(recover(disk, LOG, new Target())).isEqualTo(510);
    }

    private int size() throws IOException {
        return (int) source().offers().get(0).sizeBytes();
    }

    @Test
    void whatIsThereStaysUnlessItIsAskedFor() throws Exception {
        store(disk, LOG, 1, 40);
        assertThat(bootstrap().build().from(source())).isEmpty();
        assertThat(recover(disk, LOG, new Target())).isEqualTo(40);
        Epoch followed = new Epoch(7, 12);
        followed.write(disk, DataLayout.log(DATA, LOG));

        List<Installed> installed = bootstrap().logs(List.of(LOG)).build().from(source());

        Path aside = DataLayout.logs(DATA).resolve(".replaced-00001-00003");
        assertThat(installed.get(0).replaced()).contains(aside);
        assertThat(StoredData.in(disk, DATA).log(LOG).epoch()).contains(followed);
        assertThat(recover(disk, LOG, new Target())).isEqualTo(500);
        assertThat(StoredData.in(disk, DATA).replaced()).containsExactly(aside);
        assertThat(disk.list(aside)).contains("wal-00001-00003-00000000000000000001.seg");

        bootstrap().logs(List.of(LOG)).build().from(source());
        assertThat(StoredData.in(disk, DATA).replaced()).hasSize(2);
    }

    @Test
    void whatIsReplacedCanBeDropped() throws Exception {
        store(disk, LOG, 1, 40);
        List<Installed> installed =
                bootstrap().logs(List.of(LOG)).dropsReplaced(true).build().from(source());
        assertThat(installed.get(0).replaced()).isEmpty();
        assertThat(disk.list(DataLayout.logs(DATA))).containsExactly("00001-00003");
    }

    @Test
    void aLogThatIsAheadIsNotReplacedUnlessForced() throws Exception {
        store(disk, LOG, 1, 600);
        assertThatThrownBy(() -> bootstrap().logs(List.of(LOG)).build().from(source()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("holds its events through 600")
                .hasMessageContaining("found one at event 500");
        assertThat(recover(disk, LOG, new Target())).isEqualTo(600);

        bootstrap().logs(List.of(LOG)).force(true).build().from(source());
        assertThat(recover(disk, LOG, new Target())).isEqualTo(500);
    }

    @Test
    void aLogThatIsNotOfferedIsMissed() {
        assertThatThrownBy(() -> bootstrap().logs(List.of(OTHER)).build().from(source()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("log 1:4: expected a checkpoint")
                .hasMessageContaining("[1:3]");
        assertThat(disk.exists(DATA)).isFalse();
    }

    @Test
    void anotherSchemaIsRefused() throws Exception {
        StoredSchema other = new StoredSchema(
                SignalSchema.of(SignalType.permanent(0, "like")), InvalidEventPolicy.HOLD, Duration.ofHours(1));
        storage(disk).open(other, Runnable::run, Schedulers.immediate()).close(true);
        assertThatThrownBy(() -> bootstrap().build().from(source()))
                .isInstanceOfSatisfying(
                        StorageException.class,
                        e -> assertThat(e.reason()).isEqualTo(StorageException.Reason.OTHER_SCHEMA))
                .hasMessageContaining("like");
    }

    @Test
    void aDirectoryInUseIsLeftAlone() throws Exception {
        OpenStorage open = storage(disk).open(SCHEMA, Runnable::run, Schedulers.immediate());
        assertThatThrownBy(() -> bootstrap().build().from(source()))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.reason()).isEqualTo(StorageException.Reason.LOCKED));
        open.close(true);
    }

    /** A source that is cut, damaged, or replaced by another one on the way. */
    private class Bad implements CheckpointSource {

        final List<Long> opened = new ArrayList<>();
        int cutAt = Integer.MAX_VALUE;
        int flippedAt = -1;
        String name = "";

        @Override
        public byte[] marker() throws IOException {
            return source().marker();
        }

        @Override
        public List<Offer> offers() throws IOException {
            return source().offers().stream()
                    .map(offer ->
                            name.isEmpty() ? offer : new Offer(offer.log(), name, offer.position(), offer.sizeBytes()))
                    .toList();
        }

        @Override
        public InputStream open(Offer offer, long from) throws IOException {
            opened.add(from);
            try (InputStream in = source().open(offer, 0)) {
                byte[] all = in.readAllBytes();
                if (flippedAt >= 0) {
                    all[flippedAt] ^= 1;
                }
                return new ByteArrayInputStream(
                        Arrays.copyOfRange(all, (int) from, Math.max((int) from, Math.min(all.length, cutAt))));
            }
        }
    }

    @Test
    void goesOnWhereItWasCut() throws Exception {
        Bad source = new Bad();
        for (int cut : new int[] {10, 70_000, 70_000}) {
            source.cutAt = cut;
            assertThatThrownBy(() -> bootstrap().build().from(source))
                    .isInstanceOf(EOFException.class)
                    .hasMessageContaining("ends at byte " + cut)
                    .hasMessageContaining("run it again, and it goes on there");
            assertThat(StoredData.in(disk, DATA).logs()).isEmpty();
        }
        source.cutAt = Integer.MAX_VALUE;
        bootstrap().build().from(source);

        assertThat(source.opened).containsExactly(0L, 10L, 70_000L, 70_000L);
        Target target = new Target();
        assertThat(recover(disk, LOG, target)).isEqualTo(500);
        assertThat(target.image).isEqualTo(image);
    }

    @Test
    void aPartThatIsDamagedComesAnewAndAPartOfAnotherFileDoesToo() throws Exception {
        Bad source = new Bad();
        source.cutAt = 70_000;
        assertThatThrownBy(() -> bootstrap().build().from(source)).isInstanceOf(EOFException.class);
        source.cutAt = Integer.MAX_VALUE;
        Path staged = DataLayout.staged(DATA, LOG);
        disk.flipBit(staged.resolve(disk.list(staged).get(0)), 8 * 40_000);
        bootstrap().build().from(source);
        assertThat(source.opened).containsExactly(0L, 70_000L, 0L);

        disk = new SimulatedDisk(seed);
        source.opened.clear();
        source.cutAt = 70_000;
        assertThatThrownBy(() -> bootstrap().build().from(source)).isInstanceOf(EOFException.class);
        source.cutAt = Integer.MAX_VALUE;
        checkpoint(700, 2);
        bootstrap().build().from(source);
        assertThat(source.opened).containsExactly(0L, 0L);
        assertThat(recover(disk, LOG, new Target())).isEqualTo(700);
    }

    @Test
    void whatIsNoWholeCheckpointIsNotInstalled() throws Exception {
        store(disk, LOG, 1, 40);
        Bad source = new Bad();
        source.flippedAt = 50_000;
        Bootstrap bootstrap = bootstrap().logs(List.of(LOG)).build();
        assertThatThrownBy(() -> bootstrap.from(source))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("came in full, " + size() + " bytes, and is not a whole checkpoint");
        assertThat(recover(disk, LOG, new Target())).isEqualTo(40);
        source.flippedAt = -1;
        bootstrap.from(source);
        assertThat(recover(disk, LOG, new Target())).isEqualTo(500);
    }

    @Test
    void aNameThatIsNoCheckpointsIsRefused() throws Exception {
        Bad source = new Bad();
        for (String name : List.of(
                "../../lock",
                "checkpoint-00000000000000000499-00000001.ckpt",
                "checkpoint-00000000000000000500-00000001.ckpt.tmp",
                "x\nx")) {
            source.name = name;
            assertThatThrownBy(() -> bootstrap().build().from(source))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("is no checkpoint")
                    .hasMessageNotContaining("\n");
        }
        assertThat(source.opened).isEmpty();
    }

    @Test
    void aCheckpointThatIsDroppedOnTheWayIsReplacedByTheNewer() throws Exception {
        Bad source = new Bad() {
            @Override
            public InputStream open(Offer offer, long from) throws IOException {
                if (offer.position() == 500) {
                    checkpoint(800, 2);
                    throw new NoSuchFileException(offer.name());
                }
                return super.open(offer, from);
            }
        };
        assertThat(bootstrap().build().from(source).get(0).position()).isEqualTo(800);
        assertThat(recover(disk, LOG, new Target())).isEqualTo(800);
    }

    @Test
    void whateverCrashesALogIsWhatItWasOrNothingOrInstalledAndRunAgainItIs() throws Exception {
        for (boolean drops : new boolean[] {false, true}) {
            everyCrash(drops, 40);
            everyCrash(drops, 0);
        }
    }

    private void everyCrash(boolean drops, int stored) throws Exception {
        for (long step = 1; ; step++) {
            disk = new SimulatedDisk(seed + step);
            if (stored > 0) {
                store(disk, LOG, 1, stored);
                store(disk, OTHER, 1, 50);
            }
            disk.crashAt(disk.operations() + step);
            try {
                bootstrap().logs(List.of(LOG)).dropsReplaced(drops).build().from(source());
                assertThat(step).as("steps, -Dbootstrap.seed=%d", seed).isGreaterThan(20);
                assertThat(recover(disk, LOG, new Target())).isEqualTo(500);
                return;
            } catch (SimulatedCrash crash) {
                for (SimulatedDisk survivor :
                        List.of(disk.afterPowerLoss(new Random(seed + step)), disk.afterProcessKill())) {
                    String where = "step " + step + " of storing " + stored + ", -Dbootstrap.seed=" + seed;
                    try {
                        checkAndRunAgain(survivor, stored, drops, step % 2 == 0);
                    } catch (AssertionError | Exception e) {
                        throw new AssertionError(where, e);
                    }
                }
            }
        }
    }

    /** @param recovered whether a receiver looks first */
    private void checkAndRunAgain(SimulatedDisk survivor, int stored, boolean drops, boolean recovered)
            throws Exception {
        disk = survivor;
        if (recovered) {
            assertThat(recover(disk, LOG, new Target())).isIn(0L, (long) stored, 500L);
        }
        bootstrap().logs(List.of(LOG)).dropsReplaced(drops).build().from(source());
        Target target = new Target();
        assertThat(recover(disk, LOG, target)).isEqualTo(500);
        assertThat(target.image).isEqualTo(image);
        assertThat(StoredData.in(disk, DATA).log(LOG).skips().records()).containsExactly(SKIP);
        assertThat(recover(disk, OTHER, new Target())).isEqualTo(stored > 0 ? 50 : 0);
        assertThat(disk.list(DataLayout.logs(DATA)))
                .noneMatch(name -> name.startsWith(".bootstrap-") || name.startsWith("dropped-"));
    }

    private static Storage storage(SimulatedDisk disk) {
        return DirectoryStorage.builder(DATA).disk(disk).clock(CLOCK).build();
    }

    private static void store(SimulatedDisk disk, LogId log, long from, long through) throws Exception {
        OpenStorage open = storage(disk).open(SCHEMA, Runnable::run, Schedulers.immediate());
        try {
            LogStore store = open.log(log);
            assertThat(store.recover(new Target()).position()).isEqualTo(from - 1);
            store.append(segment(log, from, through), from);
            store.sync().block();
            store.close();
        } finally {
            open.close(true);
        }
    }

    /** A recovery that finds nothing amiss. */
    private static long recover(SimulatedDisk disk, LogId log, Target target) throws Exception {
        OpenStorage open = storage(disk).open(SCHEMA, Runnable::run, Schedulers.immediate());
        try {
            LogStore store = open.log(log);
            Recovered recovered = store.recover(target);
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
        return SegmentDecoder.decode(encoder.endBatch().finish());
    }

    private static final class Target implements RecoveryTarget {

        private byte[] image = new byte[0];

        @Override
        public boolean takesImages() {
            return true;
        }

        @Override
        public void restore(ImageReader from) throws IOException {
            image = from.next();
        }

        @Override
        public void replay(SegmentView events, long from) {}

        @Override
        public void done(long bytes) {}

        @Override
        public void expect(long bytes) {}
    }
}
