package io.walreceiver.ledger;

import io.walreceiver.format.LogId;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Which log owns an entity, as whoever made the ledger says. It is checked at each pair's first event: if an entity is ever met in
 * another log, nobody is believed any more, and reads look everywhere. So a wrong hint costs time, and never an answer.
 */
final class Owners {

    private final @Nullable LongFunction<@Nullable LogId> hint;
    private volatile boolean wrong;
    private volatile boolean incomplete;

    /**
     * The owners.
     *
     * @param hint null if nothing is known
     */
    Owners(@Nullable LongFunction<@Nullable LogId> hint) {
        this.hint = hint;
    }

    /** The only log that has events of the entity, or null if there may be several. */
    @Nullable
    LogId of(long entityId) {
        return hint == null || wrong ? null : hint.apply(entityId);
    }

    /** Called before a pair can be read that a log has an event of. */
    void met(LogId log, long entityId) {
        if (hint != null && !wrong) {
            LogId owner = hint.apply(entityId);
            if (owner == null) {
                incomplete = true;
            } else if (!owner.equals(log)) {
                wrong = true;
            }
        }
    }

    /** Whether something is known, and nothing of it was wrong so far. */
    boolean areKnown() {
        return hint != null && !wrong;
    }

    /** Whether no pair that was met lies in the parts of two logs. */
    boolean ownEveryPair() {
        return areKnown() && !incomplete;
    }
}
