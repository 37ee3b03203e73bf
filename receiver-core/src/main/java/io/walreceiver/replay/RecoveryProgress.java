package io.walreceiver.replay;

import java.util.concurrent.atomic.AtomicLong;

/** How far the recovery of all logs has come, in bytes of files. Any thread. */
public final class RecoveryProgress {

    private final AtomicLong expected = new AtomicLong();
    private final AtomicLong done = new AtomicLong();

    void expect(long bytes) {
        expected.addAndGet(bytes);
    }

    void done(long bytes) {
        done.addAndGet(bytes);
    }

    /** Bytes to be read, as far as logs have begun. */
    public long expected() {
        return expected.get();
    }

    /** Bytes dealt with. */
    public long done() {
        return done.get();
    }
}
