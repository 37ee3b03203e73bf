package io.walreceiver.storage;

import io.walreceiver.schema.StoredSchema;
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
