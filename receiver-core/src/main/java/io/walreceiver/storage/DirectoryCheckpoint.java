package io.walreceiver.storage;

import io.walreceiver.ledger.ImageWriter;
import io.walreceiver.storage.checkpoint.CheckpointWriter;
import java.io.IOException;

/** A checkpoint that is being written to a log's folder. */
final class DirectoryCheckpoint implements CheckpointInProgress {

    /** Makes it valid. */
    interface Finish {
        void run() throws IOException;
    }

    private final CheckpointWriter writer;
    private final Finish finish;

    DirectoryCheckpoint(CheckpointWriter writer, Finish finish) {
        this.writer = writer;
        this.finish = finish;
    }

    @Override
    public ImageWriter image() {
        return writer;
    }

    @Override
    public void finish() throws IOException {
        finish.run();
    }

    @Override
    public void close() {
        writer.close();
    }
}
