package io.walreceiver.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.format.LogId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Images of parts with random histories: made while the part goes on, taken over, damaged.
 *
 * <p>Repeat a run with {@code -Dledger.fuzz.seed=N}; run longer with {@code -Dledger.fuzz.rounds=N} (120 by default).
 */
class PartImageFuzzTest {

    private static final LogId LOG = new LogId(1, 7);
    private static final long SEED = Long.getLong("ledger.fuzz.seed", System.nanoTime());
    private static final int ROUNDS = Integer.getInteger("ledger.fuzz.rounds", 120);
    private static final int DAMAGES = 40;

    private final TreeSet<Integer> formsSeen = new TreeSet<>();
    private int piecemeal;
    private int refused;
    private int accepted;

    /** A ledger with one part. */
    private static final class Held {
        final InMemorySignalLedger ledger = InMemorySignalLedger.create(RandomHistory.SCHEMA);
        final Part part = (Part) ledger.open(LOG);

        void apply(List<Event> events, boolean bulk) {
            if (bulk) {
                part.apply(Event.batch(events), events.size());
            } else {
                events.forEach(e -> part.applyWalEvent(e.entityId(), e.signalType(), e.weight(), e.nanos()));
            }
        }

        List<SignalReading> all(long now) {
            List<SignalReading> all = new ArrayList<>();
            ledger.forEach(now, all::add);
            return all;
        }
    }

    @Test
    void anImageIsOfTheMomentItBegan() throws IOException {
        System.out.println("image fuzz: repeat with -Dledger.fuzz.seed=" + SEED);
        for (int round = 0; round < ROUNDS; round++) {
            imageWhileGoingOn(new SplittableRandom(SEED + round), "seed " + SEED + " round " + round);
        }
        if (ROUNDS >= 100) {
            assertThat(formsSeen).as("window forms met").contains(1, 8, 9, 10, 11, 12, 13);
            assertThat(piecemeal).as("images of more than one step").isPositive();
        }
    }

    private void imageWhileGoingOn(SplittableRandom random, String name) throws IOException {
        boolean large = random.nextInt(10) == 0;
        RandomHistory history =
                large ? new RandomHistory(random, random.nextInt(5_000, 20_000)) : new RandomHistory(random);
        Held going = new Held();
        Held stopped = new Held();
        List<Event> first = large ? history.census() : history.batch();
        going.apply(first, true);
        stopped.apply(first, true);
        for (int i = 0, batches = random.nextInt(60); i < batches; i++) {
            List<Event> batch = history.batch();
            going.apply(batch, random.nextBoolean());
            stopped.apply(batch, true);
        }

        List<List<Event>> meanwhile = new ArrayList<>();
        Image image = new Image();
        try (PartImage begun = going.part.beginImage(image)) {
            assertThat(image.blocks).as(name).isEmpty();
            boolean whole = false;
            for (int steps = 0; !whole; ) {
                if (random.nextInt(3) == 0) {
                    whole = begun.writeSome();
                    piecemeal += !whole && steps++ == 0 ? 1 : 0;
                } else {
                    List<Event> batch = history.batch();
                    going.apply(batch, random.nextInt(3) > 0);
                    meanwhile.add(batch);
                }
            }
            assertThat(begun.writeSome()).isTrue();
        }

        Image atRest = Image.of(stopped.part);
        assertThat(image.sorted().bytes()).as(name).isDeepEqualTo(atRest.bytes());
        Held restored = new Held();
        image.restoreTo(restored.part);
        assertSame(restored, stopped, history, name);
        for (List<Event> batch : meanwhile) {
            restored.apply(batch, random.nextBoolean());
            stopped.apply(batch, true);
        }
        assertSame(restored, stopped, history, name + ", gone on");
        assertSame(going, stopped, history, name + ", the one that was imaged");
    }

    private void assertSame(Held one, Held other, RandomHistory history, String name) {
        assertThat(Image.of(one.part).bytes())
                .as(name)
                .isDeepEqualTo(Image.of(other.part).bytes());
        assertThat(one.ledger.newestEventNanos()).as(name).isEqualTo(other.ledger.newestEventNanos());
        for (int i = 0; i < 3; i++) {
            long now = history.instant();
            List<SignalReading> expected = other.all(now);
            assertThat(one.all(now)).as("%s at %d", name, now).isEqualTo(expected);
            for (SignalReading reading : expected.subList(0, Math.min(expected.size(), 1_000))) {
                assertThat(one.ledger.read(reading.entityId(), reading.signalType(), now))
                        .as(name)
                        .isEqualTo(reading);
            }
        }
        Entries entries = one.part.entries();
        entries.forEach(entries.size(), (chunk, at, id) -> formsSeen.add(Entries.form(chunk[at + Entries.META])));
    }

