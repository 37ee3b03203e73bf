package io.walreceiver.storage;

import io.walreceiver.format.SegmentView;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.storage.quarantine.KeptSegment;
import io.walreceiver.storage.records.Epoch;
import io.walreceiver.storage.records.Skip;
import io.walreceiver.storage.wal.StoredBatch;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Mono;

/**
 * What is kept of one log: its events, checkpoints of its part of the ledger, what was refused.
 *
 * <p>Used by the log's writer, one call at a time unless it says otherwise, on threads that may block. Always: {@code durable() <=
 * written()}.
 */
public interface LogStore {

    /** Told on the store's own threads, one call at a time; must not block. */
    interface Listener {

        /** Everything through this position is durable. */
        void durable(long through);

        /** Nothing written beyond {@link #durable()} counts any more: the store must be recovered before it takes more. */
        void failed(Throwable cause);
    }

    /** Whether everything is gone when the process is: then nothing is recovered, and what is written counts as durable. */
    boolean isVolatile();

    /** Who is told from now on. */
    void listener(Listener listener);

    /**
     * Gives back what is durable, and makes the store ready to be appended to. Called before anything is written, and again after
     * a failure.
     *
     * @param target takes the events; what it throws ends the recovery
     * @throws IOException if the store cannot be read, or cannot be brought into order
     */
    Recovered recover(RecoveryTarget target) throws IOException;

    /**
     * Appends the events of a segment from {@code from} on, which is {@code written() + 1}. They are made durable by and by.
     *
     * @throws IOException if they could not be written; nothing of them counts
     */
    void append(SegmentView segment, long from) throws IOException;

    /** Last event that was appended; 0 for none. Any thread. */
    long written();

    /** Last event that a successful fsync covers; 0 for none. Any thread. */
    long durable();

    /** Whether the store has failed and was not recovered since. Any thread. */
    boolean failed();

    /**
     * Makes durable what was written before the subscription.
     *
     * @return completes on one of the store's threads, or at once if there is nothing to do; fails if the store has. A cancel changes
     *     nothing of it
     */
    Mono<Void> sync();

    /**
     * Keeps a refused segment aside. Never throws: what cannot be kept is let go, with a warning.
     *
     * @param cause what is wrong with it
     * @param waitingFor the event that the log waits for: the only copy of it is not dropped
     */
    void keepAside(WalSegmentPayload segment, String cause, long waitingFor);

    /** Whether enough has come since the last checkpoint for another. Any thread. */
    boolean checkpointDue();

    /**
     * Starts a checkpoint at {@code written()}.
     *
     * @throws IOException if it cannot be written
     */
    CheckpointInProgress beginCheckpoint() throws IOException;

    /** The holes that operators accepted, for ever. Any thread. */
    List<Skip> skips();

    /**
     * Passes over events that were given up, and puts that on record for ever. Blocks; what was written before is made durable, and with
     * it the record and the position behind the hole. The listener is told.
     *
     * @param skip begins with event {@code written() + 1}
     * @throws IOException if that fails: then {@code written()} is in front of the hole, or the store has failed
     */
    void skip(Skip skip) throws IOException;

    /**
     * The last batch that is durable, as it lies here, of those that end at or below a position: the one that a sender was told of, say.
     * Any thread; does not block.
     *
     * @return empty if there is none, or none is known
     */
    Optional<StoredBatch> lastDurableBatch(long through);

    /** The highest leader's epoch that was adopted; empty if there was none, or it was not read yet. Any thread; does not block. */
    Optional<Epoch> epoch();

    /**
     * Puts a leader's epoch on record; blocks. One that has the number of the one on record changes nothing.
     *
     * @throws IllegalArgumentException if a higher one was adopted before
     * @throws IOException if it cannot be made durable; it does not count then
     */
    void adopt(Epoch epoch) throws IOException;

    /** How many refused segments are kept aside. Any thread. */
    int keptAside();

    /**
     * Drops a refused segment that is kept aside, whatever the log waits for; blocks. What was done is durable when it returns.
     *
     * @param name of {@link KeptSegment#name}
     * @return what was dropped; empty if none of that name is kept
     * @throws IOException if it could not be dropped: then it may be there or not
     */
    Optional<KeptSegment> dropKeptAside(String name) throws IOException;

    /** Closes the files; what was written is made durable if that can be done, and nobody is told. Idempotent. */
    void close();
}
