package io.walreceiver.storage;

import io.walreceiver.format.LogId;
import io.walreceiver.schema.SchemaDiff;
import io.walreceiver.schema.StoredSchema;
import io.walreceiver.storage.StorageException.Reason;
import io.walreceiver.storage.disk.Disk;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import reactor.core.scheduler.Scheduler;

/** {@link StoredData#readOnly}. */
final class ReadOnlyStorage implements Storage {

    private final StoredData data;
    private final Disk disk;
    private final Optional<LogId> only;
    private final long through;
    private final Consumer<RecoveryFinding> findings;

    ReadOnlyStorage(
            StoredData data, Disk disk, Optional<LogId> only, long through, Consumer<RecoveryFinding> findings) {
        this.data = data;
        this.disk = disk;
        this.only = only;
        this.through = through;
        this.findings = findings;
    }

    @Override
    public boolean isVolatile() {
        return false;
    }

    @Override
    public OpenStorage open(StoredSchema wanted, Executor diskThreads, Scheduler timer) {
        SchemaDiff diff = SchemaDiff.between(data.schema(), wanted);
        if (!diff.same()) {
            throw new StorageException(
                    Reason.OTHER_SCHEMA,
                    data + " was written under another schema:\n" + diff.describe() + "\nread it under the stored one");
        }
        try {
            return new Open(only.map(Set::of).orElse(Set.copyOf(data.logs())));
        } catch (IOException e) {
            throw new StorageException(Reason.IO, data + " cannot be read: " + e + "; see who may read it", e);
        }
    }

    @Override
    public String toString() {
        return data + ", read only";
    }

    private final class Open implements OpenStorage {

        private final Set<LogId> logs;

        Open(Set<LogId> logs) {
            this.logs = logs;
        }

        @Override
        public StoredSchema stored() {
            return data.schema();
        }

        @Override
        public Set<LogId> logs() {
            return logs;
        }

        @Override
        public LogStore log(LogId log) {
            return new ReadOnlyLogStore(disk, data.log(log), through, findings);
        }

        @Override
        public void adopt(StoredSchema schema) {
            throw new UnsupportedOperationException(data + " is only read");
        }

        @Override
        public void remember() {}

        @Override
        public void close(boolean clean) {}
    }
}
