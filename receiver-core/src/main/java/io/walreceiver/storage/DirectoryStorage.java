package io.walreceiver.storage;

import io.walreceiver.schema.StoredSchema;
import io.walreceiver.storage.disk.Disk;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Scheduler;

/**
 * Keeps logs, checkpoints and refused segments in a directory of one receiver. Immutable; may be opened again and again, by one
 * receiver at a time. {@code docs/durability.md} says what is promised and what lies where.
 */
public final class DirectoryStorage implements Storage {

    private static final Logger LOG = LoggerFactory.getLogger(DirectoryStorage.class);

    private final Builder options;

    private DirectoryStorage(Builder options) {
        this.options = options;
    }

    /**
     * Starts from all defaults.
     *
     * @param directory made if it does not exist; the one it lies in must
     */
    public static Builder builder(Path directory) {
        return new Builder(directory);
    }

    @Override
    public boolean isVolatile() {
        return false;
    }

    @Override
    public OpenStorage open(StoredSchema wanted, Executor disk, Scheduler timer) {
        return DataDirectory.open(this, wanted, disk, timer);
    }

    /** Where it is. */
    public Path directory() {
        return options.directory;
    }

    Disk disk() {
        return options.disk;
    }

    Clock clock() {
        return options.clock;
    }

    CommitPolicy commitPolicy() {
        return options.commitPolicy;
    }

    long maxFileBytes() {
        return options.maxFileBytes;
    }

    long checkpointBytes() {
        return options.checkpointBytes;
    }

    Duration checkpointInterval() {
        return options.checkpointInterval;
    }

    Retention retention() {
        return options.retention;
    }

    long maxQuarantineBytes() {
        return options.maxQuarantineBytes;
    }

    int maxQuarantineSegments() {
        return options.maxQuarantineSegments;
    }

    void tell(List<RecoveryFinding> found) {
        try {
            found.forEach(options.findings);
        } catch (RuntimeException e) { // the user's own: what was recovered stays recovered
            LOG.warn("data directory {}: whoever is told of findings failed", options.directory, e);
        }
    }

    boolean adoptsSchemaChanges() {
        return options.adoptsSchemaChanges;
    }

    @Override
    public String toString() {
        return "directory " + options.directory;
    }

    /** Builds a {@link DirectoryStorage}. Not for use by several threads. */
    public static final class Builder {

        private static final long MIB = 1 << 20;

        private final Path directory;
        private Disk disk = Disk.ofOperatingSystem();
        private Clock clock = Clock.systemUTC();
        private CommitPolicy commitPolicy = CommitPolicy.commit();
        private long maxFileBytes = 64 * MIB;
        private long checkpointBytes = 256 * MIB;
        private Duration checkpointInterval = Duration.ofMinutes(10);
        private Retention retention = Retention.none();
        private long maxQuarantineBytes = 64 * MIB;
        private int maxQuarantineSegments = 1_000;
        private boolean adoptsSchemaChanges;
        private Consumer<RecoveryFinding> findings = finding -> {};

        private Builder(Path directory) {
            this.directory = directory.toAbsolutePath().normalize();
        }

        private Builder(Builder other) {
            directory = other.directory;
            disk = other.disk;
            clock = other.clock;
            commitPolicy = other.commitPolicy;
            maxFileBytes = other.maxFileBytes;
            checkpointBytes = other.checkpointBytes;
            checkpointInterval = other.checkpointInterval;
            retention = other.retention;
            maxQuarantineBytes = other.maxQuarantineBytes;
            maxQuarantineSegments = other.maxQuarantineSegments;
            adoptsSchemaChanges = other.adoptsSchemaChanges;
            findings = other.findings;
        }

        /** The disk it lies on. Default: the operating system's; a test may bring one that fails. */
        public Builder disk(Disk disk) {
            this.disk = disk;
            return this;
        }

        /** Tells the time of checkpoints and records. Default: the system's. */
        public Builder clock(Clock clock) {
            this.clock = clock;
            return this;
        }

        /** When what was appended is made durable. Default {@link CommitPolicy#commit()}. */
        public Builder commitPolicy(CommitPolicy policy) {
            commitPolicy = policy;
            return this;
        }

        /** Size from which on a file of a log is sealed and followed by a new one. Default 64 MiB; 1 byte or more. */
        public Builder maxFileBytes(long bytes) {
            maxFileBytes = bytes;
            return this;
        }

        /** Bytes of a log after which it gets another checkpoint. Default 256 MiB; 1 or more. */
        public Builder checkpointBytes(long bytes) {
            checkpointBytes = bytes;
            return this;
        }

        /** Time after which a log to which something was appended gets another checkpoint. Default 10 min; more than 0. */
        public Builder checkpointInterval(Duration interval) {
            checkpointInterval = interval;
            return this;
        }

        /** Which files stay that recovery does not need any more. Default {@link Retention#none()}. */
        public Builder retention(Retention retention) {
            this.retention = retention;
            return this;
        }

        /** Bytes of refused segments that are kept aside for each log. Default 64 MiB; 0 or more. */
        public Builder maxQuarantineBytes(long bytes) {
            maxQuarantineBytes = bytes;
            return this;
        }

        /** Number of refused segments that are kept aside for each log. Default 1,000; 2 or more. */
        public Builder maxQuarantineSegments(int segments) {
            maxQuarantineSegments = segments;
            return this;
        }

        /**
         * Whether a schema that differs from the stored one in a compatible way (a new type, another name or policy) is made the stored
         * one when the storage is opened, after a checkpoint of every log. Default false: it is refused, and the difference told.
         */
        public Builder adoptsSchemaChanges(boolean adopts) {
            adoptsSchemaChanges = adopts;
            return this;
        }

        /**
         * Told of whatever a recovery finds that is not as it should be; it is logged as a warning anyway. Called on the storage's
         * threads, several at once; must not throw. Default: nobody.
         */
        public Builder onFinding(Consumer<RecoveryFinding> action) {
            findings = action;
            return this;
        }

        /**
         * The storage; nothing is touched before it is opened.
         *
         * @throws IllegalArgumentException naming the option that is out of its range
         */
        public DirectoryStorage build() {
            check(maxFileBytes >= 1, "maxFileBytes", maxFileBytes, "1 or more");
            check(checkpointBytes >= 1, "checkpointBytes", checkpointBytes, "1 or more");
            check(
                    !checkpointInterval.isNegative() && !checkpointInterval.isZero(),
                    "checkpointInterval",
                    checkpointInterval,
                    "more than 0");
            check(maxQuarantineBytes >= 0, "maxQuarantineBytes", maxQuarantineBytes, "0 or more");
            check(maxQuarantineSegments >= 2, "maxQuarantineSegments", maxQuarantineSegments, "2 or more");
            return new DirectoryStorage(new Builder(this));
        }

        private static void check(boolean valid, String option, Object value, String range) {
            if (!valid) {
                throw new IllegalArgumentException(option + "=" + value + " is out of range: must be " + range);
            }
        }
    }
}
