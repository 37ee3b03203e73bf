package io.walreceiver.server.admin;

import io.walreceiver.storage.checkpoint.Checkpoint;

/** A checkpoint, as JSON. */
public record CheckpointJson(long position, long number, long bytes, String file) {

    /** Of a checkpoint. */
    public static CheckpointJson of(Checkpoint checkpoint) {
        return new CheckpointJson(
                checkpoint.position(),
                checkpoint.number(),
                checkpoint.sizeBytes(),
                checkpoint.path().toString());
    }
}
