package io.walreceiver.replay;

import io.walreceiver.format.LogId;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Exceptions;
import reactor.core.scheduler.Scheduler;

/**
 * What a log's writer goes by.
 *
 * @param maxHeldBytes how many bytes of segments may wait behind a gap
 * @param asksAgain whether a segment that is let go now can still be asked for again
 * @param ledgerFull whether the ledger has reached its bound
 * @param worker where the log is replayed
 * @param onWorker whether the caller is called by a task of the log there, and not by another log's
 * @param disk where what may block is done
 * @param timer time
 * @param minRetryDelay pause before a part or store that failed is opened again; pauses double
 * @param maxRetryDelay the longest such pause
 * @param events which events of a segment that is not all valid are to be applied; the others are skipped
 * @param storedEvents the same for what is recovered, by the schema and policy under which it was applied first
 * @param recovery told how far recoveries have come
 */
public record ReplayRules(
        long maxHeldBytes,
        BooleanSupplier asksAgain,
        BooleanSupplier ledgerFull,
        Scheduler worker,
        BooleanSupplier onWorker,
        Scheduler disk,
        Scheduler timer,
        Duration minRetryDelay,
        Duration maxRetryDelay,
        EventFilter events,
        Supplier<EventFilter> storedEvents,
        RecoveryProgress recovery) {

    private static final Logger LOG = LoggerFactory.getLogger(ReplayRules.class);

    /** Whether the ledger has room; if it has not, or does not tell, {@code troubles} know. */
    boolean ledgerHasRoom(LogId log, Troubles troubles) {
        try {
            if (!ledgerFull.getAsBoolean()) {
                return true;
            }
            troubles.ledgerFull(log);
        } catch (Throwable failure) { // a user's ledger: its logs stop, not the receiver
            Exceptions.throwIfJvmFatal(failure);
            LOG.error("log {}: the ledger does not tell how large it is", log, failure);
            troubles.failed("the ledger does not tell how large it is: " + failure);
        }
        return false;
    }
}
