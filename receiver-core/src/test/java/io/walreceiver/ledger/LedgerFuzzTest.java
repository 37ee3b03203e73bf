package io.walreceiver.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.format.LogId;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Random histories of months against the plain form: scores bit for bit, counts exactly, at many instants on the way.
 *
 * <p>Repeat a run with {@code -Dledger.fuzz.seed=N}; run longer with {@code -Dledger.fuzz.rounds=N} (120 by default).
 */
class LedgerFuzzTest {

    private static final long SEED = Long.getLong("ledger.fuzz.seed", System.nanoTime());
    private static final int ROUNDS = Integer.getInteger("ledger.fuzz.rounds", 120);

    private final TreeSet<Integer> formsSeen = new TreeSet<>();

    @Test
    void fastAndPlainFormAgreeOverMonths() {
        System.out.println("ledger fuzz: repeat with -Dledger.fuzz.seed=" + SEED);
        for (int round = 0; round < ROUNDS; round++) {
            new Round(new SplittableRandom(SEED + round), "seed " + SEED + " round " + round).run();
        }
        if (ROUNDS >= 100) {
            assertThat(formsSeen).as("window forms met").contains(1, 8, 9, 10, 11, 12, 13);
        }
    }

    private final class Round {

        private final SplittableRandom random;
        private final String name;
        private final List<LogId> logs;
        private final List<Part> bulk = new ArrayList<>();
        private final List<LedgerPart> single = new ArrayList<>();
        private final List<Part> parted = new ArrayList<>();
        private final InMemorySignalLedger bulkLedger = InMemorySignalLedger.create(RandomHistory.SCHEMA);
        // Told that all is in one log: right at times, and then found wrong.
        private final InMemorySignalLedger singleLedger =
                InMemorySignalLedger.create(RandomHistory.SCHEMA, entityId -> new LogId(2, 0));
        private final InMemorySignalLedger partedLedger = InMemorySignalLedger.create(RandomHistory.SCHEMA);
        private final MapLedger plain = new MapLedger(RandomHistory.SCHEMA);
        private final RandomHistory history;

        Round(SplittableRandom random, String name) {
            this.random = random;
            this.name = name;
            logs = List.of(new LogId(2, 0), new LogId(1, 7)).subList(0, random.nextInt(1, 3));
            for (LogId log : logs) {
                bulk.add((Part) bulkLedger.open(log));
                single.add(singleLedger.open(log));
                parted.add((Part) partedLedger.open(log));
            }
            history = new RandomHistory(random);
        }

        void run() {
            for (int i = 0, batches = random.nextInt(5, 60); i < batches; i++) {
                applyBatch();
                if (random.nextInt(4) == 0) {
                    compare();
                }
            }
            compare();
        }

        private void applyBatch() {
            List<Event> events = history.batch();
            int log = random.nextInt(logs.size());
            bulk.get(log).apply(Event.batch(events), events.size());
            if (random.nextInt(3) == 0) {
                Part part = bulk.get(log);
                part.idleWindows().giveBack(0, part.entries().size(), history.instant());
            }
            parted.get(log).applyInPartitions(Event.segment(logs.get(log), 1, random.nextInt(1, 150), events), 1);
            for (Event event : events) {
                single.get(log).applyWalEvent(event.entityId(), event.signalType(), event.weight(), event.nanos());
                plain.apply(logs.get(log), event.entityId(), event.signalType(), event.weight(), event.nanos());
            }
        }

        private void compare() {
            for (Part part : bulk) {
                part.entries()
                        .forEach(
                                part.entries().size(),
                                (chunk, at, id) -> formsSeen.add(Entries.form(chunk[at + Entries.META])));
            }
            long now = history.instant();
            List<SignalReading> expected = plain.readAll(now);
            assertThat(all(bulkLedger, now)).as("%s at %d", name, now).isEqualTo(expected);
            assertThat(all(singleLedger, now)).as("%s at %d, singly", name, now).isEqualTo(expected);
            assertThat(all(partedLedger, now))
                    .as("%s at %d, in partitions", name, now)
                    .isEqualTo(expected);
            for (SignalReading reading : expected) {
                assertThat(bulkLedger.read(reading.entityId(), reading.signalType(), now))
                        .isEqualTo(reading);
                assertThat(bulkLedger.score(reading.entityId(), reading.signalType(), now))
                        .isEqualTo(reading.score());
            }
            compareScores(expected, now);
            compareTop(expected, now);
        }

        private void compareScores(List<SignalReading> expected, long now) {
            int type = history.anyType();
            List<SignalReading> ofType = expected.stream()
                    .filter(reading -> reading.signalType() == type)
                    .toList();
            long[] entities = ofType.stream().mapToLong(SignalReading::entityId).toArray();
            double[] found = new double[entities.length];
            for (InMemorySignalLedger ledger : List.of(bulkLedger, singleLedger)) {
                ledger.scores(entities, type, now, found);
                assertThat(found)
                        .as(name)
                        .containsExactly(ofType.stream()
                                .mapToDouble(SignalReading::score)
                                .toArray());
            }
        }

        private void compareTop(List<SignalReading> expected, long now) {
            int type = history.anyType();
            int k = random.nextInt(1, 30);
            Window window = Window.values()[random.nextInt(4)];
            assertThat(bulkLedger.topByScore(type, k, now))
                    .as(name)
                    .isEqualTo(MapLedger.top(expected, type, k, SignalReading::score));
            assertThat(bulkLedger.topByCount(type, window, k, now))
                    .as(name)
                    .isEqualTo(MapLedger.top(expected, type, k, reading -> reading.count(window)));
        }

        private List<SignalReading> all(InMemorySignalLedger ledger, long now) {
            List<SignalReading> all = new ArrayList<>();
            ledger.forEach(now, all::add);
            return all;
        }
    }
}
