package io.walreceiver.replay;

import io.walreceiver.format.EventBatch;
import java.util.function.BooleanSupplier;

/**
 * What a log's writer goes by.
 *
 * @param maxHeldBytes how many bytes of segments may wait behind a gap
 * @param asksAgain whether a segment that is let go now can still be asked for again
 * @param ledgerFull whether the ledger has reached its bound
 * @param events which events of a segment that is not all valid are to be applied; the others are skipped
 */
public record ReplayRules(
        long maxHeldBytes, BooleanSupplier asksAgain, BooleanSupplier ledgerFull, EventFilter events) {

    /** Tells events that can be applied from those that are to be skipped. */
    @FunctionalInterface
    public interface EventFilter {

        /** Whether event {@code i} of the batch can be applied. */
        boolean valid(EventBatch batch, int i);
    }
}
