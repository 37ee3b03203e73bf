package io.walreceiver.bench;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What the measured calls got through, so that a throughput benchmark reports bytes and events per second too. */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.OPERATIONS)
public class Work {

    /** Bytes of the segments processed. */
    public long bytes;

    /** Events processed. */
    public long events;

    /** Starts from zero: called by JMH before each iteration. */
    @Setup(Level.Iteration)
    public void reset() {
        bytes = 0;
        events = 0;
    }

    /** Stops a benchmark that computes something wrong. */
    static void check(boolean right) {
        if (!right) {
            throw new AssertionError("the benchmark computed something wrong");
        }
    }
}
