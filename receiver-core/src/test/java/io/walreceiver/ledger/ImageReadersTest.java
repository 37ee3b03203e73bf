package io.walreceiver.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.format.LogId;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Reads while an image is made and while one is taken over: a pair is seen as of one event, or not yet. */
class ImageReadersTest {

    private static final int EVER = 0;
    private static final long MINUTE = 60_000_000_000L;
    private static final LogId LOG = new LogId(1, 1);
    private static final SignalSchema SCHEMA = SignalSchema.of(SignalType.permanent(EVER, "ever"));

    private static final int GENERATIONS = 30;
    private static final int PAIRS = 20_000;
    private static final int HOT = 300;
    private static final int EVENTS = 30_000;

    private final InMemorySignalLedger ledger = InMemorySignalLedger.create(SCHEMA);

    /**
     * Every event weighs one and all lie within a week, so score, all time and week are one number. Each generation takes over the
     * image that the one before began halfway, and applied its second half meanwhile.
     */
    @Test
    void noReadIsTornWhileImagesAreMadeAndTakenOver() {
        CompletableFuture<Void> writer = CompletableFuture.runAsync(this::writeGenerations);
        SplittableRandom random = new SplittableRandom(3);
        long reads = 0;
        while (!writer.isDone()) {
            for (int i = 0; i < 2_000; i++, reads++) {
                SignalReading reading = ledger.read(random.nextInt(random.nextInt(PAIRS) + 1), EVER, 0);
                assertThat(isWhole(reading)).as("%s", reading).isTrue();
            }
            for (SignalReading reading : ledger.topByScore(EVER, 10, 0)) {
                assertThat(isWhole(reading) && reading.allTime() > 0)
                        .as("%s", reading)
                        .isTrue();
            }
            ledger.forEach(
                    0,
                    reading -> assertThat(isWhole(reading) && reading.allTime() > 0)
                            .as("%s", reading)
                            .isTrue());
        }
        writer.join();
        assertThat(reads).isPositive();
        long[] events = {0};
        ledger.forEach(0, reading -> events[0] += reading.allTime());
        assertThat(events[0]).isEqualTo((long) (GENERATIONS + 1) * EVENTS / 2);
    }

    private static boolean isWhole(SignalReading reading) {
        return reading.score() == reading.allTime()
                && reading.allTime() == reading.lastWeek()
                && reading.lastDay() <= reading.lastWeek()
                && reading.lastHour() <= reading.lastDay();
    }

    private void writeGenerations() {
        Image image =
                Image.of((SnapshottingPart) InMemorySignalLedger.create(SCHEMA).open(LOG));
        for (int i = 0; i < GENERATIONS; i++) {
            SnapshottingPart part = (SnapshottingPart) ledger.open(LOG);
            try {
                image.restoreTo(part);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            SplittableRandom random = new SplittableRandom(i);
            write(part, random, i * 2L, null);
            image = new Image();
            try (PartImage begun = part.beginImage(image)) {
                write(part, random, i * 2L + 1, begun);
                while (!begun.writeSome()) {}
            }
        }
    }

    /** Half the events of a generation, of which each half takes an hour. */
    private static void write(SnapshottingPart part, SplittableRandom random, long hour, PartImage begun) {
        for (int i = 0; i < EVENTS / 2; i++) {
            long clock = hour * 60 * MINUTE + 60 * MINUTE / (EVENTS / 2) * i;
            long late = random.nextInt(10) == 0 ? random.nextLong(clock + 1) : 0;
            long entity = random.nextInt(3) == 0 ? random.nextInt(PAIRS) : random.nextInt(HOT);
            part.applyWalEvent(entity, EVER, 1, clock - late);
            if (begun != null && i % 4_000 == 3_999) {
                begun.writeSome();
            }
        }
    }
}
