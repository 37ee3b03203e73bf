package io.walreceiver.storage.disk;

/** A lock that is held. */
public interface DiskLock extends AutoCloseable {

    /** Gives it up. Idempotent. */
    @Override
    void close();
}
