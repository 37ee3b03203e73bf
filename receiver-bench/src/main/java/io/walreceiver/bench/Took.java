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
        double cpu = SYSTEM.getProcessCpuTime();
        long started = System.nanoTime();
        work.run();
        double seconds = (System.nanoTime() - started) / 1e9;
        return new Took(seconds, (SYSTEM.getProcessCpuTime() - cpu) / 1e9);
    }

    /** Repeats the work until it has used some processor time; how long it took once. */
    static Took repeating(double cpuSeconds, Work work) throws Exception {
        Took all = new Took(0, 0);
        int times = 0;
        while (all.cpuSeconds < cpuSeconds) {
            Took once = by(work);
            all = new Took(all.seconds + once.seconds, all.cpuSeconds + once.cpuSeconds);
            times++;
        }
        return new Took(all.seconds / times, all.cpuSeconds / times);
    }
}
