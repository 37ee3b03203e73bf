package io.walreceiver.storage;

import io.walreceiver.format.LogId;
import io.walreceiver.storage.checkpoint.Checkpoint;
import io.walreceiver.storage.checkpoint.CheckpointRetention;
import io.walreceiver.storage.disk.Disk;
import io.walreceiver.storage.wal.LogFile;
import io.walreceiver.storage.wal.LogPruning;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Drops what a log's folder needs no more, once a checkpoint is valid. */
final class Housekeeping {

    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);

    private final DirectoryStorage options;
    private final Path folder;
    private final LogId log;

    Housekeeping(DirectoryStorage options, Path folder, LogId log) {
        this.options = options;
        this.folder = folder;
        this.log = log;
    }

    /**
     * Keeps two checkpoints, and the files that a recovery from the older one needs, or the retention rule asks for.
     *
     * @param position of the checkpoint
     */
    void afterCheckpoint(long position) throws IOException {
        Disk disk = options.disk();
        Optional<Checkpoint> older = CheckpointRetention.keepNewest(disk, folder, Checkpoint.list(disk, folder, log));
        if (older.isEmpty()) {
            return; // with one checkpoint alone, all of the log may be needed
        }
        List<LogFile> files = LogFile.list(disk, folder, log);
        Instant now = options.clock().instant();
        long freed = LogPruning.prune(disk, files, older.get().position(), file -> !isKept(files, file, now));
        LOG.debug("log {}: checkpoint at event {}, {} bytes of files dropped", log, position, freed);
    }

    private boolean isKept(List<LogFile> files, LogFile file, Instant now) {
        int at = files.indexOf(file);
        long last = files.get(at + 1).firstSeq() - 1; // the last file is never asked about
        long after = files.stream().skip(at + 1).mapToLong(LogFile::sizeBytes).sum();
        try {
            return options.retention().keeps(new Retention.Candidate(log, last, sealedAt(file), after), now);
        } catch (RuntimeException e) { // the user's own: a checkpoint that is valid stays valid
            LOG.warn("log {}: the retention rule failed, so {} stays", log, file.path(), e);
            return true;
        }
    }

    private Instant sealedAt(LogFile file) {
        try {
            return options.disk().lastModified(file.path());
        } catch (IOException e) {
            return Instant.MAX; // it stays until it can be told
        }
    }
}
