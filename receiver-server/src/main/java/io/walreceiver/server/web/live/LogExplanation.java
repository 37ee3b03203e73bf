package io.walreceiver.server.web.live;

import io.walreceiver.LogStatus;
import io.walreceiver.ReceiverStatus.Phase;
import io.walreceiver.log.LogState;
import io.walreceiver.server.web.PlainText;
import io.walreceiver.server.web.SourceStatus;
import java.time.Duration;
import java.util.List;

/**
 * Why a log does not move, for a person. Ages are told roughly, so that a sentence about a log that is well stands still too.
 *
 * @param why one sentence, or two
 * @param next what to do about it; empty if there is nothing
 */
record LogExplanation(String why, String next) {

    private static final Duration FRESH = Duration.ofSeconds(10);
    /** A heartbeat comes every second; what is older tells of the past. */
    private static final Duration STALE = Duration.ofSeconds(30);

    /**
     * Explains.
     *
     * @param still for how long nothing of the log was applied; zero if it moves
     * @param sources how its sources stand; none where that is unknown
     */
    static LogExplanation of(LogStatus log, Phase phase, Duration still, List<SourceStatus> sources) {
        return switch (phase) {
            case STOPPED ->
                new LogExplanation(
                        "The receiver has ended; the log stands at event " + count(log.applied()) + ".",
                        "Start the server again: the log goes on after event " + count(log.durable()) + ".");
            case STOPPING ->
                new LogExplanation("The receiver is stopping: what had come is applied, nothing more is taken.", "");
            case NEW, RECOVERING, RUNNING ->
                log.state() == LogState.RUNNING
                        ? running(log, phase, still, sources)
                        : new LogExplanation(lead(log) + cause(log), next(log.state()));
        };
    }

    private static LogExplanation running(LogStatus log, Phase phase, Duration still, List<SourceStatus> sources) {
        if (phase == Phase.RECOVERING) {
            return new LogExplanation("The log is read back; it goes on when all logs have been.", "");
        }
        if (log.head().isEmpty()) {
            return headUnknown(log, still, sources);
        }
        long left = log.lagEvents().orElse(0);
        return left == 0 ? caughtUp(log, sources) : behind(log, left, still, sources);
    }

    private static LogExplanation caughtUp(LogStatus log, List<SourceStatus> sources) {
        String through = "caught up through event " + count(log.applied());
        if (log.heartbeatAge().isEmpty()) {
            return new LogExplanation(
                    "It is " + through + ", as far as is known: no heartbeat has come from its source, so there may be"
                            + " more.",
                    "");
        }
        Duration age = log.heartbeatAge().get();
        boolean cutOff = !sources.isEmpty() && sources.stream().noneMatch(SourceStatus::canSend);
        return age.compareTo(STALE) < 0 && !cutOff
                ? new LogExplanation("It is " + through + "; the last heartbeat is " + old(age) + ".", "")
                : new LogExplanation(
                        "It was " + through + " at the last heartbeat, which is " + old(age) + ": there may be more."
                                + said(sources),
                        "See whether the leader lives, and whether it can be reached.");
    }

    private static LogExplanation behind(LogStatus log, long left, Duration still, List<SourceStatus> sources) {
        String lag = count(left) + (left == 1 ? " event" : " events") + " behind";
        if (still.isZero()) {
            return new LogExplanation("It moves, and is " + lag + ".", "");
        }
        if (log.received() > log.applied() || log.inFlightBytes() > 0) {
            return new LogExplanation(
                    "Events through " + count(Math.max(log.received(), log.applied()))
                            + " have come, and nothing was applied for " + rough(still)
                            + ": its ledger part, or the disk, is slow.",
                    "See how busy the machine and its disk are; if it lasts, a thread dump of receiver-replay-N says more.");
        }
        return new LogExplanation(
                "Nothing is wrong with the log, but nothing has come for " + rough(still) + ": it is " + lag + "."
                        + said(sources),
                "See whether the source lives, and whether it can be reached.");
    }

    private static LogExplanation headUnknown(LogStatus log, Duration still, List<SourceStatus> sources) {
        String unknown = "the source has not said how far the leader is.";
        return still.isZero()
                ? new LogExplanation("It moves; how far it is behind is unknown: " + unknown, "")
                : new LogExplanation(
                        "Unknown: all that came is applied, through event " + count(log.applied()) + ", and " + unknown
                                + said(sources),
                        "See whether the source lives; a source over HTTP tells no head.");
    }

