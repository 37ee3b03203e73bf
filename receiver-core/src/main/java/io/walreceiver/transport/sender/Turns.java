package io.walreceiver.transport.sender;

import java.util.ArrayDeque;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Gives each log that can send its turn, one segment at a time. A log that cannot (nothing due, on hold, at its window) costs
 * nothing until it is {@link #ready offered} again.
 *
 * <p>Not thread-safe: the owner guards it together with its logs.
 *
 * @param <S> what a segment is at this transport
 */
public final class Turns<S extends Outgoing> {

    private final ArrayDeque<SendingLog<S>> ready = new ArrayDeque<>();
    /** Most likely still the one that is not finished, so that asking again costs no scan. */
    private @Nullable SendingLog<S> unfinished;

    /** To be called whenever something happened to the log. */
    public void ready(SendingLog<S> log) {
        if (!log.queued && log.next() != null) {
            log.queued = true;
            ready.add(log);
        }
    }

    /** Forgets whose turn it is. */
    public void clear() {
        ready.forEach(log -> log.queued = false);
        ready.clear();
        unfinished = null;
    }

    /** The log whose turn it is; call {@link #ready} when its segment is dealt with. */
    public @Nullable SendingLog<S> next() {
        for (SendingLog<S> log = ready.poll(); log != null; log = ready.poll()) {
            log.queued = false;
            if (log.next() != null) {
                return log;
            }
        }
        return null;
    }

    /** Whether every log is finished. */
    public boolean finished(Collection<SendingLog<S>> logs) {
        if (unfinished != null && !unfinished.finished()) {
            return false;
        }
        for (SendingLog<S> log : logs) {
            if (!log.finished()) {
                unfinished = log;
                return false;
            }
        }
        return true;
    }
}
