package io.walreceiver.ledger;

/** An image of a part that is being written. Called like the part: one thread at a time, each call happening after the one before. */
public interface PartImage extends AutoCloseable {

    /**
     * Writes some of what is left: little enough for the log to wait meanwhile.
     *
     * @return whether the image is whole now
     */
    boolean writeSome();

    /** Ends the image, whole or not: the part writes nothing more of it. Idempotent. */
    @Override
    void close();
}
