package io.walreceiver.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.storage.disk.SimulatedCrash;
import io.walreceiver.storage.disk.SimulatedDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A disk that fails at each of its operations, and works again after a while: what runs goes on by itself, and what was acknowledged
 * is there, also after a kill and a loss of power that follow. {@code -Dfault.seeds=N} runs so many scenarios, {@code -Dfault.seed=S}
 * starts at one, {@code -Dfault.operation=K} fails there only.
 */
class FaultTest {

    private final int seeds = Integer.getInteger("fault.seeds", 3);
    private final long first = Long.getLong("fault.seed", System.nanoTime());
    private final long operation = Long.getLong("fault.operation", 0);

    /** What fails. */
    enum Fault {
        SYNC {
            @Override
            void prepare(SimulatedDisk disk, Predicate<Path> fails, Random random) {
                disk.failSyncs(fails);
            }
        },
        WRITE {
            @Override
            void prepare(SimulatedDisk disk, Predicate<Path> fails, Random random) {
                disk.failWrites(fails);
            }
        },
        READ {
            @Override
            void prepare(SimulatedDisk disk, Predicate<Path> fails, Random random) {
                disk.failReads(fails);
            }
        },
        FULL {
            @Override
            void prepare(SimulatedDisk disk, Predicate<Path> fails, Random random) {
                disk.failWrites(file -> {
                    disk.capacity(fails.test(file) ? random.nextInt(4_000) : Long.MAX_VALUE);
                    return false;
                });
            }
        };

        abstract void prepare(SimulatedDisk disk, Predicate<Path> fails, Random random);
    }

    /** Counts the operations of a kind, of which some in a row fail. */
    private static final class Window implements Predicate<Path> {

        private final long from;
        private final long through;
        private long operations;

        Window(long from, long operations) {
            this.from = from;
            this.through = from + operations - 1;
        }

        @Override
        public boolean test(Path file) {
            operations++;
            return operations >= from && operations <= through;
        }
    }

    @ParameterizedTest
    @EnumSource
    @Timeout(36_000)
    void whatFailedIsMadeGoodWithoutARestartAndNothingAcknowledgedIsLost(Fault fault) throws IOException {
        System.out.println("fault: " + fault + ", seeds from " + first);
        long faults = 0;
        for (long seed = first; seed < first + seeds; seed++) {
            // A drop whose sync failed is in doubt until the machine has started anew.
            Scenario scenario = new Scenario(seed, Patience.untilRepaired(), false);
            SimulatedDisk whole = new SimulatedDisk(seed);
            Window none = new Window(0, 0);
            fault.prepare(whole, none, new Random());
            scenario.run(whole, new Promises());
            long from = operation == 0 ? 1 : operation;
            long to = operation == 0 ? none.operations : operation;
            for (long at = from; at <= to; at++) {
                try {
                    fail(scenario, fault, seed, at, whole.operations());
                } catch (AssertionError | RuntimeException | IOException e) {
                    throw new AssertionError(
                            "-Dfault.seeds=1 -Dfault.seed=" + seed + " -Dfault.operation=" + at + " " + fault, e);
                }
                faults++;
            }
        }
        System.out.println("fault: " + faults + " of " + fault);
        assertThat(faults).isPositive();
    }

    private static void fail(Scenario scenario, Fault fault, long seed, long at, long operations) throws IOException {
        Random random = new Random(31 * seed + at);
        int inARow = random.nextInt(3) > 0 ? 1 : 1 + random.nextInt(5);

        SimulatedDisk disk = new SimulatedDisk(seed);
        Promises promises = new Promises();
        fault.prepare(disk, new Window(at, inARow), random);
        scenario.run(disk, promises);
        scenario.resume(disk.afterPowerLoss(random), random, promises);

        SimulatedDisk killed = new SimulatedDisk(seed);
        Promises told = new Promises();
        killed.crashAt(1 + (long) (random.nextDouble() * operations));
        fault.prepare(killed, new Window(at, inARow), random);
        try {
            scenario.run(killed, told);
        } catch (SimulatedCrash e) {
            scenario.resume(killed.afterPowerLoss(random), random, told.copy());
            SimulatedDisk next = killed.afterProcessKill();
            scenario.recover(next, random, told);
            scenario.resume(next.afterPowerLoss(random), random, told);
        }
    }
}
