package io.walreceiver.server.admin;

import io.walreceiver.format.LogId;
import io.walreceiver.storage.StoredData;
import io.walreceiver.storage.checkpoint.Checkpoint;
import io.walreceiver.storage.wal.LogFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a log stands once checkpoints were made.
 *
 * @param log as {@code region:shard}
 * @param checkpoint the newest; empty where the log holds nothing
 * @param droppedBytes of log files that went for it
 */
public record CheckpointMade(String log, Optional<CheckpointJson> checkpoint, long droppedBytes) {

    /** The bytes of each log's files, before. Blocks. */
    public static Map<LogId, Long> bytes(StoredData stored) throws IOException {
        Map<LogId, Long> bytes = new HashMap<>();
        for (LogId log : stored.logs()) {
            bytes.put(log, bytes(stored, log));
        }
        return bytes;
    }

    /** All logs, after. Blocks. */
    public static List<CheckpointMade> since(Map<LogId, Long> before, StoredData stored) throws IOException {
        List<CheckpointMade> made = new ArrayList<>();
        for (LogId log : stored.logs()) {
            Optional<Checkpoint> newest = stored.log(log).checkpoints().stream().findFirst();
            long dropped = Math.max(0, before.getOrDefault(log, 0L) - bytes(stored, log));
            made.add(new CheckpointMade(log.toString(), newest.map(CheckpointJson::of), dropped));
        }
        return made;
    }

    private static long bytes(StoredData stored, LogId log) throws IOException {
        return stored.log(log).files().stream().mapToLong(LogFile::sizeBytes).sum();
    }
}
