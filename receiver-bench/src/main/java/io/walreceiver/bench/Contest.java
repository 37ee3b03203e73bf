package io.walreceiver.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Ways to do one thing, that take turns: in each round every one runs once, each comes first now and then. Ratios are taken within a
 * round, against the first one named.
 */
final class Contest {

    /** One way to do it. */
    interface Entrant {

        /** Does it; returns what once took. */
        Took run() throws Exception;
    }

    private final String title;
    private final String unit;
    private final double amount;
    private final Map<String, Entrant> entrants = new LinkedHashMap<>();

    /**
     * A contest.
     *
     * @param title what is done
     * @param unit what is counted, with its scale, as "M events/s"
     * @param amount how much of it one run gets through, in that scale
     */
    Contest(String title, String unit, double amount) {
        this.title = title;
        this.unit = unit;
        this.amount = amount;
    }

    Contest with(String name, Entrant entrant) {
        entrants.put(name, entrant);
        return this;
    }

    /** Runs the rounds, after some that only warm up, and prints the medians: by the clock, and by processor time. */
    void run(int warmups, int rounds) throws Exception {
        List<String> names = new ArrayList<>(entrants.keySet());
        List<Samples> speeds = samples();
        List<Samples> ratios = samples();
        List<Samples> cpuSpeeds = samples();
        List<Samples> cpuRatios = samples();
        for (int round = -warmups; round < rounds; round++) {
            Took[] took = round(names, round);
            for (int i = 0; round >= 0 && i < took.length; i++) {
                speeds.get(i).add(amount / took[i].seconds());
                ratios.get(i).add(took[0].seconds() / took[i].seconds());
                cpuSpeeds.get(i).add(amount / took[i].cpuSeconds());
                cpuRatios.get(i).add(took[0].cpuSeconds() / took[i].cpuSeconds());
            }
        }
        System.out.printf("%n%s (%s)%n", title, unit);
        for (int i = 0; i < names.size(); i++) {
            System.out.printf(
                    "| %s | %s | %s times the first | by processor time %s | %s times |%n",
                    names.get(i),
                    speeds.get(i).show("%.2f"),
                    ratios.get(i).show("%.2f"),
                    cpuSpeeds.get(i).show("%.2f"),
                    cpuRatios.get(i).show("%.2f"));
        }
    }

    private Took[] round(List<String> names, int round) throws Exception {
        Took[] took = new Took[names.size()];
        for (int i = 0; i < took.length; i++) {
            int turn = Math.floorMod(i + round, took.length);
            System.gc(); // what the run before left is not this one's
            took[turn] = entrants.get(names.get(turn)).run();
        }
        return took;
    }

    private List<Samples> samples() {
        return entrants.keySet().stream().map(name -> new Samples()).toList();
    }
}
