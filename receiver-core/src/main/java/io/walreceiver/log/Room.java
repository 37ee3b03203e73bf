package io.walreceiver.log;

/**
 * Where a log's bytes in flight are accounted for: the writer gives back what it is done with. Calls come from the log's writer,
 * one at a time.
 */
public interface Room {

    /** How many segments have come from the source so far, whether they were decided on or not. */
    long delivered();

    /** A segment that had not been decided on has an outcome now: its bytes are free. */
    void release(int bytes);

    /** A segment that had not been decided on is held behind a gap: its bytes stay taken. */
    void keep(int bytes);

    /** A segment that was held has an outcome now: its bytes are free. */
    void releaseHeld(int bytes);

    /** Everything held was let go, as the router had asked. */
    void gaveUpHeld();

    /** What came from event {@code from} on was let go unapplied: it is to be asked for again. */
    void letGo(long from);

    /** The log waits for events that did not come: they are to be asked for again, unless they come soon. */
    void missing();

    /**
     * What is held may follow now, or was given up, though no segment came: the writer is to look, when it is its turn among the log's
     * segments.
     */
    void heldMayFollow();
}
