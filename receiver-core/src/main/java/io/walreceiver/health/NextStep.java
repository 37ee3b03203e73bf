package io.walreceiver.health;

import io.walreceiver.log.LogState;

/** What to do about a log that does not move, or what will happen by itself. */
final class NextStep {

    private NextStep() {}

    static String of(LogState state) {
        return switch (state) {
            case RUNNING, RECOVERING, AHEAD_OF_SOURCE -> "nothing: it goes on by itself";
            case GAP -> "the missing events are asked for; if they do not come, let the source send them, or skip them";
            case CORRUPT -> "a good copy is asked for; the refused one is in the quarantine";
            case SOURCE_CORRUPT -> "heal the file at its source, or skip its events; it is asked for slowly";
            case ROTTEN ->
                "check the disk; the events are asked for, and need a bootstrap if the source has forgotten them";
            case INVALID_EVENT -> "give a schema that allows the event, or skip it";
            case PRUNED, DIVERGED -> "bootstrap the log from another follower";
            case FENCED -> "let the new leader send, and stop the old one";
            case FORBIDDEN -> "let the source's operator add the log to what this follower's identity may read";
            case BEHIND -> "it is asked for again by itself; raise maxInFlightBytes if this lasts";
            case LEDGER_FULL -> "raise maxLedgerBytes, or make room in the ledger";
            case DISK_FULL -> "make room where the data directory is; it goes on by itself";
            case IO_FAILED -> "check the disk; it is tried again by itself";
            case FAILED -> "see the server's log; it is tried again by itself";
        };
    }
}