    /** Who is to blame is told first, the cause after it. */
    private static String lead(LogStatus log) {
        String at = " after event " + count(log.applied()) + ": ";
        return switch (log.state()) {
            case RUNNING, RECOVERING -> "It is being read back" + at;
            case GAP -> "It waits for events that are missing" + at;
            case CORRUPT -> "It waits for a good copy of a segment" + at;
            case SOURCE_CORRUPT -> "It stands still, as its source holds a corrupt segment" + at;
            case ROTTEN -> "It waits for events that can no longer be read here" + at;
            case INVALID_EVENT -> "It stands still at an event that cannot be applied" + at;
            case PRUNED -> "It stands still, as its source has forgotten the events that come next" + at;
            case DIVERGED -> "It stands still, as its source has another history" + at;
            case FENCED -> "It stands still, as who sends is no longer the leader" + at;
            case FORBIDDEN -> "It stands still, as its source does not let this follower read it" + at;
            case AHEAD_OF_SOURCE -> "It waits for its source to come as far" + at;
            case BEHIND -> "It waits for room" + at;
            case LEDGER_FULL -> "It stands still, as the ledger has reached its bound" + at;
            case DISK_FULL -> "It stands still, as its disk is full" + at;
            case IO_FAILED -> "It stands still, as its disk fails" + at;
            case FAILED -> "It stands still, as it failed" + at;
        };
    }

    private static String cause(LogStatus log) {
        String cause = PlainText.sentence(log.cause().orElse("the cause is unknown"));
        String prefix = "log " + log.log() + ": ";
        String told = cause.startsWith(prefix) ? cause.substring(prefix.length()) : cause;
        return told.endsWith(".") ? told : told + ".";
    }

    private static String next(LogState state) {
        return switch (state) {
            case RUNNING, RECOVERING -> "";
            case GAP, CORRUPT, ROTTEN ->
                "Wait: it is asked for again. If nobody has it any more, bootstrap the log from another follower, or skip"
                        + " the events.";
            case SOURCE_CORRUPT ->
                "Put a good copy where the source reads it. If there is none, skip the events, which stays on record.";
            case INVALID_EVENT ->
                "Apply a schema that knows the event (schema apply), or skip the events, which stays on record.";
            case PRUNED, DIVERGED -> "Drop the log and bootstrap it from a follower that has it.";
            case FENCED -> "Follow the new leader.";
            case FORBIDDEN -> "Add the log to what this follower's identity may read at the source.";
            case AHEAD_OF_SOURCE -> "Wait; if the source does not come nearer, see what it follows.";
            case BEHIND -> "Wait: it is asked for again. If it lasts, raise maxInFlightBytes.";
            case LEDGER_FULL -> "Give the ledger more room (maxLedgerBytes, and heap), and start again.";
            case DISK_FULL -> "Make room on the disk: the log goes on by itself.";
            case IO_FAILED -> "See the system's log about the disk: the log tries again by itself.";
            case FAILED -> "See this server's log: the log tries again by itself from what is durable.";
        };
    }

    /** What sources that are not connected say: that is where to look. */
    private static String said(List<SourceStatus> sources) {
        StringBuilder said = new StringBuilder();
        for (SourceStatus source : sources) {
            if (!source.canSend()) {
                said.append(" Source ")
                        .append(PlainText.sentence(source.text()))
                        .append('.');
            }
        }
        return said.toString();
    }

    private static String old(Duration age) {
        return age.compareTo(FRESH) < 0 ? "less than 10 s old" : rough(age) + " old";
    }

    private static String rough(Duration time) {
        if (time.compareTo(Duration.ofMinutes(2)) < 0) {
            return Math.max(1, time.toSeconds() < 10 ? time.toSeconds() : time.toSeconds() / 10 * 10) + " s";
        }
        return time.compareTo(Duration.ofHours(2)) < 0 ? time.toMinutes() + " min" : time.toHours() + " h";
    }

    /** Of a number that is not negative. {@code String.format} would be felt with thousands of logs a second. */
    private static String count(long number) {
        StringBuilder digits = new StringBuilder(Long.toString(number));
        for (int at = digits.length() - 3; at > 0; at -= 3) {
            digits.insert(at, ',');
        }
        return digits.toString();
    }
}
