package io.walreceiver.storage;

import io.walreceiver.storage.disk.SimulatedDisk;
import java.io.IOException;

/** What becomes of an operation that fails. */
@FunctionalInterface
interface Patience {

    /** How often something fails until somebody comes. */
    int REPAIRED_AFTER = 3;

    /** Something that a disk may fail. */
    @FunctionalInterface
    interface Attempt {
        void run() throws IOException;
    }

    /** Does it, however often it takes. */
    void with(SimulatedDisk disk, Attempt attempt) throws IOException;

    /** A disk that does not fail: what fails nevertheless is the fault of who is tested. */
    static Patience none() {
        return (disk, attempt) -> attempt.run();
    }

    /**
     * Tries again; after a while somebody repairs the disk. What failed before may come to light later, once for each log: a log whose
     * name in its folder is in doubt says so when it is next written to.
     */
    static Patience untilRepaired() {
        return (disk, attempt) -> {
            for (int tries = 1; ; tries++) {
                try {
                    attempt.run();
                    return;
                } catch (IOException | StorageException e) {
                    if (tries == REPAIRED_AFTER + 1 + Scenario.MAX_LOGS) {
                        throw e;
                    }
                    if (tries == REPAIRED_AFTER) {
                        disk.repair();
                        disk.capacity(Long.MAX_VALUE);
                    }
                }
            }
        };
    }
}
