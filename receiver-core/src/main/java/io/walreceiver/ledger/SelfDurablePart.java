package io.walreceiver.ledger;

/** A part that keeps its position together with its events, for example in one database transaction. */
public interface SelfDurablePart extends LedgerPart {

    /**
     * Position through which events are durable in this part; 0 for none. It never goes back. The receiver starts after it and
     * acknowledges nothing beyond it. Called from the log's writer, after {@link #commit} completed, at the start, and after a failure.
     * It must not wait: what is known here will do, even if more is durable by then.
     */
    long durableThrough();
}