    /** Checksums keep damage from coming here; should it come, it is refused or makes a part that works. */
    @Test
    void aDamagedImageIsRefusedOrWorks() {
        System.out.println("image damage: repeat with -Dledger.fuzz.seed=" + SEED);
        for (int round = 0; round < ROUNDS; round++) {
            SplittableRandom random = new SplittableRandom(SEED + round);
            RandomHistory history = new RandomHistory(random);
            Held held = new Held();
            for (int i = 0, batches = random.nextInt(1, 40); i < batches; i++) {
                held.apply(history.batch(), true);
            }
            Image image = Image.of(held.part);
            List<List<Event>> later = List.of(history.batch(), history.batch(), history.batch());
            for (int i = 0; i < DAMAGES; i++) {
                Image damaged = image.copy();
                String damage = damage(damaged, random);
                refusedOrWorks(damaged, later, history.instant(), "seed " + SEED + " round " + round + ", " + damage);
            }
        }
        if (ROUNDS >= 100) {
            assertThat(refused).isPositive();
            assertThat(accepted).isPositive();
        }
    }

    @Test
    void everyFlippedBitIsRefusedOrWorks() {
        SplittableRandom random = new SplittableRandom(SEED);
        RandomHistory history = new RandomHistory(random, 1);
        Held held = new Held();
        for (int i = 0; i < 30; i++) {
            held.apply(history.batch(), true);
        }
        Image image = Image.of(held.part);
        List<List<Event>> later = List.of(history.batch(), history.batch(), history.batch());
        long now = history.instant();
        for (int block = 0; block < image.blocks.size(); block++) {
            for (int bit = 0; bit < image.blocks.get(block).length * 8; bit++) {
                Image damaged = image.copy();
                damaged.blocks.get(block)[bit / 8] ^= (byte) (1 << bit % 8);
                refusedOrWorks(damaged, later, now, "seed " + SEED + ", bit " + bit + " of block " + block);
            }
        }
        assertThat(refused).isPositive();
        assertThat(accepted).isPositive();
    }

    private static String damage(Image image, SplittableRandom random) {
        List<byte[]> blocks = image.blocks;
        int victim = random.nextInt(blocks.size());
        byte[] block = blocks.get(victim);
        int at = random.nextInt(block.length);
        switch (random.nextInt(8)) {
            case 0 -> blocks.remove(victim);
            case 1 -> blocks.add(random.nextInt(blocks.size() + 1), block.clone());
            case 2 -> blocks.set(victim, Arrays.copyOf(block, at));
            case 3 -> blocks.set(victim, Arrays.copyOf(block, block.length + random.nextInt(1, 50)));
            case 4 -> random.nextBytes(block);
            default -> {
                int length = Math.min(random.nextInt(1, 9), block.length - at);
                for (int i = at; i < at + length; i++) {
                    block[i] = random.nextBoolean() ? (byte) random.nextInt() : (byte) 0xFF;
                }
                return length + " bytes at " + at + " of block " + victim;
            }
        }
        return "block " + victim + " cut at " + at + ", repeated, made longer, random or gone";
    }

    private void refusedOrWorks(Image damaged, List<List<Event>> later, long now, String damage) {
        Held held = new Held();
        try {
            try {
                damaged.restoreTo(held.part);
            } catch (IOException e) {
                refused++;
                assertThat(held.ledger.pairs()).isZero();
                assertThat(held.ledger.newestEventNanos()).isZero();
                assertThat(held.all(now)).isEmpty();
                return;
            }
            accepted++;
            held.all(now);
            for (List<Event> batch : later) {
                held.apply(batch, true);
                held.all(now);
            }
            Held again = new Held();
            Image.of(held.part).restoreTo(again.part);
            assertThat(again.all(now)).isEqualTo(held.all(now));
        } catch (IOException | RuntimeException e) {
            throw new AssertionError(damage, e);
        }
    }
}
