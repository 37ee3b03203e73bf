package io.walreceiver.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.format.LogId;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Reads while the writer is at work: a pair is always seen as of one event. */
class LedgerReadersTest {

    private static final int EVER = 0;
    private static final long HOUR = 3_600_000_000_000L;
    private static final long SIX_DAYS = 6 * 24 * HOUR;
    private static final LogId LOG = new LogId(1, 1);
    private static final SignalSchema SCHEMA = SignalSchema.of(SignalType.permanent(EVER, "ever"));

    private static final int GENERATIONS = 60;
    private static final int PAIRS = 300;
    private static final int EVENTS = 20_000;
    private static final int SEGMENT_EVENTS = 2_000;

    private final InMemorySignalLedger ledger = InMemorySignalLedger.create(SCHEMA);
    private final AtomicLong generation = new AtomicLong();

    /**
     * Each event weighs one and lies in the last week, so score, all time and week are one number, whatever the form of the windows.
     * Pairs come up all the time, so that index and first chunk move under the reader; a few are hot and go through every
     * form, late events included, so that blocks change hands.
     */
    @Test
    void noReadIsTorn() {
        AtomicLong reads = new AtomicLong();
        CompletableFuture<Void> writer = CompletableFuture.runAsync(this::writeGenerations);
        SplittableRandom random = new SplittableRandom(3);
        while (!writer.isDone()) {
            SignalReading reading = ledger.read(entity(generation.get(), random), EVER, 0);
            assertThat(isWhole(reading)).as("%s", reading).isTrue();
            reads.incrementAndGet();
        }
        writer.join();
        ledger.forEach(0, reading -> assertThat(isWhole(reading)).isTrue());
        assertThat(reads).hasPositiveValue();
    }

    /** The same check finds torn reads at once where the entry's version is not looked at: it has teeth. */
    @Test
    void readsThatIgnoreTheVersionAreTorn() {
        Part part = (Part) ledger.open(LOG);
        part.applyWalEvent(7, EVER, 1, HOUR);
        int id = part.find(PairIndex.hash(7, EVER), 7, EVER);
        AtomicBoolean stop = new AtomicBoolean();
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            while (!stop.get()) {
                part.applyWalEvent(7, EVER, 1, HOUR);
            }
        });
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        boolean seen = false;
        while (!seen && System.nanoTime() < deadline) {
            long[] chunk = part.entries().chunk(id);
            double score = Double.longBitsToDouble(Entries.peek(chunk, Entries.at(id), Entries.SCORE));
            seen = score != Entries.allTime(Entries.peek(chunk, Entries.at(id), Entries.META));
        }
        stop.set(true);
        writer.join();
        assertThat(seen).isTrue();
    }

    @Test
    void growthLosesNoPairUnderReaders() {
        int pairs = 300_000;
        LedgerPart part = ledger.open(LOG);
        AtomicLong written = new AtomicLong();
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            for (long entity = 1; entity <= pairs; entity++) {
                part.applyWalEvent(entity, EVER, entity % 1000, HOUR + entity);
                written.set(entity);
            }
        });
        SplittableRandom random = new SplittableRandom(5);
        while (!writer.isDone()) {
            long entity = random.nextLong(written.get() + 1);
            SignalReading reading = ledger.read(entity, EVER, 0);
            assertThat(reading.allTime()).as("pair of entity %d", entity).isEqualTo(entity == 0 ? 0 : 1);
            assertThat(reading.score()).isEqualTo(entity % 1000);
        }
        writer.join();
        assertThat(ledger.pairs()).isEqualTo(pairs);
        assertThat(ledger.topByScore(EVER, 3, 0))
                .extracting(SignalReading::entityId)
                .containsExactly(999L, 1999L, 2999L);
    }

    @Test
    void walksGoOnWhileTheWriterDoes() {
        CompletableFuture<Void> writer = CompletableFuture.runAsync(this::writeGenerations);
        do {
            ledger.forEach(0, reading -> assertThat(isWhole(reading)).isTrue());
            for (SignalReading reading : ledger.topByScore(EVER, 10, 0)) {
                assertThat(isWhole(reading)).isTrue();
            }
            for (SignalReading reading : ledger.topByCount(EVER, Window.WEEK, 10, 0)) {
                assertThat(isWhole(reading)).isTrue();
            }
        } while (!writer.isDone());
        writer.join();
    }

    private static boolean isWhole(SignalReading reading) {
        return reading.score() == reading.allTime()
                && reading.allTime() == reading.lastWeek()
                && reading.lastDay() <= reading.lastWeek()
                && reading.lastHour() <= reading.lastDay();
    }

    private void writeGenerations() {
        for (int i = 1; i <= GENERATIONS; i++) {
            Part part = (Part) ledger.open(LOG);
            generation.set(i);
            write(part, i, new SplittableRandom(i));
        }
    }

    /** Event by event, and every other generation in segments as large ones are applied, where one write of a pair is of several events. */
    private static void write(Part part, long generation, SplittableRandom random) {
        long start = generation * SIX_DAYS;
        List<Event> together = new ArrayList<>();
        for (int i = 0; i < EVENTS; i++) {
            long clock = start + SIX_DAYS / EVENTS * i;
            long late = random.nextInt(10) == 0 ? random.nextLong(clock - start + 1) : 0;
            Event event = new Event(entity(generation, random), EVER, 1, clock - late);
            together.add(event);
            if (generation % 2 == 1) {
                part.applyWalEvent(event.entityId(), EVER, event.weight(), event.nanos());
            } else if (together.size() == SEGMENT_EVENTS) {
                part.applyInPartitions(Event.segment(LOG, 1, SEGMENT_EVENTS, together), 1);
                together.clear();
            }
            if (i % 100 == 0) {
                part.idleWindows().giveBack(0, part.entries().size(), Long.MAX_VALUE);
            }
        }
    }

    /** One of a generation's pairs, the first ones much more often. */
    private static long entity(long generation, SplittableRandom random) {
        return generation * PAIRS + random.nextInt(random.nextInt(PAIRS) + 1) / (1 + random.nextInt(20));
    }
}
