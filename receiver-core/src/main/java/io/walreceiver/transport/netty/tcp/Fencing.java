package io.walreceiver.transport.netty.tcp;

import io.walreceiver.format.LogId;
import io.walreceiver.log.LogState;
import io.walreceiver.log.LogTrouble;
import io.walreceiver.transport.LeaderEpoch;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a follower makes of what a publisher says of a log, before it takes anything of it. */
final class Fencing {

    private static final String WAY_OUT =
            "; next step: start the log anew from a checkpoint, with 'receiver bootstrap'";

    private Fencing() {}

    /**
     * Why nothing of the log is to be taken.
     *
     * @param position last event that the follower holds
     * @param recorded the highest epoch that it has followed
     * @return null if the log is in order
     */
    static @Nullable LogTrouble judge(Frame.Log told, long position, Optional<LeaderEpoch> recorded, String source) {
        String log = "log " + told.log() + " at " + source + ": ";
        String details = told.text().isEmpty() ? "" : " (" + told.text() + ")";
        return switch (told.verdict()) {
            case OK -> epochs(told.epoch(), position, recorded, log);
            case PRUNED ->
                new LogTrouble(
                        LogState.PRUNED,
                        log + "expected event " + (position + 1) + ", the first that is left is " + told.earliest()
                                + details + WAY_OUT);
            case DIVERGED ->
                new LogTrouble(
                        LogState.DIVERGED,
                        log + "what this follower holds through event " + position
                                + " is not part of it; its last event is " + told.head() + details + WAY_OUT);
            case AHEAD ->
                new LogTrouble(
                        LogState.AHEAD_OF_SOURCE,
                        log + "this follower holds events through " + position + ", the source through "
                                + Math.max(0, told.head()) + details + "; it goes on when the source has come as far");
            case FORBIDDEN ->
                new LogTrouble(
                        LogState.FORBIDDEN,
                        log + "this follower may not read it" + details
                                + "; next step: add the log to what its identity may read");
        };
    }

    private static @Nullable LogTrouble epochs(
            @Nullable LeaderEpoch leader, long position, Optional<LeaderEpoch> recorded, String log) {
        if (leader == null) {
            return null;
        }
        long known = recorded.map(LeaderEpoch::number).orElse(0L);
        if (leader.number() < known) {
            return new LogTrouble(
                    LogState.FENCED,
                    log + "its leader's " + leader + " is over: this follower has followed " + recorded.orElseThrow()
                            + "; next step: follow the new leader");
        }
        if (leader.number() > known && leader.start() < position) {
            return began(leader, position, log);
        }
        return null;
    }

    /** What was received in order counts as held, though it may not be durable yet. */
    static LogTrouble beganBelow(LogId log, LeaderEpoch leader, long received, String source) {
        return began(leader, received, "log " + log + " at " + source + ": ");
    }

    private static LogTrouble began(LeaderEpoch leader, long held, String log) {
        return new LogTrouble(
                LogState.DIVERGED,
                log + leader + " began below event " + held
                        + ", the last that this follower holds: what it holds after event " + leader.start()
                        + " was given up" + WAY_OUT);
    }
}
