package io.walreceiver.server.verify;

/** What a check found. */
public enum Verdict {
    /** The file keeps every rule. */
    OK("ok"),
    /** The bytes are not what a leader wrote: a good copy is needed. */
    CORRUPT("corrupt"),
    /** Intact, but an event cannot be applied. */
    INVALID_EVENT("invalid-event"),
    /** The file could not be read. */
    UNREADABLE("unreadable"),
    /** Between the files of a log, events are missing. */
    HOLE("hole"),
    /** Files of a log hold the same events; harmless, since each is applied once. */
    OVERLAP("overlap");

    private final String text;

    Verdict(String text) {
        this.text = text;
    }

    /** Whether a log with this verdict can be replayed in full. */
    public boolean harmless() {
        return this == OK || this == OVERLAP;
    }

    /** The word for it in output and in manifests. */
    @Override
    public String toString() {
        return text;
    }
}
