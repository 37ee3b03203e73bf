package io.walreceiver.storage;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.storage.quarantine.KeptSegment;
import io.walreceiver.storage.quarantine.Quarantine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one log keeps aside of what it refused. Nothing rests on it, so keeping never throws. The log's writer keeps; any thread may make room, as
 * another log may find the disk full.
 */
final class KeptAside {

    private static final Logger LOG = LoggerFactory.getLogger(KeptAside.class);

    private final DirectoryStorage options;
    private final LogId log;
    private final Path folder;
    private final Quarantine quarantine;
    private volatile int count;

    KeptAside(DirectoryStorage options, LogId log) {
        this.options = options;
        this.log = log;
        this.folder = DataLayout.quarantine(DataLayout.log(options.directory(), log));
        this.quarantine =
                new Quarantine(options.disk(), folder, options.maxQuarantineBytes(), options.maxQuarantineSegments());
    }

    /** How many segments there are, as of the last look. */
    int count() {
        return count;
    }

    /** Keeps a segment; the log's folder is there. */
    synchronized void keep(WalSegmentPayload segment, String cause, long waitingFor) {
        try {
            quarantine.keep(segment, cause, options.clock().instant(), waitingFor);
        } catch (IOException | RuntimeException e) {
            LOG.warn("log {}: refused {} could not be kept aside", log, segment, e);
        }
        look();
    }

    /**
     * Drops what can be dropped.
     *
     * @param waitingFor the event that the log waits for: the only copy of it stays
     * @return whether that freed anything
     */
    synchronized boolean makeRoom(long waitingFor) {
        try {
            long freed = quarantine.dropAllBut(waitingFor);
            if (freed > 0) {
                LOG.warn("log {}: the disk is full; {} bytes of refused segments were dropped for it", log, freed);
            }
            return freed > 0;
        } catch (IOException e) {
            LOG.warn("log {}: refused segments could not be dropped to make room", log, e);
            return false;
        } finally {
            look();
        }
    }

    /** Drops a segment of a name, whatever the log waits for; empty if there is none. */
    synchronized Optional<KeptSegment> drop(String name) throws IOException {
        try {
            Optional<KeptSegment> found = quarantine.list().stream()
                    .filter(kept -> kept.name().equals(name))
                    .findFirst();
            if (found.isPresent()) {
                quarantine.drop(found.get());
                options.disk().syncDirectory(folder);
            }
            return found;
        } finally {
            look();
        }
    }

    /** Counts what is there. */
    synchronized void look() {
        try {
            count = quarantine.list().size();
        } catch (IOException e) {
            LOG.debug("log {}: what is kept aside cannot be listed", log, e);
        }
    }
}
