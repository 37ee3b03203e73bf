package io.walreceiver.storage.wal;

import java.io.IOException;
import java.util.OptionalLong;

/** A log does not hold the events that were to be read next: they were dropped, or given up. */
public final class EventsMissingException extends IOException {

    private static final long serialVersionUID = 1;

    private final long expected;
    private final long next;

    EventsMissingException(String message, long expected, long next) {
        super(message);
        this.expected = expected;
        this.next = next;
    }

    /** The first event that is missing. */
    public long expected() {
        return expected;
    }

    /** The first event that is there after it; empty if there is none. */
    public OptionalLong next() {
        return next == 0 ? OptionalLong.empty() : OptionalLong.of(next);
    }
}
