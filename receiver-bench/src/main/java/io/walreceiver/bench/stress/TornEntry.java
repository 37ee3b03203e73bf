package io.walreceiver.bench.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Two reads, one after the other, beside one write: each sees the pair before it or after it, and the second never less. */
public final class TornEntry {

    private TornEntry() {}

    /** A new pair. */
    @JCStressTest
    @Outcome(
            id = {"0, 0", "0, 1", "1, 1"},
            expect = ACCEPTABLE,
            desc = "before or after")
    @Outcome(expect = FORBIDDEN, desc = "torn, or back in time")
    @State
    public static class FirstEvent extends WrittenPair {

        /** No event so far. */
        public FirstEvent() {
            super(0);
        }

        /** Writes. */
        @Actor
        public void writer() {
            next();
        }

        /** Reads. */
        @Actor
        public void reader(II_Result seen) {
            seen.r1 = read();
            seen.r2 = read();
        }
    }

    /** A tick more in the entry's own words. */
    @JCStressTest
    @Outcome(
            id = {"3, 3", "3, 4", "4, 4"},
            expect = ACCEPTABLE,
            desc = "before or after")
    @Outcome(expect = FORBIDDEN, desc = "torn, or back in time")
    @State
    public static class Inline extends WrittenPair {

        /** Three events. */
        public Inline() {
            super(3);
        }

        /** Writes. */
        @Actor
        public void writer() {
            next();
        }

        /** Reads. */
        @Actor
        public void reader(II_Result seen) {
            seen.r1 = read();
            seen.r2 = score();
        }
    }

    /** The ninth tick: the windows leave the entry for the slab. */
    @JCStressTest
    @Outcome(
            id = {"8, 8", "8, 9", "9, 9"},
            expect = ACCEPTABLE,
            desc = "before or after")
    @Outcome(expect = FORBIDDEN, desc = "torn, or back in time")
    @State
    public static class IntoTheSlab extends WrittenPair {

        /** As many events as the entry holds. */
        public IntoTheSlab() {
            super(8);
        }

        /** Writes. */
        @Actor
        public void writer() {
            next();
        }

        /** Reads. */
        @Actor
        public void reader(II_Result seen) {
            seen.r1 = read();
            seen.r2 = read();
        }
    }

    /** A late event in the slab. */
    @JCStressTest
    @Outcome(
            id = {"12, 12", "12, 13", "13, 13"},
            expect = ACCEPTABLE,
            desc = "before or after")
    @Outcome(expect = FORBIDDEN, desc = "torn, or back in time")
    @State
    public static class LateInTheSlab extends WrittenPair {

        /** A run of ticks. */
        public LateInTheSlab() {
            super(12);
        }

        /** Writes. */
        @Actor
        public void writer() {
            late();
        }

        /** Reads. */
        @Actor
        public void reader(II_Result seen) {
            seen.r1 = read();
            seen.r2 = read();
        }
    }

    /** The first chunk of entries moves, and the pair is written where it went. */
    @JCStressTest
    @Outcome(
            id = {"3, 3", "3, 4", "4, 4"},
            expect = ACCEPTABLE,
            desc = "before or after")
    @Outcome(expect = FORBIDDEN, desc = "torn, lost, or back in time")
    @State
    public static class EntriesMove extends WrittenPair {

        /** One pair of 63. */
        public EntriesMove() {
            super(3);
            others(0, 62);
        }

        /** Writes. */
        @Actor
        public void writer() {
            others(62, 65);
            next();
        }

        /** Reads. */
        @Actor
        public void reader(II_Result seen) {
            seen.r1 = read();
            seen.r2 = read();
        }
    }
}
