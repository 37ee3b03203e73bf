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

    /**
     * Runs the rounds, after some that only warm up, and prints the medians: by the clock, by processor time, and how many cores were
     * busy.
     */
    void run(int warmups, int rounds) throws Exception {
        List<String> names = new ArrayList<>(entrants.keySet());
        List<Standing> standings = names.stream().map(name -> new Standing()).toList();
        for (int round = -warmups; round < rounds; round++) {
            Took[] took = round(names, round);
            for (int i = 0; round >= 0 && i < took.length; i++) {
                standings.get(i).add(amount, took[i], took[0]);
            }
        }
        System.out.printf("%n%s (%s)%n", title, unit);
        for (int i = 0; i < names.size(); i++) {
            System.out.println("| " + names.get(i) + standings.get(i).show());
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

    /** What one of them has reached, once a round. */
    private static final class Standing {

        private final Samples speeds = new Samples();
        private final Samples ratios = new Samples();
        private final Samples cpuSpeeds = new Samples();
        private final Samples cpuRatios = new Samples();
        private final Samples busyCores = new Samples();

        void add(double amount, Took took, Took first) {
            speeds.add(amount / took.seconds());
            ratios.add(first.seconds() / took.seconds());
            cpuSpeeds.add(amount / took.cpuSeconds());
            cpuRatios.add(first.cpuSeconds() / took.cpuSeconds());
            busyCores.add(took.cpuSeconds() / took.seconds());
        }

        String show() {
            return String.format(
                    " | %s | %s times the first | by processor time %s | %s times | %s cores busy |",
                    speeds.show("%.2f"),
                    ratios.show("%.2f"),
                    cpuSpeeds.show("%.2f"),
                    cpuRatios.show("%.2f"),
                    busyCores.show("%.2f"));
        }
    }
}
