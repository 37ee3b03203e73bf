package io.walreceiver.storage;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.storage.quarantine.Quarantine;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one log keeps aside of what it refused. Never throws: nothing rests on it. The log's writer keeps; any thread may make room, as
 * another log may find the disk full.
 */
final class KeptAside {

    private static final Logger LOG = LoggerFactory.getLogger(KeptAside.class);

    private final DirectoryStorage options;
    private final LogId log;
    private final Quarantine quarantine;
    private volatile int count;

    KeptAside(DirectoryStorage options, LogId log) {
        this.options = options;
        this.log = log;
        this.quarantine = new Quarantine(
                options.disk(),
                DataLayout.quarantine(DataLayout.log(options.directory(), log)),
                options.maxQuarantineBytes(),
                options.maxQuarantineSegments());
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

    /** Counts what is there. */
    synchronized void look() {
        try {
            count = quarantine.list().size();
        } catch (IOException e) {
            LOG.debug("log {}: what is kept aside cannot be listed", log, e);
        }
    }
}
