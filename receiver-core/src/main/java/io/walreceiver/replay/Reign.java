package io.walreceiver.replay;

import io.walreceiver.log.DivergedException;
import io.walreceiver.log.LogProgress;
import io.walreceiver.log.LogTrouble;
import io.walreceiver.log.Room;
import io.walreceiver.storage.LogStore;
import io.walreceiver.storage.records.Epoch;
import java.io.IOException;

/**
 * Whose segments a log takes. A new epoch is judged where it is adopted, in the log's turn, against everything that came of the one
 * before: else two histories could mix. Used in the log's turn.
 */
final class Reign {

    private final LogProgress progress;
    private final LogStore store;
    private final LogPart part;
    private final Holding holding;
    private final Room room;
    private final Troubles troubles;
    private final Runnable publishTrouble;
    /** Arrivals up to this one came of a former reign. */
    private long formerArrivals;

    Reign(
            LogProgress progress,
            LogStore store,
            LogPart part,
            Holding holding,
            Room room,
            Troubles troubles,
            Runnable publishTrouble) {
        this.progress = progress;
        this.store = store;
        this.part = part;
        this.holding = holding;
        this.room = room;
        this.troubles = troubles;
        this.publishTrouble = publishTrouble;
    }

    /** See {@link LogWriter#adopt}. */
    void adopt(Epoch epoch) throws IOException {
        if (!part.open()
                || store.failed()) { // what is written may come back with the part: nothing can be judged before
            throw new IllegalStateException("log " + progress.log() + " takes no epoch now: "
                    + progress.trouble().map(LogTrouble::cause).orElse("it is not open"));
        }
        boolean isNew =
                store.epoch().filter(one -> one.number() >= epoch.number()).isEmpty();
        if (isNew && epoch.start() < progress.received()) {
            throw new DivergedException(progress.log(), epoch.number(), epoch.start(), progress.received());
        }
        store.adopt(epoch);
        if (isNew) {
            formerArrivals = room.delivered();
            troubles.forgetRefusals();
            holding.giveUpFormer();
            publishTrouble.run();
        }
    }

    /** Whether a segment came before the epoch that is followed now was adopted. */
    boolean isFormer(long arrival) {
        return arrival <= formerArrivals;
    }
}
