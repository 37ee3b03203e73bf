package io.walreceiver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Queue;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Runs tasks one by one, when the test says so. */
final class ManualExecutor {

    private final Queue<Runnable> tasks = new ArrayDeque<>();

    Scheduler scheduler() {
        return Schedulers.fromExecutor(tasks::add);
    }

    /** Runs so many tasks; false if there were fewer. */
    boolean run(int count) {
        for (int i = 0; i < count; i++) {
            Runnable task = tasks.poll();
            if (task == null) {
                return false;
            }
            task.run();
        }
        return true;
    }

    void runAll() {
        while (run(1)) {
            assertThat(tasks.size()).isLessThan(100_000);
        }
    }
}
