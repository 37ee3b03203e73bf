package io.walreceiver.ledger;

/** A part that keeps its position together with its events, for example in one database transaction. */
public interface SelfDurablePart extends LedgerPart {

    /**
     * Position through which events are durable in this part; 0 for none. It never goes back. The receiver starts after it and
     * acknowledges nothing beyond it. Called from the log's writer, after {@link #commit} completed and at the start.
     */
    long durableThrough();
}
