package io.walreceiver.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * How long something took: by the clock, and by the processor time of the whole process, collector and compilers included. On one core
 * with nothing else to do the two agree; on a machine that is shared, what others do is in the first only.
 */
record Took(double seconds, double cpuSeconds) {

    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    /** Some work. */
    interface Work {
        void run() throws Exception;
    }

    static Took by(Work work) throws Exception {
        return repeating(0, work);
    }

    /** Repeats the work until it has used some processor time; how long it took once. */
    static Took repeating(double cpuSeconds, Work work) throws Exception {
        double cpuStarted = SYSTEM.getProcessCpuTime();
        long started = System.nanoTime();
        int times = 0;
        double cpu;
        do {
            work.run();
            times++;
            cpu = (SYSTEM.getProcessCpuTime() - cpuStarted) / 1e9;
        } while (cpu < cpuSeconds);
        return new Took((System.nanoTime() - started) / 1e9 / times, cpu / times);
    }
}
