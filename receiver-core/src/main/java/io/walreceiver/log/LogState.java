package io.walreceiver.log;

/** How a log stands. */
public enum LogState {
    /** Everything that came was applied, or is on its way. */
    RUNNING("running"),
    /** What is stored of the log is being read back. */
    RECOVERING("recovering"),
    /** Events are missing; what came after them is held or was let go. A resend of the missing events heals it. */
    GAP("gap"),
    /** The segment that comes next was refused as corrupt. A good copy heals it. */
    CORRUPT("corrupt"),
    /** The segment that comes next came corrupt three times with the same bytes: its source holds it so. Asked for slowly. */
    SOURCE_CORRUPT("source corrupt"),
    /** Events that were durable here cannot be read any more. A resend heals it. */
    ROTTEN("rotten"),
    /** The segment that comes next is intact but holds an event that cannot be applied. A schema or an operator heals it. */
    INVALID_EVENT("invalid event"),
    /** The source has forgotten the events that come next. A bootstrap from another follower heals it. */
    PRUNED("pruned"),
    /** The source holds another history than this log: nothing of it is taken. A bootstrap heals it. */
    DIVERGED("diverged"),
    /** Who sends was replaced as leader: nothing of it is taken. The new leader heals it. */
    FENCED("fenced"),
    /** The source does not let this follower read the log. Its operator heals it. */
    FORBIDDEN("forbidden"),
    /** The source is a follower that has not come as far as this log. Time heals it. */
    AHEAD_OF_SOURCE("ahead of source"),
    /** Segments were let go for want of room and will be asked for again. */
    BEHIND("behind"),
    /** The ledger has reached its bound; the log goes on when there is room. */
    LEDGER_FULL("ledger full"),
    /** There is no room left where the log is stored; it goes on when there is. */
    DISK_FULL("disk full"),
    /** Reading, writing or an fsync failed where the log is stored; it is tried again from what is durable. */
    IO_FAILED("failed(io)"),
    /** The log's part of the ledger, or a stage, failed; it is tried again from what is durable. */
    FAILED("failed");

    private final String text;

    LogState(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
