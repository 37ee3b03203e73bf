package io.walreceiver.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;

/**
 * How long each of many calls on one thread took: by the clock, and by the thread's processor time. A pause of the collector, or
 * another thread on the same core, is in the first only. The second takes a fraction of a microsecond to ask for, which is in it.
 */
final class Durations {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private long[] nanos;
    private long[] cpuNanos;
    private int count;
    private long started;
    private long cpuStarted;

    /**
     * Without any.
     *
     * @param capacity how many there is room for at first
     */
    Durations(int capacity) {
        nanos = new long[capacity];
        cpuNanos = new long[capacity];
    }

    void begin() {
        cpuStarted = THREADS.getCurrentThreadCpuTime();
        started = System.nanoTime();
    }

    void end() {
        long took = System.nanoTime() - started;
        long cpuTook = THREADS.getCurrentThreadCpuTime() - cpuStarted;
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, count * 2);
            cpuNanos = Arrays.copyOf(cpuNanos, count * 2);
        }
        nanos[count] = took;
        cpuNanos[count++] = cpuTook;
    }

    int count() {
        return count;
    }

    /** No more will come: sorts them. */
    void sort() {
        Arrays.sort(nanos, 0, count);
        Arrays.sort(cpuNanos, 0, count);
    }

    /** What a share of the calls did not exceed, in microseconds; of the whole share, the longest. */
    double micros(double share) {
        return nanos[at(share)] / 1e3;
    }

    /** As {@link #micros}, by processor time. */
    double cpuMicros(double share) {
        return cpuNanos[at(share)] / 1e3;
    }

    private int at(double share) {
        return (int) Math.ceil(share * count) - 1;
    }
}
