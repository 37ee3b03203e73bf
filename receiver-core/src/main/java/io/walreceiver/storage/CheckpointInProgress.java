package io.walreceiver.storage;

import io.walreceiver.ledger.ImageWriter;
import java.io.IOException;

/** A checkpoint that is being written. */
public interface CheckpointInProgress extends AutoCloseable {

    /** Takes the image of the part. Errors are told by {@link #finish}. */
    ImageWriter image();

    /**
     * Makes the checkpoint valid, once everything through its position is durable, and drops what is not needed any more. Blocks;
     * any thread, beside the log's writer.
     *
     * @throws IOException if it could not be written; the checkpoints before it stand
     */
    void finish() throws IOException;

    /** Throws away what was not finished. Idempotent; any thread. */
    @Override
    void close();
}
