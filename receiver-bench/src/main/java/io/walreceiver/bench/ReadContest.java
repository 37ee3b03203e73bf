package io.walreceiver.bench;

import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.ledger.SignalReading;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/** Reads of a full ledger: a map of objects, and the built-in one without and with a hint which log owns an entity. One thread. */
final class ReadContest {

    private static final int TYPE = 0;
    private static final int CANDIDATES = 200;
    private static final int SAMPLES = 1 << 16;
    private static final int BEST = 10;
    private static final long NOW = LedgerBenchmark.NOW_NANOS;

    private final double cpuSeconds;
    private final PlainLedger plain;
    private final InMemorySignalLedger builtIn;
    private final InMemorySignalLedger hinted;
    /** Entities that have events of the type, each as likely as any other. */
    private final long[] uniform;

    /** What answers for a ledger. */
    private interface Scores {
        void of(long[] entities, double[] out);
    }

    /**
     * A contest over ledgers that hold these logs.
     *
     * @param cpuSeconds what a run takes at least: short ones are mostly noise
     */
    ReadContest(List<List<WalSegmentPayload>> logs, double cpuSeconds) throws Exception {
        this.cpuSeconds = cpuSeconds;
        LedgerContest ledgers = new LedgerContest(logs);
        ledgers.intoMap();
        plain = ledgers.plain();
        builtIn = InMemorySignalLedger.create(Workload.SCHEMA);
        ledgers.into(builtIn);
        hinted = InMemorySignalLedger.create(Workload.SCHEMA, Workload::ownerOf);
        ledgers.into(hinted);
        Work.check(hinted.knowsOwners());
        LongStream.Builder entities = LongStream.builder();
        builtIn.forEach(NOW, reading -> {
            if (reading.signalType() == TYPE) {
                entities.add(reading.entityId());
            }
        });
        long[] all = entities.build().toArray();
        uniform = new SplittableRandom(7)
                .ints(SAMPLES, 0, all.length)
                .mapToLong(i -> all[i])
                .toArray();
    }

    void run(int warmups, int rounds) throws Exception {
        long hot = builtIn.topByScore(TYPE, 1, NOW).get(0).entityId();
        long[] hottest = new long[SAMPLES];
        Arrays.fill(hottest, hot);
        scores("a score, always the same pair", hottest, 1).run(warmups, rounds);
        scores("a score, pairs at random", uniform, 1).run(warmups, rounds);
        scores("scores of 200 candidates at random", uniform, CANDIDATES).run(warmups, rounds);
        top().run(warmups, rounds);
    }

    private Contest scores(String title, long[] entities, int together) {
        return new Contest(title, "M scores/s", SAMPLES / 1e6)
                .with("HashMap of objects", reading(entities, together, this::fromMap))
                .with("built-in ledger", reading(entities, together, (some, out) -> from(builtIn, some, out)))
                .with(
                        "built-in ledger, owners known",
                        reading(entities, together, (some, out) -> from(hinted, some, out)));
    }

    private void fromMap(long[] entities, double[] out) {
        for (int i = 0; i < entities.length; i++) {
            out[i] = plain.score(entities[i], TYPE, NOW);
        }
    }

    private static void from(InMemorySignalLedger ledger, long[] entities, double[] out) {
        if (entities.length == 1) {
            out[0] = ledger.score(entities[0], TYPE, NOW);
        } else {
            ledger.scores(entities, TYPE, NOW, out);
        }
    }

    /** Seconds for all entities, so many at a time; checks one of a hundred answers against the map's. */
    private Contest.Entrant reading(long[] entities, int together, Scores scores) {
        return () -> {
            long[] some = new long[together];
            double[] out = new double[together];
            Took took = Took.repeating(cpuSeconds, () -> {
                double sum = 0;
                for (int from = 0; from + together <= entities.length; from += together) {
                    System.arraycopy(entities, from, some, 0, together);
                    scores.of(some, out);
                    sum += out[0];
                }
                Work.check(sum > 0);
            });
            for (int i = 0; i < entities.length; i += 100) {
                Arrays.fill(some, entities[i]);
                scores.of(some, out);
                Work.check(Agreement.near(out[together - 1], plain.score(entities[i], TYPE, NOW)));
            }
            return took;
        };
    }

    private Contest top() {
        double[] expected = plain.top(TYPE, BEST, NOW);
        return new Contest("the best " + BEST + " of a type, of " + builtIn.pairs() + " pairs", "lists/s", 1)
                .with("HashMap of objects", () -> best(expected, () -> plain.top(TYPE, BEST, NOW)))
                .with("built-in ledger", () -> best(expected, () -> best(builtIn)))
                .with("built-in ledger, owners known", () -> best(expected, () -> best(hinted)));
    }

    private static double[] best(InMemorySignalLedger ledger) {
        return ledger.topByScore(TYPE, BEST, NOW).stream()
                .mapToDouble(SignalReading::score)
                .toArray();
    }

    /** What makes a list. */
    private interface Lists {
        double[] best();
    }

    private Took best(double[] expected, Lists lists) throws Exception {
        return Took.repeating(cpuSeconds, () -> {
            double[] found = lists.best();
            Work.check(found.length == expected.length);
            for (int k = 0; k < found.length; k++) {
                Work.check(Agreement.near(found[k], expected[k]));
            }
        });
    }
}
