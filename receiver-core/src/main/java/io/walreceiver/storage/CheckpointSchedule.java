package io.walreceiver.storage;

import io.walreceiver.storage.checkpoint.Checkpoint;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** When a log gets its next checkpoint: after so many bytes, or after some time if anything came. */
final class CheckpointSchedule {

    private final DirectoryStorage options;
    private final AtomicLong bytes = new AtomicLong();
    private volatile long position;
    private volatile Instant at;

    CheckpointSchedule(DirectoryStorage options) {
        this.options = options;
        this.at = options.clock().instant();
    }

    /**
     * A recovery started from this checkpoint and replayed so much: that counts, or a process which never lives long enough for a
     * checkpoint would replay more each time.
     */
    void recovered(Optional<Checkpoint> newest, long replayedBytes) {
        position = newest.map(Checkpoint::position).orElse(0L);
        bytes.set(replayedBytes);
        at = options.clock().instant();
    }

    void appended(int more) {
        bytes.addAndGet(more);
    }

    /** One begins: if it fails, the next is due as late as after one that succeeded. */
    void begins(long newPosition) {
        bytes.set(0);
        position = newPosition;
        at = options.clock().instant();
    }

    boolean due(long written) {
        return written > position
                && (bytes.get() >= options.checkpointBytes()
                        || Duration.between(at, options.clock().instant()).compareTo(options.checkpointInterval())
                                >= 0);
    }
}
