package io.walreceiver.storage;

import io.walreceiver.schema.StoredSchema;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import reactor.core.scheduler.Scheduler;

/** Where a receiver keeps what it received. */
public interface Storage {

    /**
     * Keeps nothing: positions and ledger live in memory, and after a crash everything is replayed from the leader. What is
     * acknowledged has been applied. For tests, and for ledgers that keep their positions themselves.
     */
    static Storage inMemory() {
        return VolatileStorage.INSTANCE;
    }

    /**
     * Keeps logs and checkpoints in a directory: what was acknowledged survives the process, and the machine. All options at their
     * defaults; {@link DirectoryStorage#builder} has them.
     *
     * @param directory made if it does not exist; the one it lies in must
     */
    static Storage directory(Path directory) {
        return DirectoryStorage.builder(directory).build();
    }

    /** Whether everything is gone when the process is. */
    boolean isVolatile();

    /**
     * Opens it for one receiver. Blocks.
     *
     * @param wanted the schema and policy that the receiver is to run under
     * @param disk where the storage does its work beside the receiver's; its threads may block
     * @param timer time; must be able to delay
     * @throws StorageException if it cannot be opened
     */
    OpenStorage open(StoredSchema wanted, Executor disk, Scheduler timer);
}
