package io.walreceiver.server.verify;

import io.walreceiver.format.LogId;

/**
 * Something about the files of a log taken together.
 *
 * @param log the log
 * @param verdict {@link Verdict#HOLE} or {@link Verdict#OVERLAP}
 * @param first first event concerned
 * @param last last event concerned
 * @param before the file that shows it: the first one after the hole, or the one that holds events again
 */
public record LogFinding(LogId log, Verdict verdict, long first, long last, String before) {

    /** How many events are concerned. */
    public long events() {
        return last - first + 1;
    }

    /** The finding in one sentence. */
    public String describe() {
        String range = "log " + log + ": events " + first + ".." + last;
        return verdict == Verdict.HOLE
                ? range + " are in no intact file; " + before + " comes after them"
                : range + " of " + before + " are in files before it too; each is applied once";
    }
}
