package io.walreceiver.storage;

import io.walreceiver.format.LogId;
import io.walreceiver.schema.StoredSchema;
import java.util.Set;
import java.util.concurrent.Executor;
import reactor.core.scheduler.Scheduler;

/** {@link Storage#inMemory()}. */
final class VolatileStorage implements Storage {

    static final Storage INSTANCE = new VolatileStorage();

    private VolatileStorage() {}

    @Override
    public boolean isVolatile() {
        return true;
    }

    @Override
    public OpenStorage open(StoredSchema wanted, Executor disk, Scheduler timer) {
        return new Open(wanted);
    }

    private record Open(StoredSchema stored) implements OpenStorage {

        @Override
        public Set<LogId> logs() {
            return Set.of();
        }

        @Override
        public LogStore log(LogId log) {
            return new VolatileLogStore(log);
        }

        @Override
        public void adopt(StoredSchema schema) {}

        @Override
        public void remember() {}

        @Override
        public void close(boolean clean) {}
    }
}
