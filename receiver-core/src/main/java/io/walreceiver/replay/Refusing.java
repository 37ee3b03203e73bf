package io.walreceiver.replay;

import io.walreceiver.format.Corruption;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.log.LogProgress;
import io.walreceiver.log.Room;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.outcome.SegmentOutcome.Refused;
import io.walreceiver.replay.Examined.Faulty;
import io.walreceiver.storage.LogStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a log does with segments that must not be applied: keeps them aside, and waits for better ones. Used in the log's turn. */
final class Refusing {

    private static final Logger LOG = LoggerFactory.getLogger(Refusing.class);

    private final LogProgress progress;
    private final LogStore store;
    private final Room room;
    private final Troubles troubles;
    private final Runnable publishTrouble;
    private final RepeatedCopies refusedCopies = new RepeatedCopies();

    Refusing(LogProgress progress, LogStore store, Room room, Troubles troubles, Runnable publishTrouble) {
        this.progress = progress;
        this.store = store;
        this.room = room;
        this.troubles = troubles;
        this.publishTrouble = publishTrouble;
    }

    SegmentOutcome refuse(Faulty faulty) {
        WalSegmentPayload segment = faulty.segment();
        int copies = faulty.fault() instanceof Corruption ? refusedCopies.count(segment) : 1;
        troubles.refused(segment, faulty.fault(), copies, progress.received());
        store.keepAside(segment, faulty.fault().describe(), progress.received() + 1);
        boolean ran = progress.trouble().isEmpty();
        publishTrouble.run();
        if (ran && progress.trouble().isPresent()) { // once: a bad sender must not fill the disk with lines
            LOG.warn("log {} waits: {}", progress.log(), faulty.fault().describe());
        }
        room.release(segment.bytes().length);
        room.missing();
        return new Refused(segment.id(), faulty.fault());
    }
}
