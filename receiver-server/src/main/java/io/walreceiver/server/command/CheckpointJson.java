package io.walreceiver.server.command;

import io.walreceiver.storage.checkpoint.Checkpoint;

/** A checkpoint, as JSON. */
record CheckpointJson(long position, long number, long bytes, String file) {

    static CheckpointJson of(Checkpoint checkpoint) {
        return new CheckpointJson(
                checkpoint.position(),
                checkpoint.number(),
                checkpoint.sizeBytes(),
                checkpoint.path().toString());
    }
}
