package io.walreceiver.server.admin;

import java.util.List;

/** How all logs stand once checkpoints were made. */
public record CheckpointsMade(List<CheckpointMade> logs) {

    public CheckpointsMade {
        logs = List.copyOf(logs);
    }
}
