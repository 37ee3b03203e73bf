package io.walreceiver.spring.web;

import java.util.concurrent.atomic.AtomicInteger;

/** How many positions are waited for, at most. Any thread. */
final class Waiters {

    private final int most;
    private final AtomicInteger waiting = new AtomicInteger();

    Waiters(int most) {
        this.most = most;
    }

    /** Takes places; false if there are not so many. */
    boolean take(int places) {
        if (waiting.addAndGet(places) <= most) {
            return true;
        }
        give(places);
        return false;
    }

    void give(int places) {
        waiting.addAndGet(-places);
    }

    int waiting() {
        return waiting.get();
    }
}
