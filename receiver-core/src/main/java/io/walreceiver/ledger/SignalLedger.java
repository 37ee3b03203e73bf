package io.walreceiver.ledger;

import io.walreceiver.format.LogId;
import java.util.Set;

/**
 * What the receiver replays into: one {@link LedgerPart} per log.
 *
 * <p>Parts of different logs are written side by side, so {@link #open} must be safe for concurrent use by several threads.
 */
public interface SignalLedger {

    /**
     * Opens the part of a log at its last durable state. Called once per log before its first event, and again after the part
     * threw: what the failed part had applied beyond its durable state is gone then.
     *
     * <p>It must not wait, say for a database: the calling thread is one that must not be blocked, unless the storage is a directory.
     * A self-durable part may be opened at the last position that is known, a lower bound, and look at what is really there in the
     * transaction of its first commit. Where {@code open} throws, the log says so in its state, and it is tried again.
     *
     * @return a part that one thread at a time will use
     */
    LedgerPart open(LogId log);

    /**
     * The logs that this ledger already holds a durable position of, so that a transport can be asked for what follows.
     * Empty unless parts are {@link SelfDurablePart self-durable}. Like {@link #open} it must not wait: a ledger reads this when it is
     * made.
     */
    default Set<LogId> logs() {
        return Set.of();
    }

    /** Bytes that this ledger has allocated, to be held against the receiver's bound; 0 if it does not tell. Any thread. */
    default long allocatedBytes() {
        return 0;
    }
}
