package io.walreceiver.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.format.LogId;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import java.time.Duration;
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

    private static final long SECOND = 1_000_000_000L;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;

    private static final long SEED = Long.getLong("ledger.fuzz.seed", System.nanoTime());
    private static final int ROUNDS = Integer.getInteger("ledger.fuzz.rounds", 120);

    private static final SignalSchema SCHEMA = SignalSchema.of(
            SignalType.exponential(0, "week", Duration.ofDays(7)),
            SignalType.exponential(1, "minute", Duration.ofMinutes(1)),
            SignalType.permanent(2, "ever"),
            SignalType.exponential(255, "year", Duration.ofDays(365)));
    private static final int[] TYPES = {0, 1, 2, 255};

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
        private final InMemorySignalLedger bulkLedger = InMemorySignalLedger.create(SCHEMA);
        private final InMemorySignalLedger singleLedger = InMemorySignalLedger.create(SCHEMA);
        private final MapLedger plain = new MapLedger(SCHEMA);
        private final int entities;
        private final boolean cancelling;
        private long clock;

        Round(SplittableRandom random, String name) {
            this.random = random;
            this.name = name;
            logs = List.of(new LogId(2, 0), new LogId(1, 7)).subList(0, random.nextInt(1, 3));
            for (LogId log : logs) {
                bulk.add((Part) bulkLedger.open(log));
                single.add(singleLedger.open(log));
            }
            entities = random.nextBoolean() ? random.nextInt(1, 4) : random.nextInt(20, 400);
            cancelling = random.nextInt(4) == 0;
            clock = random.nextInt(5) == 0 ? random.nextLong(HOUR) : random.nextLong(1_700_000_000 * SECOND);
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
            long step = step();
            int lateness = random.nextInt(0, 40);
            int hot = random.nextInt(entities);
            List<Event> events = new ArrayList<>();
            for (int i = 0, n = random.nextInt(1, 400); i < n; i++) {
                clock += step == 0 ? 0 : random.nextLong(step);
                events.add(event(random.nextBoolean() ? hot : random.nextInt(entities), lateness));
            }
            int log = random.nextInt(logs.size());
            bulk.get(log).apply(Event.batch(events), events.size());
            for (Event event : events) {
                single.get(log).applyWalEvent(event.entityId(), event.signalType(), event.weight(), event.nanos());
                plain.apply(logs.get(log), event.entityId(), event.signalType(), event.weight(), event.nanos());
            }
        }

        /** Event time stands still, runs by seconds, minutes, hours, or leaps days or months ahead. */
        private long step() {
            return switch (random.nextInt(8)) {
                case 0 -> 0;
                case 1, 2 -> 10 * SECOND;
                case 3 -> 5 * MINUTE;
                case 4 -> 2 * HOUR;
                case 5 -> 4 * DAY / 10;
                case 6 -> {
                    clock += random.nextLong(60 * DAY);
                    yield MINUTE;
                }
                default -> {
                    clock += random.nextLong(10 * DAY);
                    yield SECOND;
                }
            };
        }

        private Event event(int entity, int latePercent) {
            long nanos = clock;
            if (random.nextInt(100) < latePercent) {
                long[] reach = {MINUTE, 90 * MINUTE, 2 * DAY, 8 * DAY, 100 * DAY};
                nanos = Math.max(0, nanos - random.nextLong(reach[random.nextInt(reach.length)]));
            }
            if (random.nextInt(10) == 0) {
                nanos = Math.max(0, nanos / HOUR * HOUR - random.nextInt(2));
            }
            float weight = cancelling ? random.nextInt(-3, 4) : (float) random.nextDouble(-1, 10);
            int type = random.nextInt(3) == 0 ? TYPES[random.nextInt(TYPES.length)] : 0;
            return new Event(entity * 0x9E3779B97F4A7C15L, type, weight, nanos);
        }

        private void compare() {
            for (Part part : bulk) {
                part.entries()
                        .forEach(
                                part.entries().size(),
                                (chunk, at, id) -> formsSeen.add(Entries.form(chunk[at + Entries.META])));
            }
            long[] ahead = {0, MINUTE, HOUR, 2 * HOUR, 30 * HOUR, 8 * DAY, 50 * DAY};
            long now = clock + random.nextLong(ahead[random.nextInt(ahead.length)] + 1);
            now = random.nextInt(4) == 0 ? now / HOUR * HOUR - random.nextInt(2) : now;
            List<SignalReading> expected = plain.readAll(now);
            assertThat(all(bulkLedger, now)).as("%s at %d", name, now).isEqualTo(expected);
            assertThat(all(singleLedger, now)).as("%s at %d, singly", name, now).isEqualTo(expected);
            for (SignalReading reading : expected) {
                assertThat(bulkLedger.read(reading.entityId(), reading.signalType(), now))
                        .isEqualTo(reading);
                assertThat(bulkLedger.score(reading.entityId(), reading.signalType(), now))
                        .isEqualTo(reading.score());
            }
            compareTop(expected, now);
        }

        private void compareTop(List<SignalReading> expected, long now) {
            int type = TYPES[random.nextInt(TYPES.length)];
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
