package io.walreceiver.server.config;

import io.walreceiver.storage.CommitPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The data directory, and what is kept in it.
 *
 * @param directory where
 * @param schema the file of signal types; empty for what is stored
 * @param commit when what was applied is made durable
 * @param maxFileBytes size from which on a file of a log is followed by a new one
 * @param checkpointBytes bytes of a log after which it gets another checkpoint
 * @param checkpointInterval time after which a log that has moved gets another checkpoint
 * @param retainTime how long files stay that recovery needs no more
 * @param retainBytes how many bytes of each log stay that recovery needs no more
 * @param maxQuarantineBytes bytes of refused segments that are kept aside for each log
 * @param maxQuarantineSegments number of refused segments that are kept aside for each log
 */
public record Data(
        @Setting(value = "The data directory, which is made if need be.", preset = "receiver-data")
        Path directory,

        @Setting(
                value = "The signal types, YAML or JSON. Stored at the first run, and may be left out later.",
                otherwise = "what is stored")
        Optional<Path> schema,

        @Setting(
                value = "When what was applied is made durable: commit (at once), or how long to gather before.",
                preset = "commit")
        CommitPolicy commit,

        @Setting(value = "Size from which on a file of a log is followed by a new one.", preset = "64MiB", least = "1B")
        long maxFileBytes,

        @Setting(value = "Bytes of a log after which it gets another checkpoint.", preset = "256MiB", least = "1B")
        long checkpointBytes,

        @Setting(
                value = "Time after which a log that has moved gets another checkpoint.",
                preset = "10m",
                least = "1ms",
                most = "3650d")
        Duration checkpointInterval,

        @Setting(
                value = "How long files of a log stay after recovery needs them no more, for followers of this one.",
                otherwise = "they need not stay",
                most = "36500d")
        Optional<Duration> retainTime,

        @Setting(
                value = "How many bytes of each log stay after recovery needs them no more.",
                otherwise = "none need to")
        Optional<Long> retainBytes,

        @Setting(value = "Bytes of refused segments that are kept aside for each log.", preset = "64MiB")
        long maxQuarantineBytes,

        @Setting(value = "Number of refused segments that are kept aside for each log.", preset = "1000", least = "2")
        int maxQuarantineSegments) {

    /** The same in another directory, under this schema. */
    Data in(Path elsewhere, Path schemaFile) {
        return new Data(
                elsewhere,
                Optional.of(schemaFile),
                commit,
                maxFileBytes,
                checkpointBytes,
                checkpointInterval,
                retainTime,
                retainBytes,
                maxQuarantineBytes,
                maxQuarantineSegments);
    }
}
