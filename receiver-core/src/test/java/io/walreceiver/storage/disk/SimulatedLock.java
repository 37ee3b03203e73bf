package io.walreceiver.storage.disk;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/** A lock of a simulated disk. */
final class SimulatedLock implements DiskLock {

    private final SimulatedDisk disk;
    private final Path file;
    private final AtomicBoolean open = new AtomicBoolean(true);

    SimulatedLock(SimulatedDisk disk, Path file) {
        this.disk = disk;
        this.file = file;
    }

    @Override
    public void close() {
        if (open.getAndSet(false)) {
            disk.unlocked(file);
        }
    }
}
