package io.walreceiver.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.walreceiver.storage.disk.SimulatedCrash;
import io.walreceiver.storage.disk.SimulatedDisk;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A crash at every operation on the disk of many runs: of the process, of the machine, of one and then the other, and again during the
 * recovery. {@code -Dcrash.seeds=N} runs so many scenarios, {@code -Dcrash.seed=S} starts at one, {@code -Dcrash.operation=K} crashes
 * there only.
 */
class CrashTest {

    private static final int POINTS = 6_000;
    private static final int MOST_CRASHES = 4;

    private final int seeds = Integer.getInteger("crash.seeds", 0);
    private final long first = Long.getLong("crash.seed", System.nanoTime());
    private final long operation = Long.getLong("crash.operation", 0);
    private long points;
    private long starts;

    @Test
    @Timeout(36_000)
    void whatIsRecoveredIsOneApplicationOfAllThatWasAcknowledged() throws IOException {
        System.out.println("crash: seeds from " + first);
        long seed = first;
        for (; seeds == 0 ? points < POINTS : seed < first + seeds; seed++) {
            crashEverywhere(seed);
        }
        System.out.println(
                "crash: " + (seed - first) + " seeds, " + points + " crash points, " + starts + " recoveries");
        assertThat(points).isPositive();
    }

    private void crashEverywhere(long seed) throws IOException {
        Scenario scenario = new Scenario(seed, Patience.none(), true);
        SimulatedDisk whole = new SimulatedDisk(seed);
        try {
            scenario.run(whole, new Promises());
        } catch (AssertionError | RuntimeException | IOException e) {
            throw new AssertionError("-Dcrash.seeds=1 -Dcrash.seed=" + seed + ", without a crash", e);
        }
        long from = operation == 0 ? 1 : operation;
        long to = operation == 0 ? whole.operations() : operation;
        for (long at = from; at <= to; at++) {
            try {
                crash(scenario, seed, at);
            } catch (AssertionError | RuntimeException | IOException e) {
                throw new AssertionError("-Dcrash.seeds=1 -Dcrash.seed=" + seed + " -Dcrash.operation=" + at, e);
            }
            points++;
        }
    }

    private void crash(Scenario scenario, long seed, long at) throws IOException {
        SimulatedDisk disk = new SimulatedDisk(seed);
        disk.crashAt(at);
        Promises promises = new Promises();
        try {
            scenario.run(disk, promises);
            fail("no crash");
        } catch (SimulatedCrash e) {
            Random random = new Random(31 * seed + at);
            resume(scenario, disk.afterPowerLoss(random), random, promises.copy(), 1);
            resume(scenario, disk.afterProcessKill(), random, promises, 1);
        }
    }

    /** Goes on where a crash left it; now and then there is another. */
    private void resume(Scenario scenario, SimulatedDisk disk, Random random, Promises promises, int crashes)
            throws IOException {
        starts++;
        try {
            if (crashes < MOST_CRASHES && random.nextInt(3) == 0) {
                disk.crashAt(disk.operations() + 1 + random.nextInt(60));
            } else if (crashes < MOST_CRASHES && random.nextInt(3) == 0) {
                scenario.recover(disk, random, promises);
                resume(scenario, left(disk, random), random, promises, crashes + 1);
                return;
            }
            scenario.resume(disk, random, promises);
        } catch (SimulatedCrash e) {
            resume(scenario, left(disk, random), random, promises, crashes + 1);
        } catch (AssertionError | RuntimeException | IOException e) {
            throw new AssertionError("after crash " + crashes + ": " + promises, e);
        }
    }

    private static SimulatedDisk left(SimulatedDisk disk, Random random) {
        return random.nextInt(3) > 0 ? disk.afterPowerLoss(random) : disk.afterProcessKill();
    }
}
